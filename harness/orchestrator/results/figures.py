"""Metrics that follow from the raw times that a record keeps: percentiles of a step, evaluation, inference.

They are computed when a record is written, and when one of an older schema is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np

# A percentile is told where at least one of the values is expected beyond it: p50 of 2, p95 of 20, p99 of 100.
PERCENTILES = (50, 95, 99)


def figures(epochs: list[dict], samples: dict | None, batch_size: int | None, inference: dict | None) -> dict:
    """All of them, None where there are too few values, or none.

    Args:
        epochs: EPOCH in harness/worker/protocol.py, warm-ups first.
        samples: of an epoch, `train` and `test`.
        inference: INFERENCE in harness/worker/protocol.py.
    """
    timed = [epoch for epoch in epochs if not epoch["warmup"]]
    return {
        **percentiles("step", whole_steps(timed, samples, batch_size)),
        "evaluation_samples_per_s": evaluation_samples_per_s(timed, samples),
        **of_inference(inference or {}),
    }


def whole_steps(timed: list[dict], samples: dict | None, batch_size: int | None) -> list[float]:
    """Seconds of the training steps of a whole batch: the smaller one that ends an epoch is another step."""
    if not samples or not batch_size:
        return []
    whole = max(1, samples["train"] // batch_size)
    return [step_s for epoch in timed for step_s in (epoch.get("step_s") or [])[:whole]]


def percentiles(name: str, values_s: Sequence[float]) -> dict[str, float | None]:
    """`<name>_p50_s` and so on."""
    return {f"{name}_p{percent}_s": percentile(values_s, percent) for percent in PERCENTILES}


def percentile(values_s: Sequence[float], percent: int) -> float | None:
    """A percentile, between two values in proportion; None of too few."""
    # in whole numbers: 20 * (1 - 0.95) is less than 1
    return float(np.percentile(values_s, percent)) if len(values_s) * (100 - percent) >= 100 else None


def evaluation_samples_per_s(timed: list[dict], samples: dict | None) -> float | None:
    """Validation samples a second, of the median pass of the timed epochs."""
    passes_s = [epoch["validation_s"] for epoch in timed if epoch.get("validation_step_s")]
    return samples["test"] / median(passes_s) if passes_s and samples else None


def of_inference(measured: dict) -> dict[str, float | None]:
    """Compilation, latency with one sample, throughput with a batch."""
    batch_call_s = measured.get("batch_call_s")
    return {
        "inference_compile_s": measured.get("compile_s"),
        **percentiles("inference_latency", measured.get("latency_call_s") or []),
        "inference_samples_per_s": measured["batch_size"] / median(batch_call_s) if batch_call_s else None,
        "inference_deviation": measured.get("deviation"),
    }
