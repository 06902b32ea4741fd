"""The ratio of epochs within pairs, by its median: on a busy machine some epochs take twice as long as others."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

LEVEL = 0.95


def median_ratio(rows: pd.DataFrame, of: str, to: str) -> tuple[float, float, float]:
    """The median over all pairs of `of` / `to`, with the ends of its interval, which supposes nothing of the noise.

    Args:
        rows: with the columns block (the pair), entrant and epoch_s.
    """
    table = rows.pivot(index="block", columns="entrant", values="epoch_s")
    ratios = (table[of] / table[to]).to_numpy()
    tested = stats.quantile_test(ratios, q=1.0, p=0.5)
    low, high = tested.confidence_interval(LEVEL)
    return float(np.median(ratios)), float(low), float(high)
