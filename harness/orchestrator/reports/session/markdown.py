"""A session as Markdown, in the form of the table of December 2015."""

from __future__ import annotations

from harness.orchestrator.reports.exporters import Exporter
from harness.orchestrator.reports.markdown import document, section
from harness.orchestrator.reports.session.table import SessionView

LATEST = "latest"


def session_markdown(view: SessionView) -> bytes:
    """The report of a session."""
    pictures = [f"![Compilation and runtime per epoch of each backend]({name})" for name in view.pictures]
    return document([f"# Session {view.name}", *map(section, view.tables), *pictures])


def own_and_latest(view: SessionView) -> dict[str, SessionView]:
    """Under the session's name, and again under one that always means the last report."""
    return {view.name: view, LATEST: view}


EXPORTER = Exporter("markdown", ".md", session_markdown, own_and_latest)
