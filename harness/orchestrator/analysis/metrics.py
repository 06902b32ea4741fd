"""What verdicts are given on. Of all of them less is better."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A figure of a run; `threshold` is the smallest relative change that is worth a verdict."""

    key: str
    label: str
    unit: str
    threshold: float

    def of(self, record: dict) -> float | None:
        """The figure of a record's run, None if it has none."""
        return fastest_epoch_s(record) if self.key == FASTEST else record["metrics"].get(self.key)


def fastest_epoch_s(record: dict) -> float | None:
    """The training time of the fastest timed epoch.

    What else a machine does slows epochs and never speeds one up, often several in a row: between runs of the same code
    the fastest epoch varies much less than the median one (docs/design/regression.md).
    """
    timed = (epoch.get("train_s") for epoch in record["epochs"] if not epoch["warmup"])
    return min((time for time in timed if time is not None), default=None)


FASTEST, MEDIAN = "fastest_epoch_s", "epoch_s"
# Thresholds: docs/design/regression.md.
METRICS = {
    metric.key: metric
    for metric in (
        Metric(FASTEST, "fastest epoch", "s", 0.02),
        Metric(MEDIAN, "epoch", "s", 0.02),
        Metric("first_epoch_s", "first epoch", "s", 0.10),
        Metric("compile_s", "compilation", "s", 0.10),
        Metric("max_rss_bytes", "peak memory", "bytes", 0.05),
        Metric("energy_j_per_epoch", "energy an epoch", "J", 0.05),
    )
}
