"""A history as one flat table, a row for each point: what pandas, R or a spreadsheet can take over."""

from __future__ import annotations

from harness.orchestrator.analysis.history import Line
from harness.orchestrator.reports.exporters import Exporter, csv
from harness.orchestrator.reports.history.view import HistoryView


def point_rows(line: Line) -> list[dict]:
    """The points of a line; `level` counts from 1, and a change stands in the first row of the new level."""
    found = []
    changes = {step.place: step for step in line.course.steps}
    for place, point in enumerate(line.points):
        step = changes.get(place)
        found.append(
            {
                "metric": line.metric.key,
                "unit": line.metric.unit,
                **{f"machine_{key}" if key == "name" else key: value for key, value in line.machine.items()},
                **shared_columns(line),
                "session": point.session,
                "begin_utc": point.begin_utc,
                "median": point.value,
                "min": point.low,
                "max": point.high,
                "runs": point.runs,
                "version": point.version,
                "commit": point.facts["commit"],
                "level": 1 + sum(start <= place for start in changes),
                "change": step and step.ratio,
                "change_low": step and step.low,
                "change_high": step and step.high,
                "drift": line.course.drift,
            }
        )
    return found


def shared_columns(line: Line) -> dict:
    """What the points share; samples as train and test."""
    case = dict(line.conditions)
    samples = case.pop("samples") or {}
    return {**case, "train_samples": samples.get("train"), "test_samples": samples.get("test")}


def history_csv(view: HistoryView) -> bytes:
    """The flat table as comma-separated values; an empty field is a missing one."""
    return csv(row for line in view.lines for row in point_rows(line))


EXPORTER = Exporter("csv", ".csv", history_csv)
