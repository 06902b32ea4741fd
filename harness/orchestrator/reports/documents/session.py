"""Sessions as a JSON document."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from statistics import median
from typing import Literal

from harness.orchestrator.analysis.diagnostics.rules import diagnostics
from harness.orchestrator.analysis.ranking import Place
from harness.orchestrator.core.cases import full_name
from harness.orchestrator.reports.documents.document import Case, Diagnostic, Document, Figure, Part
from harness.orchestrator.reports.session.table import SessionView
from harness.orchestrator.reports.table import Table


class RunResult(Part):
    """One run; `metrics` have their units in their names."""

    name: str
    round: int | None = None
    stage: str | None = None
    status: str
    reason: str | None = None
    phase: str | None = None
    begin_utc: str | None = None
    end_utc: str | None = None
    metrics: dict[str, Figure]


class Summary(Part):
    """A metric over the runs of a case that are ok and have it."""

    runs: int
    median: Figure
    min: Figure
    max: Figure


class CaseResult(Part):
    """The runs of a case; `side` where the session compares sides, `statuses`: how many runs ended with each."""

    name: str
    side: str | None = None
    case: Case
    statuses: dict[str, int]
    metrics: dict[str, Summary]
    runs: list[RunResult]


class Coverage(Part):
    """How many cases have a run that is ok, of how many."""

    ok: int
    cases: int


class RankedBackend(Part):
    """A backend's place at a task, fastest first, or its place over all tasks.

    epoch_s: median of its runs; none over all tasks
    ratio, low, high: to the fastest, with the 95 % interval; none of the fastest, and no interval after one round
    verdict: against the one before; more_rounds: about how many would settle it
    """

    backend: str
    epoch_s: Figure = None
    rounds: int | None = None
    ratio: Figure = None
    low: Figure = None
    high: Figure = None
    verdict: str | None = None
    more_rounds: int | None = None


class RankedTask(Part):
    """The order of the backends at a workload; `absent`: backend without a figure -> its runs' status."""

    workload: str
    places: list[RankedBackend]
    absent: dict[str, str]


class RankingResult(Part):
    """The ranking under one set of conditions; `overall`: geometric means over the tasks."""

    conditions: str
    answer: str
    settled: bool
    rounds: int
    tasks: list[RankedTask]
    overall: list[RankedBackend]


class SessionResult(Part):
    """One session. `machine` and `harness`: as records have them; `silenced`: codes of diagnostics left out."""

    name: str
    config: str | None = None
    machine: dict | None = None
    coverage: Coverage
    cases: list[CaseResult]
    rankings: list[RankingResult]
    diagnostics: list[Diagnostic]
    silenced: list[str]


class Sessions(Document):
    """What `harness run` and `harness report` print."""

    kind: Literal["sessions"] = "sessions"
    sessions: list[SessionResult]


def document(views: Iterable[SessionView]) -> Sessions:
    """The document of sessions."""
    return Sessions(sessions=[session_result(view) for view in views])


def session_result(view: SessionView) -> SessionResult:
    """One session."""
    cases = [case_result(runs) for runs in by_case(view.records).values()]
    found = diagnostics(view.records)
    machine = next((record["machine"] for record in view.records if record.get("machine")), None)
    return SessionResult(
        name=view.name,
        config=next((record["session"].get("config") for record in view.records), None),
        machine=machine,
        coverage=Coverage(ok=sum("ok" in one.statuses for one in cases), cases=len(cases)),
        cases=cases,
        rankings=[ranking_result(table) for table in view.tables if table.ranking is not None],
        diagnostics=[
            Diagnostic(code=one.code, sentence=one.sentence, runs=[run_name(view.records[at]) for at in one.runs])
            for one in found
            if one.code not in view.silence
        ],
        silenced=list(dict.fromkeys(one.code for one in found if one.code in view.silence)),
    )


def ranking_result(table: Table) -> RankingResult:
    """The ranking of a table."""
    found = table.ranking.ranking
    return RankingResult(
        conditions=table.title,
        answer=table.ranking.answer,
        settled=found.settled,
        rounds=found.rounds,
        tasks=[
            RankedTask(workload=task.workload, places=list(map(ranked_backend, task.places)), absent=task.absent)
            for task in found.tasks
        ],
        overall=[RankedBackend(backend=one.backend, **bounded(one.ratio, one.low, one.high)) for one in found.overall],
    )


def ranked_backend(place: Place) -> RankedBackend:
    """A place at a task."""
    ratio = {} if place.ratio is None else bounded(place.ratio.ratio, *place.ratio.bounds)
    own = {"epoch_s": place.epoch_s, "rounds": place.rounds, "verdict": place.verdict, "more_rounds": place.more}
    return RankedBackend(backend=place.backend, **own, **ratio)


def bounded(ratio: float, low: float | None, high: float | None) -> dict[str, float]:
    """A ratio with its interval, if it has one."""
    known = high is not None and math.isfinite(high)
    return {"ratio": ratio, "low": low, "high": high} if known else {"ratio": ratio}


def by_case(records: list[dict]) -> dict[tuple, list[dict]]:
    """The records of each case and side."""
    groups: dict[tuple, list[dict]] = {}
    for record in records:
        groups.setdefault((full_name(record["case"]), record["run"].get("side")), []).append(record)
    return groups


def case_result(records: list[dict]) -> CaseResult:
    """The runs of one case."""
    # of a backend that is unavailable no version is known, and of a run that never began no data
    fullest = max(records, key=lambda record: len(record["case"]))["case"]
    ok = [record["metrics"] for record in records if record["status"] == "ok"]
    keys = dict.fromkeys(key for metrics in ok for key in metrics)
    values = {key: [value for metrics in ok if (value := metrics.get(key)) is not None] for key in keys}
    return CaseResult(
        name=full_name(fullest),
        side=records[0]["run"].get("side"),
        case=Case.model_validate(fullest),
        statuses=dict(Counter(record["status"] for record in records)),
        metrics={key: summary(found) for key, found in values.items() if found},
        runs=[run_result(record) for record in records],
    )


def summary(values: list[float]) -> Summary:
    return Summary(runs=len(values), median=median(values), min=min(values), max=max(values))


def run_result(record: dict) -> RunResult:
    """One run."""
    run = record["run"]
    return RunResult(
        name=run_name(record),
        **{key: run.get(key) for key in ("round", "stage", "begin_utc", "end_utc")},
        **{key: record.get(key) for key in ("status", "reason", "phase")},
        metrics=record.get("metrics") or {},
    )


def run_name(record: dict) -> str:
    """The name of a record's run."""
    return record["run"].get("name") or full_name(record["case"])
