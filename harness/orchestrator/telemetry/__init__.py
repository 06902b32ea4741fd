"""What a run does to the machine, sampled from outside the worker about once a second and where a phase begins.

A sensor reads one thing; one that cannot be read is absent, with the reason, and never zero. Counters stay as the
kernel and the driver count them, in the table beside the record; differences and rates are derived in the summary.
"""

from __future__ import annotations

# Key `telemetry` of a record.
TELEMETRY = {
    "interval_s": "seconds between two samples; one more where a phase begins, unless it recurs within half a second",
    "samples": "int: rows of the table",
    "file": "name of the CSV table beside the record: t_s (CLOCK_MONOTONIC), phase, index, a column a quantity",
    "sensors": "list of those that were read",
    "absent": "object: sensor -> why it was not read, or no longer",
    "phases": "list of PHASE_SUMMARY, in order; recurrences of a phase are one",
    "energy_of": "list of the counters in metrics.energy_j_per_epoch: records with other ones do not compare",
    "cost_s": "CPU seconds of all sampling",
    "orchestrator_cpu_s": "CPU seconds of the orchestrator while the run was in progress, sampling included",
    "wall_s": "how long that was",
}

# One element of TELEMETRY's phases. Null where no sample tells.
PHASE_SUMMARY = {
    "phase": "of PHASES in harness/worker/protocol.py",
    "times": "int: how often it recurred",
    "wall_s": "their length together",
    "samples": "int: samples taken in it",
    "mean": "object: gauge -> its mean over the phase; each sample stands for the time that is nearest to it",
    "max": "object: gauge -> the largest of the samples that stand for a part of the phase",
    "difference": "object: counter -> how far it rose between begin and end, linear between samples",
    "utilisation": "object: tree -> CPU seconds a second; cpus (the worker's), machine -> busy fraction; "
    "cpus_steal -> fraction that the worker's CPUs were taken away",
    "energy_j": "all energy counters together; null without one",
    "throttled": "object: GPU -> object: reason -> fraction of the phase that it lasted",
}
