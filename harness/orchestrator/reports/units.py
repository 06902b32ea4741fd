"""The figures of metrics as reports show them: units, and which way they went."""

from __future__ import annotations

from harness.orchestrator.analysis.metrics import Metric
from harness.orchestrator.analysis.rule import FASTER, SLOWER
from harness.orchestrator.core.formatting import significant

# What reads better in another unit: unit stored -> unit shown, and how much of the one is one of the other.
SHOWN = {"bytes": ("MiB", 2**20)}


def unit(metric: Metric) -> str:
    """The unit that a metric is shown in."""
    return SHOWN.get(metric.unit, (metric.unit, 1))[0]


def amount(metric: Metric, value: float) -> float:
    """A value in that unit."""
    return value / SHOWN.get(metric.unit, (metric.unit, 1))[1]


def figure(metric: Metric, value: float) -> str:
    """A value as it is printed."""
    return significant(amount(metric, value))


def directions(metric: Metric) -> tuple[str, str]:
    """What one says where a metric has risen, and where it has fallen."""
    return (SLOWER, FASTER) if metric.unit == "s" else ("more", "less")
