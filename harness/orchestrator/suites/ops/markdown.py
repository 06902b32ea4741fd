"""Operations as Markdown."""

from __future__ import annotations

from harness.orchestrator.reports.exporters import Exporter
from harness.orchestrator.reports.markdown import document, section
from harness.orchestrator.suites.ops.table import OpsView, tables


def ops_markdown(view: OpsView) -> bytes:
    """The report of a session of operations."""
    return document([f"# Session {view.name}", *map(section, tables(view.documents))])


EXPORTER = Exporter("markdown", ".md", ops_markdown)
