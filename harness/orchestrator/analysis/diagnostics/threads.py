"""Whether every pool of threads has as many as the case: one that differs makes backends unequal."""

from __future__ import annotations

from harness.orchestrator.analysis.diagnostics.diagnostic import Rule, Sign, of_each


def other_pools(record: dict) -> Sign | None:
    """Pools that answered another number, see THREAD_POOL in harness/worker/protocol.py."""
    threads, pools = record["case"].get("threads"), (record.get("settings") or {}).get("thread_pools") or []
    # an OpenMP or a BLAS that is only loaded counts too: which of them computes next is the library's affair
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


RULES = (Rule("thread_pools", of_each(other_pools)),)
