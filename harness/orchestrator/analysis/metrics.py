"""What verdicts are given on. Of all of them less is better: of samples a second, the time of a sample is judged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A figure of a run; `threshold` is the smallest relative change that is worth a verdict.

    `rate`: a record has how many there are in a second, and the figure is the time of one.
    """

    key: str
    label: str
    unit: str
    threshold: float
    rate: bool = False

    def of(self, record: dict) -> float | None:
        """The figure of a record's run, None if it has none."""
        found = fastest_epoch_s(record) if self.key == FASTEST else record["metrics"].get(self.key)
        return 1 / found if found and self.rate else found


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
# Judged on request alone: the error rates of verdicts were measured on METRICS, all judged together.
METRICS_ON_REQUEST = {
    metric.key: metric
    for metric in (
        Metric("step_p50_s", "step, p50", "s", 0.02),
        Metric("step_p95_s", "step, p95", "s", 0.05),
        Metric("step_p99_s", "step, p99", "s", 0.10),
        Metric("samples_per_s", "training, time of a sample", "s", 0.02, rate=True),
        Metric("evaluation_samples_per_s", "evaluation, time of a sample", "s", 0.05, rate=True),
        Metric("inference_latency_p50_s", "inference of one sample, p50", "s", 0.05),
        Metric("inference_latency_p95_s", "inference of one sample, p95", "s", 0.10),
        Metric("inference_latency_p99_s", "inference of one sample, p99", "s", 0.20),
        Metric("inference_samples_per_s", "inference in batches, time of a sample", "s", 0.05, rate=True),
        Metric("inference_compile_s", "compilation for inference", "s", 0.10),
    )
}
ALL_METRICS = {**METRICS, **METRICS_ON_REQUEST}
