"""A comparison as a flat table for pandas: a row a line."""

from __future__ import annotations

from dataclasses import asdict

from harness.orchestrator.analysis.comparison import Line
from harness.orchestrator.analysis.verdict import Comparison
from harness.orchestrator.reports.comparison.view import ComparisonView
from harness.orchestrator.reports.exporters import Exporter, csv


def comparison_csv(view: ComparisonView) -> bytes:
    """Comma-separated values with a header."""
    return csv(line_row(line, view) for line in view.lines)


def line_row(line: Line, view: ComparisonView) -> dict:
    """A line's case, figures of all runs and of each stage, verdict and reason."""
    case = dict(zip(view.fields, line.case, strict=True))
    stages = {"all": line.comparison, "first": line.first, "fresh": line.fresh}
    figures = {key: value for stage, found in stages.items() for key, value in stage_columns(stage, found).items()}
    return {**case, "metric": line.metric.key, "verdict": line.verdict, **figures, "reason": line.reason}


def stage_columns(stage: str, found: Comparison | None) -> dict:
    """The figures of the runs of a stage."""
    if found is None:
        return {}
    figures = {**asdict(found.evidence), "q": found.q, "threshold": found.threshold, "more": found.more}
    return {f"{stage}_{name}": value for name, value in figures.items()}


EXPORTER = Exporter("csv", ".csv", comparison_csv)
