"""Who takes part, and the parts of the contest; each part gives rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from benchmarks.detector import rivals, rules
from benchmarks.detector.measure import Contestant, disjoint_alarms, false_alarms, power, settle
from benchmarks.detector.suites import Recorded, longer, recorded
from harness.orchestrator.analysis.metrics import FASTEST

RUNS = 10
SLOWDOWNS = (0.10, 0.05)
# The rule was chosen while there were so many rounds; the later ones had no part in it.
CHOSEN_ON = 5
OURS = Contestant("harness", rules.ours(FASTEST))
RANKS = Contestant("ranks of all runs (Mann-Whitney)", rules.ranks(FASTEST))
VARIANTS = (
    Contestant("median epoch in place of the fastest", rules.ours("epoch_s")),
    RANKS,
    Contestant("interval wholly beyond the threshold", rules.wholly(FASTEST)),
    Contestant("bootstrap of medians, wholly beyond; fastest epoch", rules.bootstrapped(FASTEST)),
    Contestant("bootstrap of medians, wholly beyond; median epoch", rules.bootstrapped("epoch_s")),
    Contestant("signed ranks within blocks", rules.paired(FASTEST)),
)
RIVALS = (
    Contestant("pytest-benchmark median:5%, one run", rivals.pytest_benchmark("median:5%", False), False, False),
    Contestant("pytest-benchmark median:5%, 10 runs", rivals.pytest_benchmark("median:5%", True), False, False),
    Contestant("pytest-benchmark min:5%, one run", rivals.pytest_benchmark("min:5%", False), False, False),
    Contestant("pytest-benchmark min:5%, 10 runs", rivals.pytest_benchmark("min:5%", True), False, False),
    Contestant("pyperf compare_to, 10 runs", rivals.pyperf_compare, False, False),
    Contestant("ratio above 1.05, one run", rivals.ratio(5, False), False, False),
    Contestant("ratio above 1.05, 10 runs", rivals.ratio(5, True), False, False),
    Contestant("ratio above 1.10, 10 runs", rivals.ratio(10, True), False, False),
    Contestant("ratio above 2 (github-action-benchmark), one run", rivals.ratio(100, False), False, False),
)


def contest(entrants: tuple[Contestant, ...], data: Recorded, suites: int, runs: int = RUNS) -> Iterator[dict]:
    """A row for each entrant without a slowdown, and for each case and slowdown with it."""
    for entrant in entrants:
        row = {"rule": entrant.name, "runs": runs}
        named, confirmed = false_alarms(data, entrant, runs, 10 * suites)
        yield {**row, "slowdown": 0.0, "named": named, "confirmed": confirmed, "suites": 10 * suites}
        for slowdown in SLOWDOWNS:
            for case, (once, again) in power(data, entrant, runs, slowdown, suites).items():
                yield {**row, "slowdown": slowdown, "case": case, "named": once, "confirmed": again, "suites": suites}


def of_variants(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """Our rule and what it was chosen from."""
    yield from contest((OURS, *VARIANTS), recorded(table), suites)


def of_rivals(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """What others do."""
    yield from contest(RIVALS, recorded(table), suites)


def of_metrics(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """Our rule on each metric."""
    for key in recorded(table).figures:
        yield from contest((Contestant(key, rules.ours(key)),), recorded(table), suites)


def of_later(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """Our rule on the rounds that had no part in choosing it."""
    yield from contest((OURS,), recorded(table[table["round"] > CHOSEN_ON]), suites)


def of_disjoint(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """Our rule where no run is drawn twice; so many blocks a side as there are at most."""
    data = recorded(table)
    runs = min(RUNS, len(next(iter(data.blocks.values()))))
    named = disjoint_alarms(data, OURS, runs, 10 * suites)
    yield {"rule": OURS.name, "runs": runs, "slowdown": 0.0, "named": named, "suites": 10 * suites}


def of_runs(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """Power against the number of runs, with the fastest and with the median epoch."""
    for entrant in (OURS, VARIANTS[0]):
        for runs in (5, 7, 10, 15, 20, 30, 50):
            for slowdown in SLOWDOWNS:
                found = np.array(list(power(recorded(table), entrant, runs, slowdown, suites // 2).values()))
                named, confirmed = found.mean(axis=0)
                row = {"rule": entrant.name, "runs": runs, "slowdown": slowdown, "suites": suites // 2}
                yield {**row, "named": named, "confirmed": confirmed}


def of_settled(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """A row for each suite that got as many runs as the rule asked for."""
    data = recorded(table)
    for slowdown in (0.0, *SLOWDOWNS):
        for number, case in enumerate(data.cases):
            rng = np.random.default_rng(number)
            for _ in range(suites // 5):
                named, confirmed, used = settle(data, FASTEST, RUNS, rng, {case: 1 + slowdown} if slowdown else {})
                one = (case in named, case in confirmed) if slowdown else (bool(named), bool(confirmed))
                row = {"rule": OURS.name, "slowdown": slowdown, "case": case, "runs": used[case], "suites": 1}
                yield {**row, "named": float(one[0]), "confirmed": float(one[1])}


def of_lengths(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """Power where runs are longer, with our rule and with ranks."""
    for times in (1, 2, 3, 4):
        data = recorded(longer(table, times))
        for entrant in (OURS, RANKS):
            for runs, slowdown in ((RUNS, 0.10), (RUNS, 0.05), (3 * RUNS, 0.05)):
                for case, (once, again) in power(data, entrant, runs, slowdown, suites // 2).items():
                    row = {"rule": entrant.name, "times": times, "runs": runs, "slowdown": slowdown, "case": case}
                    yield {**row, "named": once, "confirmed": again, "suites": suites // 2}


PARTS: dict[str, Callable[[pd.DataFrame, int], Iterator[dict]]] = {
    "variants": of_variants,
    "rivals": of_rivals,
    "metrics": of_metrics,
    "later": of_later,
    "disjoint": of_disjoint,
    "lengths": of_lengths,
    "runs": of_runs,
    "settled": of_settled,
}
