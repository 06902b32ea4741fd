"""Rounds of a session until the order of its backends is settled, or its budget is spent."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from harness.orchestrator.analysis.ranking import MOST_ROUNDS, TaskRanking, by_task, task_ranking
from harness.orchestrator.core.cases import Case, Run
from harness.orchestrator.sessions.schedule import schedule
from harness.orchestrator.sessions.session import Session

MINUTE_S = 60


@dataclass
class RankingRounds:
    """Gives a session one more round of what is undecided, again and again.

    budget_s: from when the rounds that were planned are over until the last further one is; no round that would take
        longer, as those before it took, is begun
    planned: gets the session when those are over and more follow
    """

    budget_s: float
    planned: Callable[[Session], None] = lambda session: None
    clock: Callable[[], float] = time.monotonic
    began_s: float | None = field(default=None, init=False)

    def further(self, session: Session) -> list[Run]:
        """The runs of the next round; none if there is none."""
        first = self.began_s is None
        self.began_s = self.clock() if first else self.began_s
        cases = affordable(undecided(session), self.began_s + self.budget_s - self.clock())
        number = max(run.round for run in session.runs) + 1
        if not cases or number > MOST_ROUNDS:
            return []
        if first:
            self.planned(session)
        return schedule(cases, 1, session.config.seed + number, first=number)


@dataclass(frozen=True)
class Undecided:
    """Cases of a task whose order is not known; what a round of them takes, and about how many more it takes.

    rounds: None: more than MOST_ROUNDS
    """

    cases: tuple[Case, ...]
    round_s: float
    rounds: int | None

    @property
    def seconds(self) -> float | None:
        """What it takes in all."""
        return None if self.rounds is None else self.rounds * self.round_s


def undecided(session: Session) -> list[Undecided]:
    """Each task with backends whose order is not known, and which have not failed in their last run."""
    tasks = {case.task for case in session.cases}
    found = []
    for records in by_task(session.records).values():
        ranked, cases = task_ranking(records, len(tasks)), cases_of(session, records)
        names = {place.backend for pair in ranked.undecided for place in pair}
        open_cases = tuple(case for name, case in cases.items() if name in names)
        if len(open_cases) > 1:
            found.append(Undecided(open_cases, round_s(records, names), rounds_needed(ranked)))
    return found


def cases_of(session: Session, records: Iterable[dict]) -> dict[str, Case]:
    """The case of each backend whose last run is ok."""
    planned = {run.name: run.case for run in session.runs}
    last = {record["case"]["backend"]: record for record in records}
    return {name: planned[record["run"]["name"]] for name, record in last.items() if record["status"] == "ok"}


def round_s(records: Iterable[dict], backends: set[str]) -> float:
    """What the last round of some backends of a task took, in which they may have been interleaved."""
    chosen = [record for record in records if record["case"]["backend"] in backends]
    number = max(record["run"]["round"] for record in chosen)
    last = [record for record in chosen if record["run"]["round"] == number]
    begin, end = (pick(record["run"][key] for record in last) for pick, key in ((min, "begin_utc"), (max, "end_utc")))
    span_s = (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()  # in whole seconds
    return max(span_s, *(record["metrics"]["wall_s"] or 0.0 for record in last))


def rounds_needed(ranked: TaskRanking) -> int | None:
    """The most rounds that a pair is thought to need; None if one needs more than MOST_ROUNDS."""
    needed = [after.more for _, after in ranked.undecided]
    return None if None in needed else max(needed)


def affordable(tasks: Iterable[Undecided], left_s: float) -> list[Case]:
    """The cases of those tasks of which a round is over in time, the shortest first."""
    chosen: list[Case] = []
    for task in sorted(tasks, key=lambda one: one.round_s):
        left_s -= task.round_s
        chosen += task.cases if left_s >= 0 else ()
    return chosen


def minutes_to_settle(tasks: Iterable[Undecided]) -> int:
    """Whole minutes that are thought to settle what can be settled, 0 if nothing can."""
    return ceil(sum(task.seconds or 0.0 for task in tasks) / MINUTE_S)
