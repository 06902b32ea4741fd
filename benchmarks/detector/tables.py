"""The contest's rows as tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks.detector.suites import Recorded, Suite, recorded
from harness.orchestrator.analysis import pairs
from harness.orchestrator.analysis.metrics import FASTEST, MEDIAN, METRICS
from harness.orchestrator.core.formatting import percent
from harness.orchestrator.reports.markdown import grid

EPOCHS = (1, 3, 6, 9, 12)


def interleaved(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of interleaved runs."""
    return rows[rows["sides"] == "interleaved"]


def contest(rows: pd.DataFrame, suspected: bool) -> str:
    """A line for each rule: suites with a false alarm, and the power over all cases and in the worst one.

    suspected: whether the suites are shown, too, of which fresh runs are made
    """
    named = rows.assign(rule=rows["rule"] + ", " + rows["sides"])
    lines = [of_rule(name, group, suspected) for name, group in named.groupby("rule", sort=False)]
    alarms = [*(["Suspected in"] if suspected else []), "False alarms in"]
    return grid([["Rule", *alarms, "Found, +10 %", "worst case", "Found, +5 %", "worst case"], *lines])


def of_rule(name: str, rows: pd.DataFrame, suspected: bool) -> list[str]:
    """One line."""
    without = rows[rows["slowdown"] == 0].iloc[0]
    shares = [*([without["named"]] if suspected else []), without["confirmed"]]
    for slowdown in (0.10, 0.05):
        found = rows.loc[rows["slowdown"] == slowdown, "confirmed"]
        shares += [found.mean(), found.min()]
    return [name, *map(percent, shares)]


def cases(rows: pd.DataFrame, settled: pd.DataFrame) -> str:
    """Each case's power: with fixed runs, and with as many as the rule asks for."""
    lines = []
    for case, group in rows[rows["slowdown"] > 0].groupby("case"):
        fixed = [percent(group.loc[group["slowdown"] == slowdown, "confirmed"].mean()) for slowdown in (0.10, 0.05)]
        asked = settled[(settled["case"] == case) & (settled["slowdown"] == 0.05)]
        lines.append([case, *fixed, percent(asked["confirmed"].mean()), quantiles(asked["runs"])])
    return grid([["Case", "+10 %, 10 runs", "+5 %, 10 runs", "+5 %, as many as asked for", "those"], *lines])


def settled(rows: pd.DataFrame) -> str:
    """What comes of as many runs as the rule asks for."""
    lines = [
        [
            sides,
            f"{slowdown:.0%}",
            str(len(group)),
            percent(group["named"].mean()),
            percent(group["confirmed"].mean()),
            quantiles(group["runs"]),
        ]
        for (sides, slowdown), group in rows.groupby(["sides", "slowdown"], sort=False)
    ]
    return grid([["Sides", "Slowdown", "Suites", "Suspected", "and confirmed", "Runs per side"], *lines])


def quantiles(runs: pd.Series) -> str:
    """The median with the first and last tenth."""
    low, middle, high = runs.quantile([0.1, 0.5, 0.9])
    return f"{middle:.0f} ({low:.0f}–{high:.0f})"


def spread(table: pd.DataFrame) -> str:
    """How much runs of a case differ, or of interleaved runs the ratios of the rounds, by metric."""
    data = recorded(table)
    keys = [key for key in METRICS if key in data.figures]
    lines = [[case, *(percent(scatter(data, case, key)) for key in keys)] for case in data.cases]
    return grid([["Case", *(METRICS[key].label for key in keys)], *lines])


def epochs(table: pd.DataFrame) -> str:
    """How much they differ, all cases together, had the runs had fewer epochs."""
    lines, shortened = [], [recorded(table, number) for number in EPOCHS]
    for key in (FASTEST, MEDIAN):
        of_cases = [[scatter(data, case, key) for case in data.cases] for data in shortened]
        lines.append([METRICS[key].label, *(percent(float(np.sqrt(np.mean(np.square(each))))) for each in of_cases)])
    return grid([["Timed epochs a run", *map(str, EPOCHS)], *lines])


def between_sides(table: pd.DataFrame) -> str:
    """The ratio of the sides as they were, all cases and rounds together, with its interval; by metric."""
    data, lines = replace(recorded(table), swapped=False), []
    suite = Suite(data, {case: (places[:, 0], places[:, 1]) for case, places in data.blocks.items()})
    for key in [key for key in METRICS if key in data.figures]:
        logs = np.array([np.log(suite.ratios(case, key)) for case in data.cases])
        low, high, p = pairs.student(logs.ravel())
        by_case = [pairs.student(each)[2] for each in logs]
        lines.append(
            [
                METRICS[key].label,
                f"{np.exp(logs.mean()):.4f}",
                f"{low:.4f}–{high:.4f}",
                f"{p:.2f}",
                f"{min(by_case):.3f}",
            ]
        )
    return grid([["Metric", "Candidate / baseline", "95 % interval", "p", "least p of a case"], *lines])


def scatter(data: Recorded, case: str, key: str) -> float:
    """Of a case, the standard deviation of the logarithms: about the relative one."""
    places = data.blocks[case]
    if data.interleaved:
        figures = Suite(data, {case: (places[:, 0], places[:, 1])}).ratios(case, key)
    else:
        figures = data.figures[key][places.ravel()]
    return float(np.std(np.log(figures), ddof=1))
