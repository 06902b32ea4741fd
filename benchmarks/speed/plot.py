"""The ratios of an epoch, cell by cell, with their intervals and the limits that ours is held to."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from benchmarks.speed.entrants import NATIVE, OURS
from benchmarks.speed.ratios import ratio

# Entrant -> the most that ours may take in units of it.
LIMITS = {NATIVE: 1.05, "Keras": 0.95}
TICKS = (0.25, 0.5, 0.7, 1, 1.4, 2, 4)  # an interval that leaves them says nothing more


def draw(path: Path, rows: pd.DataFrame) -> None:
    """Save the picture; one panel for each limit."""
    names = list(rows.groupby(["backend", "workload"], sort=False).groups)
    figure, axes = plt.subplots(1, len(LIMITS), figsize=(11, 1 + 0.35 * len(names)), sharey=True, layout="constrained")
    for axis, (other, limit) in zip(axes, LIMITS.items(), strict=True):
        for place, (backend, workload) in enumerate(names):
            cell = rows[(rows["backend"] == backend) & (rows["workload"] == workload)]
            mark(axis, place, ratio(cell, "epoch_s", OURS, other), limit)
        axis.axvline(limit, color="0.5", linestyle="--", label=f"limit {limit}")
        axis.set_title(f"Training epoch, {OURS} / {other}")
        axis.set_xlabel("ratio (below 1: ours is faster)")
        axis.set_xscale("log")
        axis.set_xticks(TICKS, [str(tick) for tick in TICKS])
        axis.set_xlim(TICKS[0], TICKS[-1])
        axis.minorticks_off()
        axis.legend(loc="upper right")
    axes[0].set_yticks(range(len(names)), [" ".join(name) for name in names])
    axes[0].invert_yaxis()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def mark(axis: Axes, place: int, found: object, limit: float) -> None:
    """A point with its interval, red beyond the limit."""
    if found is None:
        return
    color = "tab:blue" if found.mean <= limit else "tab:red"
    axis.plot([found.low, found.high], [place, place], color=color, linewidth=3, alpha=0.4, solid_capstyle="round")
    axis.plot(found.mean, place, "o", color=color)
