"""Rows that a table has on request: of metrics beside compilation and runtime per epoch."""

from __future__ import annotations

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


def check_metrics(names: list[str] | None) -> tuple[str, ...]:
    """The metrics that a command was asked to show.

    Raises:
        ConfigError: one of them has no row.
    """
    check_names("metric", names or [], METRIC_ROWS)
    return tuple(names or ())
