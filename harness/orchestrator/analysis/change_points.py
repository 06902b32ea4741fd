"""Where a history of figures steps from one level to another; docs/guides/history.md says how often this errs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import ruptures
import scipy

from harness.orchestrator.analysis.statistics import FEWEST, evidence

# With fewer points there is no telling a step from noise.
FEWEST_POINTS = 6
# Points of the shortest level. The median of three is not moved by one bad session.
SHORTEST = 3
# A step must save this many times noise x log(points) of absolute deviation; few points tell the noise badly and pay
# more. How often that errs: benchmarks/history_rates.py.
PENALTY = 2.0
PENALTY_OF_FEW = 8.0
# The largest distance, in sessions, of the differences that the noise is taken from: slow drift is noise too.
FARTHEST = 5
NORMAL_MAD = NormalDist().inv_cdf(0.75)  # median absolute deviation of the standard normal distribution


@dataclass(frozen=True)
class Step:
    """A change of level. `ratio`: the level after / before, `low` and `high` bound it; None with too few points."""

    place: int
    ratio: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Course:
    """How a history went.

    judged: whether there were points enough to look for steps
    steps: in order; `place` is the first point of the new level
    drift: the last figure / the first on a straight line, if that fits better than steps do; there are none then
    """

    judged: bool
    steps: tuple[Step, ...] = ()
    drift: float | None = None

    def levels(self, count: int) -> list[tuple[int, int]]:
        """Beginning and end, exclusive, of each level in a history of so many points."""
        places = [0, *(step.place for step in self.steps), count]
        return list(pairwise(places))


def course_of(values: list[float], threshold: float) -> Course:
    """The course of a history of positive figures; changes up to the relative `threshold` are none."""
    if len(values) < FEWEST_POINTS:
        return Course(judged=False)
    logs = np.log(values)
    smallest = math.log1p(threshold)
    price = penalty(logs, smallest)
    places = cuts(logs, price, smallest)
    drift = drift_instead(logs, places, price) if places else None
    if drift is not None:
        return Course(judged=True, drift=drift)
    return Course(judged=True, steps=tuple(steps(values, places)))


def penalty(logs: np.ndarray, smallest: float) -> float:
    """What a further level must save; never so little that steps far below the threshold would be looked for."""
    count = len(logs)
    scale = max(noise(logs), smallest / 10)
    return PENALTY * (1 + PENALTY_OF_FEW / count) * scale * math.log(count)


def noise(logs: np.ndarray) -> float:
    """The scale of the noise from differences of points, which steps and single bad points hardly touch."""
    distances = range(1, max(1, min(FARTHEST, len(logs) // FEWEST_POINTS)) + 1)
    largest = max(np.median(np.abs(logs[distance:] - logs[:-distance])) for distance in distances)
    return float(largest / NORMAL_MAD / math.sqrt(2))


def cuts(logs: np.ndarray, price: float, smallest: float) -> list[int]:
    """The first points of new levels: those of least absolute deviation, without steps that are too small."""
    search = ruptures.Pelt(model="l1", min_size=SHORTEST, jump=1).fit(logs)
    places = search.predict(pen=price)[:-1]
    while places:
        sizes = np.abs(np.diff([np.median(level) for level in np.split(logs, places)]))
        if sizes.min() > smallest:
            break
        del places[int(sizes.argmin())]
    return places


def drift_instead(logs: np.ndarray, places: list[int], price: float) -> float | None:
    """The ratio of a straight line's ends if it explains the points better than the steps; None if they do."""
    line = scipy.stats.theilslopes(logs)
    around_line = np.abs(logs - line.intercept - line.slope * np.arange(len(logs))).sum() + price
    around_levels = sum(np.abs(level - np.median(level)).sum() for level in np.split(logs, places))
    if around_line >= around_levels + price * len(places):
        return None
    return math.exp(line.slope * (len(logs) - 1))


def steps(values: list[float], places: list[int]) -> list[Step]:
    """Each step with what the levels on both sides say about its size."""
    levels = [list(level) for level in np.split(np.asarray(values), places)]
    found = []
    for place, (before, after) in zip(places, pairwise(levels), strict=True):
        known = evidence(before, after)
        enough = min(known.runs_a, known.runs_b) >= FEWEST
        found.append(Step(place, known.ratio, *((known.low, known.high) if enough else (None, None))))
    return found
