"""Made-up rounds of backends whose true ratios are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from tests.orchestrator.sample_records import sample


def run(backend: str, workload: str, number: int, epochs: Iterable[float]) -> dict:
    """A run whose epochs took so long."""
    record, took = sample(backend, workload, number=number), list(epochs)
    record["metrics"]["epoch_s"] = sorted(took)[len(took) // 2]
    record["epochs"] = [{"index": index, "warmup": False, "train_s": one} for index, one in enumerate(took)]
    return record


def rounds(
    factors: Mapping[str, float],
    numbers: Iterable[int],
    noise: float = 0.02,
    workloads: Iterable[str] = ("mnist_mlp",),
    rng: np.random.Generator | None = None,
) -> list[dict]:
    """A run of each backend a round, which takes so many times as long; a round slows all of them alike."""
    rng = rng or np.random.default_rng(7)
    found = []
    for number in numbers:
        for workload in workloads:
            weather = np.exp(rng.normal(scale=0.3, size=3))
            found += [
                run(backend, workload, number, factor * weather * np.exp(noise * rng.normal() + np.zeros(3)))
                for backend, factor in factors.items()
            ]
    return found
