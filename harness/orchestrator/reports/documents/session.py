"""Sessions as a JSON document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from statistics import median
from typing import Literal

from harness.orchestrator.analysis.diagnostics.rules import diagnostics
from harness.orchestrator.core.cases import full_name
from harness.orchestrator.reports.documents.document import Case, Diagnostic, Document, Figure, Part
from harness.orchestrator.reports.session.table import SessionView


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


class SessionResult(Part):
    """One session. `machine` and `harness`: as records have them; `silenced`: codes of diagnostics left out."""

    name: str
    config: str | None = None
    machine: dict | None = None
    coverage: Coverage
    cases: list[CaseResult]
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
        diagnostics=[
            Diagnostic(code=one.code, sentence=one.sentence, runs=[run_name(view.records[at]) for at in one.runs])
            for one in found
            if one.code not in view.silence
        ],
        silenced=list(dict.fromkeys(one.code for one in found if one.code in view.silence)),
    )


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
