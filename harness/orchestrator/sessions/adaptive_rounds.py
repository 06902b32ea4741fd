"""A comparison that is being measured: what its runs say so far, and which further runs that calls for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from harness.orchestrator.analysis.comparison import Line, compare, key_of
from harness.orchestrator.analysis.metrics import METRICS
from harness.orchestrator.analysis.noise import floors_for
from harness.orchestrator.analysis.verdict import INCONCLUSIVE
from harness.orchestrator.core.cases import CONFIRM, FIRST, Case, Run
from harness.orchestrator.sessions.schedule import schedule
from harness.orchestrator.sessions.session import Session


@dataclass(frozen=True)
class AdaptiveComparison:
    """What is compared with what, and how.

    sides: labels of the sides a and b of the session; with a stored baseline all its runs are b
    baseline: stored records that stand for a; None if the session runs both
    most_rounds: runs a side beyond which nothing more is tried to settle what is inconclusive
    results: folder in which each machine's noise floors are; None: no floor counts
    """

    sides: tuple[str, str] = ("a", "b")
    baseline: list[dict] | None = None
    metrics: tuple[str, ...] = tuple(METRICS)
    thresholds: dict[str, float] = field(default_factory=dict)
    across: Collection[str] = ()
    most_rounds: int = 0
    results: Path | None = None

    def lines(self, records: list[dict]) -> list[Line]:
        """The verdicts of a session's records."""
        a, b = self.split(records)
        floors = floors_for([*a, *b], self.results, self.across) if self.results else {}
        return compare(a, b, self.metrics, self.thresholds, floors, self.across)

    def split(self, records: list[dict]) -> tuple[list[dict], list[dict]]:
        """The records of both sides."""
        if self.baseline is not None:
            return self.baseline, records
        a, b = ([record for record in records if record["run"]["side"] == side] for side in self.sides)
        return a, b

    def further(self, session: Session) -> list[Run]:
        """The runs that should be made next: to see again what differs, then to settle what is inconclusive."""
        lines = self.lines(session.records)
        return self.confirm(session, lines) or self.settle(session, lines)

    def confirm(self, session: Session, lines: list[Line]) -> list[Run]:
        """As many fresh rounds of each case that seems to differ as it had so far, unless it has had them."""
        wanted = {}
        for case in session.cases:
            suspected = any(line.first and line.first.suspected for line in self.about(case, session, lines))
            if suspected and not rounds_of(case, session, CONFIRM):
                wanted[case] = rounds_of(case, session, FIRST)
        return self.rounds(session, wanted, CONFIRM)

    def settle(self, session: Session, lines: list[Line]) -> list[Run]:
        """As many rounds more of each inconclusive case as are thought to settle it, of the stage that it is in."""
        wanted: dict[str, dict[Case, int]] = {FIRST: {}, CONFIRM: {}}
        for case in session.cases:
            asked = [
                line.comparison.more or 0 for line in self.about(case, session, lines) if line.verdict == INCONCLUSIVE
            ]
            stage = CONFIRM if rounds_of(case, session, CONFIRM) else FIRST
            wanted[stage][case] = min(max(asked, default=0), self.most_rounds - rounds_of(case, session, stage))
        return self.rounds(session, wanted[FIRST]) or self.rounds(session, wanted[CONFIRM], CONFIRM)

    def about(self, case: Case, session: Session, lines: list[Line]) -> list[Line]:
        """The lines of a case, which its records name: they know its batch size."""
        names = {run.name for run in runs_of(case, session)}
        keys = {key_of(record, self.across) for record in session.records if record["run"]["name"] in names}
        return [line for line in lines if line.case in keys]

    def rounds(self, session: Session, wanted: dict[Case, int], stage: str = FIRST) -> list[Run]:
        """So many rounds more of each case, numbered on from the session's last one."""
        sides = list(session.sides.values())
        last, runs = max(run.round for run in session.runs), []
        for step in range(1, max(wanted.values(), default=0) + 1):
            cases = [case for case, rounds in wanted.items() if rounds >= step]
            seed = session.config.seed + last + step
            runs += schedule(cases, 1, seed, sides, last + step, stage)
        return runs


def rounds_of(case: Case, session: Session, stage: str) -> int:
    """How many rounds of a stage a session has of a case."""
    return len({run.round for run in runs_of(case, session) if run.stage == stage})


def runs_of(case: Case, session: Session) -> list[Run]:
    """The runs of a case on all sides."""
    changed = {side.changed(case) for side in session.sides.values()} or {case}
    return [run for run in session.runs if run.case in changed]
