"""What verdicts are given on. Of all of them less is better."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A figure of a record's `metrics`; `threshold` is the smallest relative change that is worth a verdict."""

    key: str
    label: str
    unit: str
    threshold: float


# Thresholds: docs/design/regression.md.
METRICS = {
    metric.key: metric
    for metric in (
        Metric("epoch_s", "epoch", "s", 0.03),
        Metric("first_epoch_s", "first epoch", "s", 0.10),
        Metric("compile_s", "compilation", "s", 0.10),
        Metric("peak_rss_bytes", "peak memory", "bytes", 0.05),
        Metric("energy_j_per_epoch", "energy an epoch", "J", 0.05),
    )
}
