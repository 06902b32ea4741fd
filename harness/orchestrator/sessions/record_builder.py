"""Puts together the record of a run from what was asked, what the worker said, and what was seen from outside."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from harness.orchestrator.core.cases import Case, Run
from harness.orchestrator.core.clock import utc_now
from harness.orchestrator.core.declared_workloads import declared_batch_size
from harness.orchestrator.core.paths import ROOT, cache_root
from harness.orchestrator.datasets.model import PreparedData
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.execution.job import RunOutcome
from harness.orchestrator.execution.memory_layout import FOLDER, Layout
from harness.orchestrator.monitoring.telemetry.summary import energy_j_per_epoch, telemetry_of
from harness.orchestrator.results.figures import figures
from harness.orchestrator.results.record import SCHEMA, STEP_COSTS
from harness.orchestrator.sessions.prepared import Missing
from harness.worker.protocol import finite

# Numbers taken over from the worker's result, see RESULT in harness/worker/protocol.py.
WORKER_METRICS = (
    *("build_s", "compile_s", "first_epoch_s", "epoch_s", "epoch_2015_s", "samples_per_s", "max_rss_bytes"),
    *STEP_COSTS,
)
# Numbers seen from outside: the whole process tree, from its start to its end.
OUTSIDE_METRICS = ("wall_s", "cpu_time_s", "peak_rss_bytes", "sampling_s")


@dataclass(frozen=True)
class Circumstances:
    """What is the same for all runs of a session, or known of one run before it starts."""

    session: dict
    machine: dict
    seed: int
    environment: Environment | Missing
    data: PreparedData | Missing
    request: dict | None = None
    variables: dict[str, str] | None = None
    cpus: list[int] | None = None
    compile_cache: str | None = None
    side: tuple[str, ...] | None = None
    conditions: dict | None = None
    layout: Layout | None = None

    def interleaved(self, address: Path) -> Circumstances:
        """The same for a run that is interleaved with others, by a socket; sides stay in step, epoch by epoch."""
        extra = self.request["extra_warmup_epochs"] if self.side is None else 0
        return replace(self, request={**self.request, "turns": str(address), "extra_warmup_epochs": extra})


def record_of(run: Run, known: Circumstances, outcome: RunOutcome, begin_utc: str) -> dict[str, Any]:
    """The record of a run that was made, or could not be."""
    result = outcome.result or {}
    phases = result.get("phases") or [drop(phase, "event_s") for phase in outcome.phases]
    return portable(
        {
            "schema": SCHEMA,
            "status": outcome.status,
            "reason": outcome.reason,
            "phase": outcome.phase,
            "run": {**run.place, "begin_utc": begin_utc, "end_utc": utc_now()},
            "session": known.session,
            "case": case_of(run, known, result),
            "metrics": metrics_of(result, outcome, phases, known.machine.get("peak")),
            "phases": phases,
            "parity": outcome.parity,
            "epochs": result.get("epochs", []),
            "steadiness": result.get("steadiness"),
            "inference": result.get("inference"),
            "settings": result.get("settings"),
            "versions": versions_of(known.environment, result),
            "data": data_of(known.data),
            "environment": environment_of(known),
            "machine": known.machine,
            "telemetry": telemetry_of(outcome.samples, phases, run.name),
            "conditions": known.conditions,
            "warnings": outcome.warnings,
            "stderr_tail": outcome.stderr_tail,
            "error": None if outcome.error is None else drop(outcome.error, "event", "t_s"),
            "exit_code": outcome.exit_code,
        }
    )


def portable(value: Any) -> Any:
    """A JSON value without this machine's paths: the cache reads `<cache>`, the checkout `<checkout>`, the home `~`."""
    if isinstance(value, str):
        value = FOLDER.sub("<checkout>", value)
        for folder, name in ((cache_root(), "<cache>"), (ROOT, "<checkout>"), (Path.home(), "~")):
            # not where another folder's name only begins so
            value = re.sub(re.escape(str(folder)) + r"(?![\w-]|\.\w)", name, value)
        return value
    if isinstance(value, dict):
        return {key: portable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [portable(item) for item in value]
    return finite(value)


def case_of(run: Run, known: Circumstances, result: dict) -> dict:
    """What was compared, in all that matters for the comparison."""
    request = known.request or {}
    has_data = isinstance(known.data, PreparedData)
    planned = {"train": known.data.train, "test": known.data.test} if has_data else None
    return {
        **asdict(run.case),
        "version": versions_of(known.environment, result).get(run.case.backend),
        "data": known.data.name if has_data else None,
        "samples": result.get("samples") or planned,
        "batch_size": result.get("batch_size") or batch_size_of(run.case),
        "parameters": result.get("parameters"),
        "epochs": request.get("epochs"),
        "warmup_epochs": request.get("warmup_epochs"),
        "seed": known.seed,
        "compile_cache": known.compile_cache,
    }


def batch_size_of(case: Case) -> int | None:
    """The batch size that a case asks for, None where its edition declares none."""
    return case.batch_size or declared_batch_size(case.workload, case.edition)


def metrics_of(result: dict, outcome: RunOutcome, phases: list[dict], peak: dict | None) -> dict:
    """All numbers; loss and accuracy are those of the last epoch."""
    last = result["epochs"][-1] if result.get("epochs") else {}
    return {
        **{key: result.get(key) for key in WORKER_METRICS},
        **{key: last.get(key) for key in ("loss", "accuracy", "val_loss", "val_accuracy")},
        **{key: getattr(outcome, key) for key in OUTSIDE_METRICS},
        "energy_j_per_epoch": energy_j_per_epoch(outcome.samples, phases),
        "parity_deviation": largest_deviation(outcome.parity),
        **efficiency(result, peak),
        **figures(result.get("epochs") or [], result.get("samples"), result.get("batch_size"), result.get("inference")),
    }


def efficiency(result: dict, peak: dict | None) -> dict[str, float | None]:
    """The metrics that compare a result's speed with a peak, see machine_peak.py; None where something is missing.

    `flops_per_s` is that of the steady training epoch. The operations are those that the graph asks for, so a backend
    that makes do with fewer of them is credited with all.
    """
    counted = result.get("flops") or {}
    each, samples_per_s = counted.get("train_per_sample"), result.get("samples_per_s")
    flops_per_s = None if None in (each, samples_per_s) else each * samples_per_s
    most = (peak or {}).get("gemm_flops_per_s")
    return {
        "train_flops_per_sample": each,
        "evaluation_flops_per_sample": counted.get("evaluation_per_sample"),
        "flops_per_s": flops_per_s,
        "peak_fraction": None if None in (flops_per_s, most) else flops_per_s / most,
    }


def largest_deviation(parity: dict | None) -> float | None:
    """The largest relative deviation from the reference; None if nothing was compared, or a figure is not a number."""
    found = list(parity["deviations"].values()) if parity else [None]
    return None if None in found else max(found)


def versions_of(environment: Environment | Missing, result: dict) -> dict:
    """Versions as the worker met them, else as the environment promises them."""
    promised = {} if isinstance(environment, Missing) else dict(environment.versions)
    return {**promised, **(result.get("versions") or {})}


def data_of(data: PreparedData | Missing) -> dict | None:
    """What a record says about its data."""
    if isinstance(data, Missing):
        return None
    kept = ("name", "description", "sha256", "train", "test", "full_train", "full_test", "notes")
    return {key: getattr(data, key) for key in kept}


def environment_of(known: Circumstances) -> dict | None:
    """The environment's identity with what this run added to it."""
    if isinstance(known.environment, Missing):
        return None
    given = {"variables": known.variables, "cpus": known.cpus, "side": known.side}
    layout = None if known.layout is None else asdict(known.layout)
    return {**known.environment.identity, **given, "layout": layout}


def drop(mapping: dict, *keys: str) -> dict:
    """A copy without some keys."""
    return {key: value for key, value in mapping.items() if key not in keys}
