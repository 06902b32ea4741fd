"""Operations as Markdown."""

from __future__ import annotations

from harness.orchestrator.reports.session.markdown import grid
from harness.orchestrator.suites.ops.table import Table, tables


def render(name: str, documents: list[dict]) -> str:
    """The report of a session of operations."""
    return "\n\n".join([f"# Session {name}", *(section(table) for table in tables(documents))]) + "\n"


def section(table: Table) -> str:
    """One table with all that belongs to it."""
    parts = [f"## {table.conditions}", grid("Operation", list(table.headers), table.rows)]
    parts.append(f"Best in bold. Coverage: {table.coverage}.")
    if table.reasons:
        parts.append("\n".join(f"{number}. {reason}" for number, reason in enumerate(table.reasons, 1)))
    lines = [*(f"**Finding**: {finding}" for finding in table.findings), *table.facts]
    parts.append("\n".join(f"- {line}" for line in lines))
    return "\n\n".join(parts)
