"""A comparison as a flat table for pandas: a row a line."""

from __future__ import annotations

from dataclasses import asdict

from harness.orchestrator.analysis.comparison import Line
from harness.orchestrator.analysis.rule import Finding
from harness.orchestrator.reports.comparison.view import View


def render(view: View) -> str:
    """CSV with a header."""
    import pandas

    return pandas.DataFrame([row(line, view) for line in view.lines]).to_csv(index=False)


def row(line: Line, view: View) -> dict:
    """A line's case, figures of all runs and of each stage, verdict and reason."""
    case = dict(zip(view.fields, line.case, strict=True))
    figures = {**columns("all", line.finding), **columns("first", line.first), **columns("fresh", line.fresh)}
    return {**case, "metric": line.metric.key, "verdict": line.verdict, **figures, "reason": line.reason}


def columns(stage: str, found: Finding | None) -> dict:
    """What the runs of a stage came to."""
    if found is None:
        return {}
    figures = {**asdict(found.evidence), "q": found.q, "threshold": found.threshold, "more": found.more}
    return {f"{stage}_{name}": value for name, value in figures.items()}
