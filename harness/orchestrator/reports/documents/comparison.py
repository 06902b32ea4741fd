"""Comparisons as a JSON document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Literal

from pydantic import Field

from harness.orchestrator.analysis import comparison
from harness.orchestrator.analysis.verdict import Comparison
from harness.orchestrator.reports.comparison.view import ComparisonView
from harness.orchestrator.reports.documents.document import Diagnostic, Document, Figure, Part


class Evidence(Part):
    """What runs say about the ratio B / A; `low`, `high`: its 95 % interval, `more`: runs a side that would settle it.

    `q` is `p`, adjusted for all cases; `interleaved`: sides ran in the same rounds, and were compared round by round.
    """

    verdict: str
    runs_a: int
    runs_b: int
    median_a: Figure
    median_b: Figure
    ratio: Figure
    low: Figure
    high: Figure
    p: Figure
    q: Figure
    threshold: Figure
    more: int | None
    interleaved: bool
    in_rounds: bool


class Line(Part):
    """A metric of a case on both sides.

    `all`: what all runs say, null if nothing could be compared; `first`, `fresh`: the first runs and those made to
    confirm them; `reason`: why there is no verdict on figures, or not that of all runs.
    """

    name: str
    case: dict[str, str]
    metric: str
    unit: str
    verdict: str
    reason: str | None
    every: Evidence | None = Field(alias="all")
    first: Evidence | None
    fresh: Evidence | None


class Difference(Part):
    """A field in which the sides differ."""

    field: str
    a: str
    b: str


class ComparisonResult(Part):
    """Side B judged against side A; `verdicts`: how many lines have which, `silenced`: what is left out."""

    name: str
    heading: str
    a: str
    b: str
    across: list[str]
    differs: list[Difference]
    verdicts: dict[str, int]
    lines: list[Line]
    diagnostics: list[Diagnostic]
    silenced: str | None


class Comparisons(Document):
    """What `harness compare`, `harness ab` and `harness check` print."""

    kind: Literal["comparisons"] = "comparisons"
    comparisons: list[ComparisonResult]


def document(views: Iterable[ComparisonView]) -> Comparisons:
    """The document of comparisons."""
    return Comparisons(comparisons=[comparison_result(view) for view in views])


def comparison_result(view: ComparisonView) -> ComparisonResult:
    """One comparison."""
    return ComparisonResult(
        name=view.name,
        heading=view.heading,
        a=view.a,
        b=view.b,
        across=list(view.across),
        differs=[Difference(field=field, a=a, b=b) for field, (a, b) in view.differs.items()],
        verdicts=dict(Counter(line.verdict for line in view.lines)),
        lines=[line_of(line, view) for line in view.lines],
        diagnostics=[Diagnostic(**asdict(found)) for found in view.diagnostics],
        silenced=view.silenced,
    )


def line_of(line: comparison.Line, view: ComparisonView) -> Line:
    """One line."""
    stages = {"all": line.comparison, "first": line.first, "fresh": line.fresh}
    return Line(
        name=view.case_name(line),
        case=dict(zip(view.fields, line.case, strict=True)),
        metric=line.metric.key,
        unit=line.metric.unit,
        verdict=line.verdict,
        reason=line.reason,
        **{stage: evidence(found) for stage, found in stages.items()},
    )


def evidence(found: Comparison | None) -> Evidence | None:
    """What the runs of a stage say."""
    if found is None:
        return None
    return Evidence(
        verdict=found.verdict, q=found.q, threshold=found.threshold, more=found.more, **asdict(found.evidence)
    )
