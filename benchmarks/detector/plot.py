"""False alarms against power, rule by rule, and power against the number of runs."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

NEAR = 0.04
TARGETS = (0.01, 0.95)  # the most false alarms, the least power
COLOURS = {0.10: "#0072b2", 0.05: "#d55e00"}


def draw(path: Path, contest: pd.DataFrame, runs: pd.DataFrame) -> None:
    """Save the picture."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5.5), layout="constrained")
    trade(left, contest)
    growth(right, runs)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def trade(axis: Axes, rows: pd.DataFrame) -> None:
    """Each rule as a number at its false alarms and its power; those in one place share a text."""
    for number, name in enumerate(dict.fromkeys(rows["rule"]), 1):
        axis.plot([], [], " ", label=f"{number} {name}")
    for slowdown, colour in COLOURS.items():
        places: dict[tuple[int, int], list[tuple[int, float, float]]] = {}
        for number, (_, of_rule) in enumerate(rows.groupby("rule", sort=False), 1):
            alarms, found = (of_rule.loc[of_rule["slowdown"] == each, "confirmed"].mean() for each in (0.0, slowdown))
            places.setdefault((round(alarms / NEAR), round(found / NEAR)), []).append((number, alarms, found))
        for near in places.values():
            numbers, alarms, found = zip(*near, strict=True)
            text = ", ".join(map(str, numbers))
            axis.text(fmean(alarms), fmean(found), text, color=colour, ha="center", va="center", fontweight="bold")
    for slowdown, colour in COLOURS.items():
        axis.plot([], [], "s", color=colour, label=f"at a slowdown of {slowdown:.0%}")
    axis.axvspan(-0.03, TARGETS[0], TARGETS[1] / 1.05, 1, color="0.9")
    axis.set(xlim=(-0.03, 1.03), ylim=(0, 1.05), xlabel="suites with a false alarm", ylabel="slowdowns found")
    axis.set_title("Ten interleaved rounds; wanted: top left")
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), fontsize=7, ncols=2, frameon=False)


def growth(axis: Axes, rows: pd.DataFrame) -> None:
    """Power, confirmed, against runs a side."""
    for (sides, slowdown), group in rows.groupby(["sides", "slowdown"], sort=False):
        style = "-" if sides == "interleaved" else ":"
        label = f"{sides}, +{slowdown:.0%}"
        axis.plot(group["runs"], group["confirmed"], style, marker="o", color=COLOURS[slowdown], label=label)
    axis.axhline(TARGETS[1], color="0.5", linestyle="--", linewidth=1)
    axis.set(ylim=(0, 1.05), xlabel="runs per side", ylabel="slowdowns found and confirmed")
    axis.set_title("Power against the number of runs")
    axis.legend(loc="lower right", fontsize=8)
