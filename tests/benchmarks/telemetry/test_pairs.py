"""What the benchmark of sampling's cost computes from interleaved epochs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.telemetry.measure import OFF, ON, sampling_of
from benchmarks.telemetry.pairs import median_ratio


def test_of_two_epochs_in_a_row_one_is_sampled() -> None:
    sampled = sampling_of(seed=3, epochs=40)
    pairs = [sampled[place : place + 2] for place in range(0, 40, 2)]
    assert all(sorted(pair) == [OFF, ON] for pair in pairs)
    assert {tuple(pair) for pair in pairs} == {(ON, OFF), (OFF, ON)}
    assert sampling_of(3, 40) == sampled
    assert sampling_of(4, 40) != sampled


def test_median_ratio_finds_a_small_cost_among_disturbed_epochs() -> None:
    rng = np.random.default_rng(1)
    rows = []
    for number in range(400):
        base_s = rng.normal(1.0, 0.01)
        on_s, off_s = 1.005 * base_s * rng.normal(1.0, 0.01), base_s * rng.normal(1.0, 0.01)
        on_s, off_s = {0: (3 * on_s, off_s), 1: (on_s, 3 * off_s)}.get(number % 20, (on_s, off_s))  # by something else
        rows += [{"block": str(number), "entrant": ON, "epoch_s": on_s}]
        rows += [{"block": str(number), "entrant": OFF, "epoch_s": off_s}]
    middle, low, high = median_ratio(pd.DataFrame(rows), ON, OFF)
    assert middle == pytest.approx(1.005, abs=0.003)
    assert low < 1.005 < high < 1.012
