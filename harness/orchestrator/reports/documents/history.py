"""A history as a JSON document."""

from __future__ import annotations

from typing import Literal

from harness.orchestrator.analysis import history
from harness.orchestrator.analysis.change_points import Step
from harness.orchestrator.core.cases import full_name
from harness.orchestrator.reports.documents.document import Document, Figure, Part
from harness.orchestrator.reports.history.view import HistoryView


class Point(Part):
    """A case in one session: over its runs that are ok; `facts`: what may have changed the figure."""

    session: str
    begin_utc: str
    median: Figure
    min: Figure
    max: Figure
    runs: int
    version: str | None
    facts: dict[str, str]


class Change(Part):
    """A step in the level of the points: `ratio` of the level after to that before, with its 95 % interval."""

    session: str
    previous_session: str
    ratio: Figure
    low: Figure
    high: Figure


class Line(Part):
    """The points of a metric that may be compared with each other, oldest first.

    `judged`: whether there are points enough to look for changes; `drift`: last / first on a straight line, where that
    fits better than steps do.
    """

    name: str
    metric: str
    unit: str
    machine: dict
    conditions: dict
    points: list[Point]
    judged: bool
    changes: list[Change]
    drift: Figure


class History(Document):
    """What `harness history` prints."""

    kind: Literal["history"] = "history"
    lines: list[Line]
    left_out: list[str]


def document(view: HistoryView) -> History:
    """The document of a history."""
    return History(lines=[line_of(line) for line in view.lines], left_out=view.left_out)


def line_of(line: history.Line) -> Line:
    """One line."""
    return Line(
        name=full_name(line.conditions),
        metric=line.metric.key,
        unit=line.metric.unit,
        machine=line.machine,
        conditions=line.conditions,
        points=[point_of(point) for point in line.points],
        judged=line.course.judged,
        changes=[change_of(line, step) for step in line.course.steps],
        drift=line.course.drift,
    )


def point_of(point: history.Point) -> Point:
    """One point."""
    return Point(
        median=point.value,
        min=point.low,
        max=point.high,
        **{key: getattr(point, key) for key in ("session", "begin_utc", "runs", "version", "facts")},
    )


def change_of(line: history.Line, step: Step) -> Change:
    """One change."""
    before, after = line.around(step)
    return Change(
        session=after.session, previous_session=before.session, ratio=step.ratio, low=step.low, high=step.high
    )
