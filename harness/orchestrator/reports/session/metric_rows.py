"""Rows that a table has on request: of metrics beside compilation and runtime per epoch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from harness.orchestrator.core.formatting import significant
from harness.orchestrator.core.names import check_names


@dataclass(frozen=True)
class MetricRow:
    """How a metric is shown: its label with the unit, and how many of that unit one of the stored unit is."""

    label: str
    scale: float = 1.0
    more_is_better: bool = False

    def show(self, values: list[float]) -> str:
        """The median."""
        return significant(median(values) * self.scale)


def percentile_rows(name: str, label: str) -> dict[str, MetricRow]:
    """Those of `<name>_p50_s` and so on."""
    return {f"{name}_p{percent}_s": MetricRow(f"{label}, p{percent} (ms)", 1e3) for percent in (50, 95, 99)}


METRIC_ROWS = {
    "first_epoch_s": MetricRow("first epoch, training (s)"),
    "epoch_s": MetricRow("training/epoch (s)"),
    "samples_per_s": MetricRow("training (samples/s)", more_is_better=True),
    **percentile_rows("step", "step"),
    "evaluation_samples_per_s": MetricRow("evaluation (samples/s)", more_is_better=True),
    **percentile_rows("inference_latency", "inference of one sample"),
    "inference_samples_per_s": MetricRow("inference in batches (samples/s)", more_is_better=True),
    "inference_compile_s": MetricRow("compilation for inference (s)"),
    "harness_step_s": MetricRow("step, the harness's part (µs)", 1e6),
    "engine_call_s": MetricRow("step, the call of the engine (ms)", 1e3),
    "max_rss_bytes": MetricRow("peak memory of training (MiB)", 2**-20),
    "energy_j_per_epoch": MetricRow("energy/epoch (J)"),
}


# What a reader must know of rows whose metric begins so.
EXPLANATIONS = {
    "step_p": "step: a training step of a whole batch in a timed epoch; p95 is told from 20 steps on, p99 from 100.",
    "evaluation": "evaluation: validation samples per second of the median validation pass of the timed epochs.",
    "inference": (
        "inference: the forward function, compiled by itself, from its call until the result is a NumPy array; its "
        "outputs were compared with NumPy's in float64 first."
    ),
    "harness_step": "the harness's part of a step: loop, picking the batch, timing, progress.",
}


def explained(metrics: Iterable[str]) -> list[str]:
    """The explanations of some metrics."""
    return [text for begin, text in EXPLANATIONS.items() if any(metric.startswith(begin) for metric in metrics)]


def check_metrics(names: list[str] | None) -> tuple[str, ...]:
    """The metrics that a command was asked to show.

    Raises:
        ConfigError: one of them has no row.
    """
    check_names("metric", names or [], METRIC_ROWS)
    return tuple(names or ())
