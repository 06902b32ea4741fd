"""Ratios between entrants that ran in the same block, with their intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

LEVEL = 0.95
NARROW = 1.10  # an interval's upper end by its lower


@dataclass(frozen=True)
class Ratio:
    """The geometric mean of the blocks' ratios; `low` and `high` bound it at LEVEL, nan with one block."""

    mean: float
    low: float
    high: float

    @property
    def narrow(self) -> bool:
        """Whether the interval's ends are less than NARROW apart; one block never tells."""
        return self.high / self.low < NARROW

    def __str__(self) -> str:
        return f"{self.mean:.2f}" if np.isnan(self.low) else f"{self.mean:.2f} ({self.low:.2f}–{self.high:.2f})"


def ratio(rows: pd.DataFrame, figure: str, of: str, to: str) -> Ratio | None:
    """`of` / `to` in the blocks that have both, None if none has.

    The noise of a shared machine lasts longer than a run, so it is mostly the same within a block. The interval is
    Student's for the mean of the logarithms.

    Args:
        rows: of one cell, with the columns block, entrant and `figure`.
    """
    table = rows.pivot(index="block", columns="entrant", values=figure)
    if of not in table or to not in table:
        return None
    logs = np.log(table[of] / table[to]).dropna().to_numpy()
    if len(logs) < 2:
        return Ratio(float(np.exp(logs.mean())), np.nan, np.nan) if len(logs) else None
    mean, half = logs.mean(), stats.t.ppf((1 + LEVEL) / 2, len(logs) - 1) * stats.sem(logs)
    return Ratio(*(float(np.exp(value)) for value in (mean, mean - half, mean + half)))
