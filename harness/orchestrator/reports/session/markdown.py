"""A session as Markdown, in the form of the table of December 2015."""

from __future__ import annotations

from harness.orchestrator.analysis.sweep import Sweep
from harness.orchestrator.reports.exporters import Exporter
from harness.orchestrator.reports.markdown import document, grid, section
from harness.orchestrator.reports.session.sweep import TITLES, grids
from harness.orchestrator.reports.session.table import SessionView

LATEST = "latest"


def session_markdown(view: SessionView) -> bytes:
    """The report of a session."""
    pictures = [f"![{alternative(view.name, name)}]({name})" for name in view.pictures]
    return document([f"# Session {view.name}", *map(section, view.tables), *map(sweep_section, view.sweeps), *pictures])


def sweep_section(sweep: Sweep) -> str:
    """The tables of a sweep."""
    parts = [f"## Sweep of {TITLES[sweep.axis]}"]
    for one in grids(sweep):
        parts += [f"{one.title}:", grid([one.headers, *one.lines])]
    return "\n\n".join(parts)


def alternative(session: str, picture: str) -> str:
    """What a picture of a session shows."""
    axis = picture.rpartition(".")[0].removeprefix(f"{session}-")
    return f"Throughput by {TITLES[axis]}" if axis in TITLES else "Compilation and runtime per epoch of each backend"


def own_and_latest(view: SessionView) -> dict[str, SessionView]:
    """Under the session's name, and again under one that always means the last report."""
    return {view.name: view, LATEST: view}


EXPORTER = Exporter("markdown", ".md", session_markdown, own_and_latest)
