"""Suites of two sides, drawn from the recorded runs.

A block holds two runs of a case: of interleaved runs those of a round, of separate ones those of two successive
rounds, with minutes between. Each side gets one of them, at random, so that the sides differ by chance alone; or, of
interleaved runs, the one that it had, so that all that differs between two worktrees is there too. A suite takes the
same blocks for all of its cases. Blocks are drawn with replacement: a suite with its confirmation needs more than were
recorded, and many suites are wanted. That takes the recorded blocks for what the machine is like, and knows nothing
rarer than they hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from harness.orchestrator.analysis import pairs
from harness.orchestrator.analysis.metrics import FASTEST, MEDIAN, METRICS

Sides = dict[str, tuple[np.ndarray, np.ndarray]]  # case -> of each side, its runs' places in the table
NONE = np.array([], dtype=int), np.array([], dtype=int)


@dataclass(frozen=True)
class Suite:
    """The runs of some cases on two sides; `slowdown` multiplies the figures of side b of its cases."""

    recorded: Recorded
    sides: Sides
    slowdown: dict[str, float] = field(default_factory=dict)

    def figures(self, key: str) -> Sides:
        """Of each case, the figures of both sides' runs."""
        values = self.recorded.figures[key]
        return {case: (values[a], values[b] * self.slowdown.get(case, 1.0)) for case, (a, b) in self.sides.items()}

    def epochs(self, case: str) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Of each side, the epochs of each of its runs."""
        a, b = self.sides[case]
        epochs, factor = self.recorded.epochs, self.slowdown.get(case, 1.0)
        return [epochs[place] for place in a], [epochs[place] * factor for place in b]

    def ratios(self, case: str, key: str) -> np.ndarray:
        """b / a of each block; of interleaved runs' median epoch the middle over epochs, as in analysis/pairs.py."""
        if key == MEDIAN and self.recorded.interleaved:
            return np.array([pairs.middle(b / a) for a, b in zip(*self.epochs(case), strict=True)])
        a, b = self.figures(key)[case]
        return b / a

    def halves(self) -> tuple[Suite, Suite]:
        """The first half of each side's runs, and as many others."""
        half = len(next(iter(self.sides.values()))[0]) // 2
        parts = (slice(0, half), slice(half, 2 * half))
        cut = ({case: (a[part], b[part]) for case, (a, b) in self.sides.items()} for part in parts)
        first, second = (replace(self, sides=sides) for sides in cut)
        return first, second

    def only(self, cases: list[str]) -> Suite:
        """The suite of these cases alone."""
        return replace(self, sides={case: self.sides[case] for case in cases})

    def joined(self, other: Suite) -> Suite:
        """This suite with the runs of another one."""
        both = {case: zip(self.sides.get(case, NONE), sides, strict=True) for case, sides in other.sides.items()}
        longer = {case: tuple(map(np.concatenate, pairs)) for case, pairs in both.items()}
        return Suite(self.recorded, self.sides | longer, self.slowdown)


@dataclass(frozen=True)
class Recorded:
    """The table as arrays.

    blocks: case -> (block, 2) places of its runs
    interleaved: whether the runs of a block were interleaved
    swapped: whether a suite swaps the sides of its blocks at random
    """

    figures: dict[str, np.ndarray]
    epochs: list[np.ndarray]
    blocks: dict[str, np.ndarray]
    interleaved: bool = False
    swapped: bool = True

    @property
    def cases(self) -> list[str]:
        """All of them."""
        return list(self.blocks)

    def draw(
        self,
        runs: int,
        rng: np.random.Generator,
        cases: list[str] | None = None,
        slowdown: dict[str, float] | None = None,
        replace: bool = True,
    ) -> Suite:
        """A suite of the cases, all by default, with so many runs a side."""
        number = len(next(iter(self.blocks.values())))
        blocks = rng.choice(number, runs, replace=replace)
        chosen = self.cases if cases is None else cases
        sides = {case: self.shared(self.blocks[case][blocks], rng) for case in chosen}
        return Suite(self, sides, slowdown or {})

    def shared(self, runs: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Which of two runs falls to a, which to b; a row for each two."""
        first = rng.integers(0, 2 if self.swapped else 1, len(runs))
        rows = np.arange(len(runs))
        return runs[rows, first], runs[rows, 1 - first]


def recorded(table: pd.DataFrame, epochs: int | None = None) -> Recorded:
    """The table's runs, or what they would have been with so many epochs; an odd last run is left out."""
    kept = [times[:epochs] for times in table["epochs_s"]]
    figures = {key: table[key].to_numpy(dtype=float) for key in table if key in METRICS}
    figures["epoch_s"] = np.array([np.median(times) for times in kept])
    figures[FASTEST] = np.array([times.min() for times in kept])
    interleaved = "side" in table
    order = ["session", "round", *(["side"] if interleaved else [])]
    places = table.assign(place=range(len(table))).sort_values(order)
    blocks = {case: in_pairs(group["place"].to_numpy()) for case, group in places.groupby("case")}
    return Recorded(figures, kept, blocks, interleaved)


def in_pairs(places: np.ndarray) -> np.ndarray:
    """Neighbours as rows of two."""
    return places[: len(places) // 2 * 2].reshape(-1, 2)
