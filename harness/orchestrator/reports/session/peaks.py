"""The peaks that a table of efficiencies is relative to, in lines."""

from __future__ import annotations

from harness.orchestrator.core.formatting import counted, significant

EFFICIENCY = (
    "share of the peak: the floating-point operations of training (forward pass, backward pass, update), counted in the "
    "workload's graph, per second of the steady training epoch, relative to those of products of large matrices; "
    "memory-bound workloads reach less."
)
NUMBER_BYTES = {"float32": 4, "float64": 8}


def peak_lines(records: list[dict]) -> list[str]:
    """What a share of the peak is, and each peak; nothing where records know none."""
    known = [record["machine"]["peak"] for record in records if (record.get("machine") or {}).get("peak")]
    lines = list(dict.fromkeys(peak_line(peak) for peak in known))
    return [EFFICIENCY, *lines] if lines else []


def peak_line(peak: dict) -> str:
    """One peak, or why it is not known."""
    if peak["reason"]:
        return f"The peak of {peak['device']} is not known: {peak['reason']}."
    rows, threads = peak["gemm_rows"], counted(peak["threads"], "thread")
    read_bytes = peak["bandwidth_rows"] ** 2 * NUMBER_BYTES[peak["dtype"]]
    return (
        f"Peak of {peak['device']} with {threads}: {scaled(peak, 'gemm', 'flops')} GFLOP/s in {peak['dtype']} "
        f"products of {rows:,} x {rows:,} matrices, {scaled(peak, 'bandwidth', 'bytes')} GB/s read by products of a "
        f"{read_bytes / 2**20:.0f} MiB matrix with vectors; measured before the first round by {means(peak)}."
    )


def scaled(peak: dict, what: str, unit: str) -> str:
    """A figure in billions, with the median of the calls that it is the best of."""
    best, median = peak[f"{what}_{unit}_per_s"], peak[f"{what}_median_{unit}_per_s"]
    return f"{significant(best / 1e9)} (median {significant(median / 1e9)})"


def means(peak: dict) -> str:
    """By what it was measured."""
    blas = peak["blas"] or {}
    kernels = f" ({blas['kernels']})" if blas.get("kernels") else ""
    library = " ".join(filter(None, (blas.get("library"), blas.get("version")))) + kernels
    return ", ".join(filter(None, (" ".join(filter(None, (peak["backend"], peak["version"]))), library)))
