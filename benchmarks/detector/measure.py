"""False alarms and power of a rule, on many drawn suites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.detector.rules import Alarm, Rule, settled
from benchmarks.detector.suites import Recorded, Suite
from harness.orchestrator.analysis.rule import SLOWER


@dataclass(frozen=True)
class Contestant:
    """A rule in the contest.

    together: whether a case's verdict depends on the other cases
    confirms: whether a case must be named again on fresh runs
    """

    name: str
    rule: Rule
    together: bool = True
    confirms: bool = True


def false_alarms(data: Recorded, entrant: Contestant, runs: int, suites: int) -> tuple[float, float]:
    """The share of suites without any slowdown that name one: at once, and still after a look at fresh runs."""
    rng = np.random.default_rng(0)
    named = [entrant.rule(data.draw(runs, rng)) for _ in range(suites)]
    if not entrant.confirms:
        return share(map(bool, named)), share(map(bool, named))
    still = [bool(alarms) and bool(alarms & entrant.rule(data.draw(runs, rng, cases_of(alarms)))) for alarms in named]
    return share(map(bool, named)), share(still)


def disjoint_alarms(data: Recorded, entrant: Contestant, runs: int, suites: int) -> float:
    """The share of suites in which no run is drawn twice that name a slowdown, at once."""
    rng = np.random.default_rng(0)
    return share(bool(entrant.rule(data.draw(runs, rng, replace=False))) for _ in range(suites))


def power(data: Recorded, entrant: Contestant, runs: int, slowdown: float, suites: int) -> dict[str, tuple]:
    """For each case, the share of suites with it alone slowed that name it: at once, and again on fresh runs."""
    return {case: found(data, entrant, runs, slowdown, suites, case) for case in data.cases}


def found(data: Recorded, entrant: Contestant, runs: int, slowdown: float, suites: int, case: str) -> tuple:
    """The same for one case."""
    rng = np.random.default_rng(data.cases.index(case))
    factor, cases = {case: 1 + slowdown}, data.cases if entrant.together else [case]
    named = [of_case(case, entrant.rule(data.draw(runs, rng, cases, factor))) for _ in range(suites)]
    if not entrant.confirms:
        return share(map(bool, named)), share(map(bool, named))
    again = [bool(once and once & entrant.rule(data.draw(runs, rng, [case], factor))) for once in named]
    return share(map(bool, named)), share(again)


def cases_of(alarms: set[Alarm]) -> list[str]:
    """The cases that alarms are about."""
    return sorted({case for case, _ in alarms})


def of_case(case: str, alarms: set[Alarm]) -> set[Alarm]:
    """The alarms about a case."""
    return {alarm for alarm in alarms if alarm[0] == case}


def settle(data: Recorded, key: str, runs: int, rng: np.random.Generator, factor: dict[str, float]) -> tuple:
    """The cases that are slower in the end, after as many runs as the rule asks for, and confirmed likewise.

    Returns: those named, those confirmed, and the runs a side that each case had before the confirmation.
    """

    def more(cases: list[str], number: int) -> Suite:
        return data.draw(number, rng, cases, factor)

    found, suite = settled(data.draw(runs, rng, slowdown=factor), key, more)
    used = {case: len(a) for case, (a, _) in suite.sides.items()}
    named = sorted(case for case, one in found.items() if one.verdict == SLOWER)
    confirmed = set()
    for case in named:
        again, _ = settled(more([case], used[case]), key, more)
        confirmed |= {case} if again[case].verdict == SLOWER else set()
    return set(named), confirmed, used


def share(outcomes: object) -> float:
    """Of outcomes that are true."""
    return float(np.mean(list(outcomes)))
