"""What the facts of a record say against its own times: pure functions of records, so old ones are judged as well."""

from __future__ import annotations

# By the library that computes the products: the variable that names its kernels, see configs/environments/.
KERNEL_VARIABLES = {
    "OpenBLAS": "OPENBLAS_CORETYPE",
    "Intel MKL": "MKL_DEBUG_CPU_TYPE",
    "oneDNN": "ONEDNN_MAX_CPU_ISA",
}
# Backends whose profile tuned sets it where their library chooses badly, which is on AMD's processors.
TUNED = ("cntk", "theano")
# Narrowest first, see harness/backends/blas.py.
INSTRUCTION_SETS = ("sse", "avx", "avx2", "avx512")


def findings(records: list[dict]) -> list[str]:
    """A sentence for each thing found; what several workloads of a backend share is said once."""
    found: dict[tuple[str, str], list[str]] = {}
    for record in records:
        case = record["case"]
        for sentence in slow_products(record):
            found.setdefault((case["backend"], sentence), []).append(case["workload"])
    return [
        f"{backend} ({', '.join(dict.fromkeys(workloads))}) {sentence}"
        for (backend, sentence), workloads in found.items()
    ]


def slow_products(record: dict) -> list[str]:
    """What to say where the products' kernels use less than the processor offers, after the names of the case."""
    blas = (record.get("settings") or {}).get("blas") or {}
    used, offered = blas.get("instruction_set"), blas.get("offered")
    if not {used, offered} <= set(INSTRUCTION_SETS) or INSTRUCTION_SETS.index(used) >= INSTRUCTION_SETS.index(offered):
        return []
    library = " ".join(filter(None, (blas["library"], blas.get("version"))))
    kernels = f" (kernels {blas['kernels']})" if blas.get("kernels") else ""
    return [
        f"computes its products with the {used.upper()} instructions of {library}{kernels}. "
        f"Expected {offered.upper()}, which the processor offers: the times are longer than they need be. "
        f"{remedy(record['case'], blas['library'])}"
    ]


def remedy(case: dict, library: str) -> str:
    """What to do about slow kernels."""
    variable, file = KERNEL_VARIABLES.get(library), f"configs/environments/{case['backend']}.toml"
    if variable is None:
        return f"Link another BLAS, or name its kernels in {file}."
    if case["profile"] == "stock" and case["backend"] in TUNED:
        return f"Use profile tuned, which sets {variable} on AMD processors, or set it in {file}."
    return f"Set {variable} in {file}."
