"""False alarms and power of a rule, on many drawn suites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.detector.rules import Again, Alarm, Rule, comparisons, lines
from benchmarks.detector.suites import Recorded, Suite
from harness.orchestrator.analysis.verdict import INCONCLUSIVE, SLOWER

MOST = 80  # runs a side, where the rule asks for more


@dataclass(frozen=True)
class Contestant:
    """A rule in the adaptive.

    again: what it says after fresh runs of the cases that it named; by default what it names on these too
    together: whether a case's verdict depends on the other cases
    confirms: whether it makes fresh runs at all
    """

    name: str
    rule: Rule
    again: Again | None = None
    together: bool = True
    confirms: bool = True

    def said(self, first: Suite, fresh: Suite, named: set[Alarm]) -> set[Alarm]:
        """The alarms that are left after fresh runs."""
        return named & self.rule(fresh) if self.again is None else self.again(first, fresh, named)


def false_alarms(data: Recorded, entrant: Contestant, runs: int, suites: int) -> tuple[float, float]:
    """The share of suites without any slowdown that name one: at once, and still after fresh runs."""
    rng = np.random.default_rng(0)
    outcomes = [outcome(data, entrant, runs, rng, data.cases) for _ in range(suites)]
    return share(bool(named) for named, _ in outcomes), share(bool(said) for _, said in outcomes)


def outcome(
    data: Recorded,
    entrant: Contestant,
    runs: int,
    rng: np.random.Generator,
    cases: list[str],
    factor: dict[str, float] | None = None,
) -> tuple[set[Alarm], set[Alarm]]:
    """What a suite is named for at once, and what is left of it after fresh runs."""
    first = data.draw(runs, rng, cases, factor)
    named = entrant.rule(first)
    if not named or not entrant.confirms:
        return named, named
    return named, entrant.said(first, data.draw(runs, rng, cases_of(named), factor), named)


def disjoint_alarms(data: Recorded, entrant: Contestant, suites: int) -> tuple[float, float]:
    """The same of suites in which no run is drawn twice: half of all are first runs, half fresh ones."""
    rng, outcomes = np.random.default_rng(0), []
    for _ in range(suites):
        first, fresh = data.draw(len(next(iter(data.blocks.values()))), rng, replace=False).halves()
        named = entrant.rule(first)
        outcomes.append((named, entrant.said(first, fresh.only(cases_of(named)), named)))
    return share(bool(named) for named, _ in outcomes), share(bool(said) for _, said in outcomes)


def power(data: Recorded, entrant: Contestant, runs: int, slowdown: float, suites: int) -> dict[str, tuple]:
    """For each case, the share of suites with it alone slowed that name it: at once, and after fresh runs."""
    return {case: found(data, entrant, runs, slowdown, suites, case) for case in data.cases}


def found(data: Recorded, entrant: Contestant, runs: int, slowdown: float, suites: int, case: str) -> tuple:
    """The same for one case."""
    rng = np.random.default_rng(data.cases.index(case))
    factor, cases = {case: 1 + slowdown}, data.cases if entrant.together else [case]
    outcomes = [outcome(data, entrant, runs, rng, cases, factor) for _ in range(suites)]
    return tuple(share(case in cases_of(alarms) for alarms in stage) for stage in zip(*outcomes, strict=True))


def cases_of(alarms: set[Alarm]) -> list[str]:
    """The cases that alarms are about."""
    return sorted({case for case, _ in alarms})


def settle(data: Recorded, key: str, runs: int, rng: np.random.Generator, factor: dict[str, float]) -> tuple:
    """The cases that are slower in the end, with as many runs as the rule asks for.

    As sessions/adaptive_rounds.py has it: first fresh runs of what is suspected, as many as there were; then more of
    what is inconclusive, as many as it asks for, at most as many as there are, as the first look knows little.

    Returns: those named, those said to be slower, and the runs per side that each case had.
    """
    first, fresh, named = data.draw(runs, rng, slowdown=factor), data.draw(0, rng, [], factor), set()
    while True:
        once = comparisons(first, key)
        suspects = {case for case, one in once.items() if one.suspected and case not in fresh.sides}
        named |= {case for case in suspects if once[case].suspected == SLOWER}
        said = lines(first, fresh, key)
        asked = {case: len(first.sides[case][0]) for case in suspects} or {
            case: asks(line.comparison) for case, line in said.items() if line.verdict == INCONCLUSIVE
        }
        if not any(asked.values()):
            used = {case: line.comparison.evidence.runs_a for case, line in said.items()}
            return named, {case for case, line in said.items() if line.verdict == SLOWER}, used
        for case, number in asked.items():
            more = data.draw(number, rng, [case], factor)
            if case in suspects or case in fresh.sides:
                fresh = fresh.joined(more)
            else:
                first = first.joined(more)


def asks(found: object) -> int:
    """How many more runs a side it gets; 0 if it has had all there may be."""
    return max(0, min(found.more or 0, found.evidence.runs_a, MOST - found.evidence.runs_a))


def share(outcomes: object) -> float:
    """Of outcomes that are true."""
    return float(np.mean(list(outcomes)))
