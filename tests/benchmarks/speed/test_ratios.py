"""Ratios are taken within blocks, so that noise that lasts a block does not show."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from benchmarks.speed.ratios import ratio


def rows(ours: list[float], native: list[float]) -> pd.DataFrame:
    """A cell in which both ran once a block."""
    entrants = {"ours": ours, "native": native}
    return pd.DataFrame(
        {"block": block, "entrant": entrant, "epoch_s": seconds}
        for entrant, times in entrants.items()
        for block, seconds in enumerate(times)
    )


def test_ratio_is_exact_where_only_the_machine_changes_between_blocks() -> None:
    found = ratio(rows([1.0, 3.0, 9.0], [2.0, 6.0, 18.0]), "epoch_s", "ours", "native")
    assert [found.mean, found.low, found.high] == pytest.approx([0.5] * 3)


def test_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(400):
        native = rng.lognormal(0.0, 0.3, 5)
        ours = native * 1.1 * rng.lognormal(0.0, 0.05, 5)
        found = ratio(rows(list(ours), list(native)), "epoch_s", "ours", "native")
        hits += found.low <= 1.1 <= found.high
    assert 0.92 < hits / 400 < 0.98


def test_one_block_has_no_interval() -> None:
    found = ratio(rows([1.0], [2.0]), "epoch_s", "ours", "native")
    assert math.isnan(found.low)
    assert str(found) == "0.50"


def test_no_ratio_without_both() -> None:
    assert ratio(rows([1.0], []), "epoch_s", "ours", "native") is None
