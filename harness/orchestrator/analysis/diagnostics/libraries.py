"""Whether libraries compute with what they should: pools of the case's size, and all that the processor offers."""

from __future__ import annotations

from harness.orchestrator.analysis.diagnostics.diagnostic import Rule, Sign, of_each

# By the library that computes the products: the variable that names its kernels, see configs/environments/.
KERNEL_VARIABLES = {"OpenBLAS": "OPENBLAS_CORETYPE", "Intel MKL": "MKL_DEBUG_CPU_TYPE", "oneDNN": "ONEDNN_MAX_CPU_ISA"}
# Backends whose profile tuned sets it where their library chooses badly, which is on AMD's processors.
TUNED = ("cntk", "numpy", "theano")
# Narrowest first, see harness/backends/engines/introspection/blas.py.
INSTRUCTION_SETS = ("sse", "avx", "avx2", "avx512")


def other_pools(record: dict) -> Sign | None:
    """Thread pools whose size is not the case's, see THREAD_POOL in harness/worker/protocol.py."""
    threads, pools = record["case"].get("threads"), (record.get("settings") or {}).get("thread_pools") or []
    # an OpenMP or a BLAS that is only loaded counts too: the library chooses which of them computes
    other = [pool for pool in pools if pool["threads"] not in (None, threads)]
    if not other:
        return None
    listed = ", ".join(f"{pool['pool']}{in_file(pool)} {pool['threads']}" for pool in other)
    return Sign(
        f"computes with pools of other sizes than the case's {threads} threads: {listed}. Expected {threads} in each, "
        f"as every backend has. See what sets them in configs/environments/{record['case']['backend']}.toml."
    )


def in_file(pool: dict) -> str:
    """Where a pool is, in brackets."""
    return f" ({pool['file']})" if pool["file"] else ""


def slow_products(record: dict) -> Sign | None:
    """Kernels that use less than the processor offers."""
    blas = (record.get("settings") or {}).get("blas") or {}
    used, offered = blas.get("instruction_set"), blas.get("offered")
    if not {used, offered} <= set(INSTRUCTION_SETS) or INSTRUCTION_SETS.index(used) >= INSTRUCTION_SETS.index(offered):
        return None
    library = " ".join(filter(None, (blas["library"], blas.get("version"))))
    kernels = f" (kernels {blas['kernels']})" if blas.get("kernels") else ""
    return Sign(
        f"computes its products with the {used.upper()} instructions of {library}{kernels}. "
        f"Expected {offered.upper()}, which the processor offers: the times are longer than they need be. "
        f"{remedy(record['case'], blas['library'])}"
    )


def remedy(case: dict, library: str) -> str:
    """What to do about slow kernels."""
    variable, file = KERNEL_VARIABLES.get(library), f"configs/environments/{case['backend']}.toml"
    if variable is None:
        return f"Link another BLAS, or name its kernels in {file}."
    if case["profile"] == "stock" and case["backend"] in TUNED:
        return f"Use profile tuned, which sets {variable} on AMD processors, or set it in {file}."
    return f"Set {variable} in {file}."


RULES = (Rule("thread_pools", of_each(other_pools)), Rule("slow_products", of_each(slow_products)))
