"""A cell has as many blocks as its noise asks for."""

from __future__ import annotations

import random
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmarks.speed import __main__ as command
from benchmarks.speed.ratios import ratio

TRUTH, ROUNDS = 1.1, 4


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch):
    """The rows of a cell whose blocks' ratios scatter by `noise`, around TRUTH."""
    rng = np.random.default_rng(0)
    cell = SimpleNamespace(case=SimpleNamespace(backend="numpy"), environment=SimpleNamespace(compile_cache=None))

    def measure(noise: float) -> list[dict]:
        def block(cell: object, field: list, config: object, order: random.Random) -> list[dict]:
            times = {"native": 1.0, "ours": TRUTH * rng.lognormal(0.0, noise)}
            return [{"entrant": entrant.name, "epoch_s": times[entrant.name]} for entrant in field]

        monkeypatch.setattr(command, "block", block)
        return list(command.blocks(cell, SimpleNamespace(rounds=ROUNDS), random.Random(0)))

    return measure


def test_quiet_cell_has_as_many_blocks_as_were_asked_for(measured) -> None:
    rows = measured(0.001)
    assert sorted((row["block"], row["entrant"]) for row in rows) == [
        (block, entrant) for block in range(1, ROUNDS + 1) for entrant in ("native", "ours")
    ]


def test_noisy_cell_has_more_but_ends(measured) -> None:
    assert {row["block"] for row in measured(1.0)} == set(range(1, command.MOST * ROUNDS + 1))


def test_interval_covers_the_truth_though_blocks_are_added_until_it_is_narrow(measured) -> None:
    found = [ratio(pd.DataFrame(measured(0.06)), "epoch_s", "ours", "native") for _ in range(200)]
    assert 0.87 < np.mean([each.low <= TRUTH <= each.high for each in found]) < 0.99
