"""The contest's rows as tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.detector.suites import recorded
from harness.orchestrator.analysis.metrics import FASTEST, METRICS
from harness.orchestrator.formatting import percent
from harness.orchestrator.reports.markdown import padded

LOOKS = ((10, 0.10), (10, 0.05), (30, 0.05))
EPOCHS = (1, 3, 7, 12, 20)


def contest(rows: pd.DataFrame, confirmed: bool) -> str:
    """A line for each rule: suites with a false alarm, and the power over all cases and in the worst one."""
    lines = [of_rule(name, group, confirmed) for name, group in rows.groupby("rule", sort=False)]
    alarms = ["False alarms a suite", *(["confirmed"] if confirmed else [])]
    return padded([["Rule", *alarms, "Found, +10 %", "worst case", "Found, +5 %", "worst case"], *lines])


def of_rule(name: str, rows: pd.DataFrame, confirmed: bool) -> list[str]:
    """One line."""
    without = rows[rows["slowdown"] == 0].iloc[0]
    shares = [without["named"], *([without["confirmed"]] if confirmed else [])]
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
    return padded([["Case", "+10 %, 10 runs", "+5 %, 10 runs", "+5 %, as many as asked for", "those"], *lines])


def settled(rows: pd.DataFrame) -> str:
    """What comes of as many runs as the rule asks for."""
    lines = [
        [
            f"{slowdown:.0%}",
            str(len(group)),
            percent(group["named"].mean()),
            percent(group["confirmed"].mean()),
            quantiles(group["runs"]),
        ]
        for slowdown, group in rows.groupby("slowdown")
    ]
    return padded([["Slowdown", "Suites", "Slower at once", "and confirmed", "Runs a side"], *lines])


def lengths(rows: pd.DataFrame) -> str:
    """The power where runs are so many times as long."""
    lines = [
        [f"{name}, runs {times:.0f} times as long", *(percent(group.loc[each, "confirmed"].mean()) for each in chosen)]
        for (name, times), group in rows.groupby(["rule", "times"], sort=False)
        for chosen in [[(group["runs"] == runs) & (group["slowdown"] == slow) for runs, slow in LOOKS]]
    ]
    return padded([["Rule", *(f"+{slow:.0%}, {runs} runs" for runs, slow in LOOKS)], *lines])


def quantiles(runs: pd.Series) -> str:
    """The median with the first and last tenth."""
    low, middle, high = runs.quantile([0.1, 0.5, 0.9])
    return f"{middle:.0f} ({low:.0f}–{high:.0f})"


def spread(table: pd.DataFrame) -> str:
    """How much runs of a case differ, by metric."""
    data = recorded(table)
    keys = list(data.figures)
    lines = [
        [case, *(percent(deviation(data.figures[key][table["case"].to_numpy() == case])) for key in keys)]
        for case in data.cases
    ]
    return padded([["Case", *(METRICS[key].label for key in keys)], *lines])


def by_epochs(table: pd.DataFrame) -> pd.DataFrame:
    """How much runs of a case differ, all cases together, by the epochs that a run has."""
    rows = []
    for epochs in EPOCHS:
        data = recorded(table, epochs)
        for key in (FASTEST, "epoch_s"):
            of_cases = [deviation(data.figures[key][table["case"].to_numpy() == case]) for case in data.cases]
            rows.append({"epochs": epochs, "metric": key, "deviation": float(np.sqrt(np.mean(np.square(of_cases))))})
    return pd.DataFrame(rows)


def of_epochs(table: pd.DataFrame) -> str:
    """The same as a table."""
    rows = by_epochs(table).pivot(index="metric", columns="epochs", values="deviation")
    lines = [[METRICS[key].label, *map(percent, rows.loc[key])] for key in (FASTEST, "epoch_s")]
    return padded([["Timed epochs a run", *map(str, EPOCHS)], *lines])


def deviation(figures: np.ndarray) -> float:
    """The standard deviation of the logarithms: about the relative one."""
    return float(np.std(np.log(figures), ddof=1))
