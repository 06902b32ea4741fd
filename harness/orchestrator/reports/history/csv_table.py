"""A history as one flat table, a row for each point: what pandas, R or a spreadsheet can take over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.orchestrator.analysis.history import Line

if TYPE_CHECKING:
    import pandas


def rows(line: Line) -> list[dict]:
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
                **conditions(line),
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


def conditions(line: Line) -> dict:
    """What the points share; samples as train and test."""
    case = dict(line.conditions)
    samples = case.pop("samples") or {}
    return {**case, "train_samples": samples.get("train"), "test_samples": samples.get("test")}


def frame(lines: list[Line]) -> pandas.DataFrame:
    """One row for each point; a missing number stays missing."""
    import pandas

    return pandas.DataFrame([row for line in lines for row in rows(line)]).convert_dtypes()


def render(lines: list[Line]) -> str:
    """The flat table as comma-separated values; an empty field is a missing one."""
    return frame(lines).to_csv(index=False)
