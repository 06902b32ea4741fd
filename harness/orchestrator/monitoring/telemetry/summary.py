"""Summarises the samples of a run phase by phase: a pure function of samples and phases."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from statistics import fmean
from typing import Any

import numpy as np

from harness.orchestrator.monitoring.telemetry.nvml import UNTHROTTLED
from harness.orchestrator.monitoring.telemetry.samples import Samples, file_of
from harness.orchestrator.monitoring.telemetry.sensor import Kind

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

ENERGY = "_energy_j"
THROTTLE_REASONS = "_throttle_reasons"
TIMED = "epoch"  # the phase whose energy is told for each epoch


def telemetry_of(samples: Samples | None, phases: list[dict], run: str) -> dict | None:
    """TELEMETRY of a run with these phases; None if nothing but memory was sampled.

    Args:
        phases: {phase, index, begin_s, end_s}; one without an end lasts until the next one begins, the last one until
            the last sample.
        run: its name.
    """
    if samples is None:
        return None
    return {
        "interval_s": samples.interval_s,
        "samples": len(samples.rows),
        "file": file_of(run),
        "sensors": samples.sensors,
        "absent": samples.absent,
        "phases": summaries(samples, phases),
        "energy_of": energy_counters(samples),
        "cost_s": samples.cost_s,
        "orchestrator_cpu_s": samples.orchestrator_cpu_s,
        "wall_s": samples.wall_s,
    }


def energy_j_per_epoch(samples: Samples | None, phases: list[dict]) -> float | None:
    """Joules of processor packages and GPU in a timed training epoch; None without a counter, or if one has stopped."""
    spans = [] if samples is None else spans_of(samples, phases).get(TIMED, [])
    used = energy_j(samples, spans) if spans else None
    return None if used is None else used / len(spans)


def summaries(samples: Samples, phases: list[dict]) -> list[dict]:
    """PHASE_SUMMARY of each phase."""
    return [summary(samples, phase, spans) for phase, spans in spans_of(samples, phases).items()]


def spans_of(samples: Samples, phases: list[dict]) -> dict[str, list[tuple[float, float]]]:
    """Begin and end of each recurrence of each phase, the clock's seconds."""
    begins = [phase["begin_s"] for phase in phases]
    last_s = samples.rows[-1]["t_s"] if samples.rows else None
    spans: dict[str, list[tuple[float, float]]] = {}
    for phase, next_s in zip(phases, [*begins[1:], last_s], strict=False):
        end_s = phase.get("end_s") or next_s
        if end_s is not None and end_s >= phase["begin_s"]:
            spans.setdefault(phase["phase"], []).append((phase["begin_s"], end_s))
    return spans


def summary(samples: Samples, phase: str, spans: list[tuple[float, float]]) -> dict:
    """PHASE_SUMMARY of one phase with its recurrences."""
    inside = [row for row in samples.rows if any(begin_s <= row["t_s"] < end_s for begin_s, end_s in spans)]
    wall_s = sum(end_s - begin_s for begin_s, end_s in spans)
    weighed = list(zip(samples.rows, shares([row["t_s"] for row in samples.rows], spans), strict=True))
    gauges = {name: known(weighed, name) for name in samples.of(Kind.GAUGE)}
    risen = {name: rise(samples, name, spans) for name in samples.of(Kind.COUNTER)}
    return {
        "phase": phase,
        "times": len(spans),
        "wall_s": wall_s,
        "samples": len(inside),
        "mean": {name: mean(found) for name, found in gauges.items()},
        "max": {name: max((value for value, _ in found), default=None) for name, found in gauges.items()},
        "difference": risen,
        "utilisation": utilisation(risen, wall_s),
        "energy_j": energy_j(samples, spans),
        "throttled": {
            name.removesuffix(THROTTLE_REASONS): named(known(weighed, name)) for name in samples.of(Kind.WORDS)
        },
    }


def shares(times: list[float], spans: list[tuple[float, float]]) -> list[float]:
    """How much of the spans each sample stands for, seconds: the time that is nearer to it than to another sample.

    So a phase that is shorter than the time between two samples is told by those around it.
    """
    borders = [-math.inf, *((one + other) / 2 for one, other in pairwise(times)), math.inf]
    return [
        sum(max(0.0, min(end_s, until_s) - max(begin_s, from_s)) for begin_s, end_s in spans)
        for from_s, until_s in pairwise(borders)
    ][: len(times)]


def known(weighed: list[tuple[dict, float]], name: str) -> list[tuple[Any, float]]:
    """A column's values with the seconds that they stand for, where there is a value and it stands for any."""
    return [(row[name], share_s) for row, share_s in weighed if share_s and row.get(name) is not None]


def mean(found: list[tuple[float, float]]) -> float | None:
    """Of values by the seconds that they stand for."""
    return fmean(*zip(*found, strict=True)) if found else None


def rise(samples: Samples, name: str, spans: list[tuple[float, float]]) -> float | None:
    """How far a counter rose over the spans, linear between samples; None where samples do not reach."""
    there = [(row["t_s"], row[name]) for row in samples.rows if row.get(name) is not None]
    if not there:
        return None
    times, counts = zip(*there, strict=True)
    begins, ends = zip(*spans, strict=True)
    if min(begins) < times[0] or max(ends) > times[-1]:
        return None
    return float(np.sum(np.interp(ends, times, counts) - np.interp(begins, times, counts)))


def utilisation(risen: dict[str, float | None], wall_s: float) -> dict[str, float | None]:
    """Rates that say how busy processors were."""
    return {
        "tree": part(risen.get("tree_cpu_s"), wall_s),
        "cpus": busy(risen, "cpus"),
        "machine": busy(risen, "machine"),
        "cpus_steal": part(risen.get("cpus_steal_s"), whole(risen, "cpus")),
    }


def busy(risen: dict[str, float | None], which: str) -> float | None:
    """The busy fraction of some processors."""
    return part(risen.get(f"{which}_busy_s"), whole(risen, which))


def whole(risen: dict[str, float | None], which: str) -> float | None:
    """The time of some processors, whatever they did."""
    times = [risen.get(f"{which}_{what}_s") for what in ("busy", "idle", "steal")]
    return None if None in times else sum(times)


def part(some: float | None, all_s: float | None) -> float | None:
    """A fraction; None without both, or of nothing."""
    return some / all_s if some is not None and all_s else None


def energy_counters(samples: Samples) -> list[str]:
    """The counters of joules."""
    return [name for name in samples.of(Kind.COUNTER) if name.endswith(ENERGY)]


def energy_j(samples: Samples, spans: list[tuple[float, float]]) -> float | None:
    """All counters of joules together over the spans; None without one, or where one of them does not reach."""
    used = [rise(samples, name, spans) for name in energy_counters(samples)]
    return None if None in used or not used else sum(used)


def named(found: list[tuple[str, float]]) -> dict[str, float]:
    """Of how much of the time each reason is named, as a fraction."""
    total_s = sum(share_s for _, share_s in found)
    lasted_s: Counter[str] = Counter()
    for words, share_s in found:
        lasted_s.update(dict.fromkeys(words.split("|"), share_s))
    return {name: share_s / total_s for name, share_s in lasted_s.items() if name != UNTHROTTLED}
