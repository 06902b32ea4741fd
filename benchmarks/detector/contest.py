"""Who takes part, and the parts of the contest; each part gives rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks.detector import rivals, rules
from benchmarks.detector.measure import Contestant, disjoint_alarms, false_alarms, power, settle
from benchmarks.detector.suites import Recorded, recorded
from harness.orchestrator.analysis.metrics import FASTEST, MEDIAN, METRICS

RUNS = 10
SLOWDOWNS = (0.10, 0.05)
THRESHOLDS = (0.01, 0.02, 0.03, 0.05)
# Thresholds were chosen on the rounds up to this one; the later ones had no part in that.
CHOSEN_ON = 6
# The metric that says most about the steps.
STEADY = {"interleaved": MEDIAN, "separate": FASTEST}
OURS = Contestant("harness", rules.gate, rules.gate_again)
VARIANTS = tuple(
    Contestant(f"{words}: {METRICS[key].label}", *rule(key))
    for words, rule in (
        ("harness, one metric", rules.ours),
        ("interval beyond the threshold, twice", lambda key: (rules.strict(key),)),
        ("estimate beyond the threshold, twice", lambda key: (rules.estimated(key),)),
        ("Mann-Whitney, bootstrap of medians", lambda key: (rules.bootstrapped(key),)),
        ("Mann-Whitney, median of all ratios", lambda key: (rules.ranks(key),)),
    )
    for key in (FASTEST, MEDIAN)
)
OF_ROUNDS = (
    Contestant("median of the rounds in place of their mean: epoch", rules.by_medians(MEDIAN)),
    Contestant("as if the runs were separate: fastest epoch", rules.as_separate(FASTEST)),
)
RIVALS = (
    Contestant("pytest-benchmark median:5%, one run", rivals.pytest_benchmark("median:5%", False), None, False, False),
    Contestant("pytest-benchmark median:5%, 10 runs", rivals.pytest_benchmark("median:5%", True), None, False, False),
    Contestant("pytest-benchmark min:5%, one run", rivals.pytest_benchmark("min:5%", False), None, False, False),
    Contestant("pytest-benchmark min:5%, 10 runs", rivals.pytest_benchmark("min:5%", True), None, False, False),
    Contestant("pyperf compare_to, 10 runs", rivals.pyperf_compare, None, False, False),
    Contestant("ratio above 1.05, one run", rivals.ratio(5, False), None, False, False),
    Contestant("ratio above 1.05, 10 runs", rivals.ratio(5, True), None, False, False),
    Contestant("ratio above 1.10, 10 runs", rivals.ratio(10, True), None, False, False),
    Contestant("ratio above 2 (github-action-benchmark), one run", rivals.ratio(100, False), None, False, False),
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


def of_ours(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """Our rule."""
    yield from contest((OURS,), recorded(table), suites)


def of_variants(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """What else it might have been."""
    yield from contest((*VARIANTS, *OF_ROUNDS) if kind(table) == "interleaved" else VARIANTS, recorded(table), suites)


def of_thresholds(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """Our rule with other thresholds, on the rounds that they were chosen on."""
    entrants = tuple(Contestant(f"{each:.0%}", *rules.ours(STEADY[kind(table)], each)) for each in THRESHOLDS)
    yield from contest(entrants, recorded(table[table["round"] <= CHOSEN_ON]), suites)


def of_rivals(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """What others do."""
    yield from contest(RIVALS, recorded(table), suites)


def of_metrics(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """Our rule on each metric."""
    for key in recorded(table).figures:
        yield from contest((Contestant(key, *rules.ours(key)),), recorded(table), suites)


def of_later(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """Our rule on the rounds that had no part in choosing thresholds."""
    yield from contest((OURS,), recorded(table[table["round"] > CHOSEN_ON]), suites)


def of_worktrees(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """Our rule on sides as they were, a cached revision and a checkout: with all that differs between these."""
    yield from contest((OURS,), replace(recorded(table), swapped=False), suites)


def of_disjoint(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """Our rule where no run is drawn twice."""
    data = recorded(table)
    runs, (named, confirmed) = len(next(iter(data.blocks.values()))) // 2, disjoint_alarms(data, OURS, 10 * suites)
    row = {"rule": OURS.name, "runs": runs, "slowdown": 0.0, "suites": 10 * suites}
    yield {**row, "named": named, "confirmed": confirmed}


def of_runs(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """Power against the number of runs, on the metric that says most."""
    entrant = Contestant(OURS.name, *rules.ours(STEADY[kind(table)]))
    for runs in (5, 7, 10, 15, 20, 30, 50):
        for slowdown in SLOWDOWNS:
            found = np.array(list(power(recorded(table), entrant, runs, slowdown, suites // 2).values()))
            named, confirmed = found.mean(axis=0)
            row = {"rule": OURS.name, "runs": runs, "slowdown": slowdown, "suites": suites // 2}
            yield {**row, "named": named, "confirmed": confirmed}


def of_settled(table: pd.DataFrame, suites: int) -> Iterator[dict]:
    """A row for each suite that got as many runs as the rule asked for, on the metric that says most."""
    data, key = recorded(table), STEADY[kind(table)]
    for slowdown in (0.0, *SLOWDOWNS):
        for number, case in enumerate(data.cases):
            rng = np.random.default_rng(number)
            for _ in range(suites // 5):
                named, confirmed, used = settle(data, key, RUNS, rng, {case: 1 + slowdown} if slowdown else {})
                one = (case in named, case in confirmed) if slowdown else (bool(named), bool(confirmed))
                row = {"rule": OURS.name, "slowdown": slowdown, "case": case, "runs": used[case], "suites": 1}
                yield {**row, "named": float(one[0]), "confirmed": float(one[1])}


BOTH, INTERLEAVED = ("interleaved", "separate"), ("interleaved",)
# Part -> what makes its rows, and on which of the tables.
PARTS: dict[str, tuple[Callable[[pd.DataFrame, int], Iterator[dict]], tuple[str, ...]]] = {
    "ours": (of_ours, BOTH),
    "later": (of_later, INTERLEAVED),
    "worktrees": (of_worktrees, INTERLEAVED),
    "disjoint": (of_disjoint, BOTH),
    "thresholds": (of_thresholds, INTERLEAVED),
    "metrics": (of_metrics, INTERLEAVED),
    "settled": (of_settled, BOTH),
    "runs": (of_runs, BOTH),
    "variants": (of_variants, BOTH),
    "rivals": (of_rivals, BOTH),
}


def kind(table: pd.DataFrame) -> str:
    """Whether a table's runs are interleaved or separate."""
    return "interleaved" if "side" in table else "separate"


def rows(part: str, tables: dict[str, pd.DataFrame], suites: int) -> pd.DataFrame:
    """The rows of a part, on each of its tables."""
    make, kinds = PARTS[part]
    return pd.concat([pd.DataFrame(make(tables[kind], suites)).assign(sides=kind) for kind in kinds])
