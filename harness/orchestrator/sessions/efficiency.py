"""How far a run is from what the machine can do."""

from __future__ import annotations


def efficiency(result: dict, peak: dict | None) -> dict[str, float | None]:
    """The metrics of a worker's result that hold its speed against a peak of peaks.py; None where something is missing.

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
