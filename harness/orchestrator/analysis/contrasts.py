"""What the runs of one task say about the ratio of any two backends: rounds are blocks, runs are samples.

The logarithm of a run's figure is the sum of its backend's, its round's and of noise. With two backends the least
squares of it are the mean of the rounds' ratios, and their interval is Student's, as in `pairs`; with more, rounds in
which not all backends ran say what they can. docs/design/ranking.md derives the noise and measures its error rate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import stdtr, stdtrit  # Student's distribution; scipy.stats takes a second to import

from harness.orchestrator.analysis.metrics import MEDIAN, METRICS
from harness.orchestrator.analysis.pairs import middle, place
from harness.orchestrator.analysis.statistics import LEVEL, ROUNDING

# Two or three rounds know their own noise badly: where it looks smaller, it counts as if this many more rounds had
# shown this standard deviation of a ratio's logarithm, which is more than that of most interleaved rounds.
PRIOR_ROUNDS = 3
PRIOR_SD = 0.05


@dataclass(frozen=True)
class Contrast:
    """How many times as long one backend takes as another.

    error, freedom: standard error of the logarithm, and Student's degrees of freedom
    rounds: in which both ran; with fewer than two nothing bounds the ratio
    spread: standard deviation of the logarithm that a single round's ratio is thought to have
    """

    ratio: float
    error: float
    freedom: float
    rounds: int
    spread: float

    @property
    def distance(self) -> float:
        """The logarithm of the ratio."""
        return math.log(self.ratio)

    @property
    def p(self) -> float:
        """Of the hypothesis that both are alike, two-sided."""
        if not math.isfinite(self.error):
            return 1.0
        return float(2 * stdtr(self.freedom, -abs(self.distance) / max(self.error, ROUNDING)))

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """The ratio's interval at LEVEL."""
        if not math.isfinite(self.error):
            return 0.0, math.inf
        reach = float(stdtrit(self.freedom, (1 + LEVEL) / 2)) * self.error
        return math.exp(self.distance - reach), math.exp(self.distance + reach)

    def after(self, rounds: int) -> Contrast:
        """What so many rounds would say if they were like those that there are."""
        return Contrast(self.ratio, self.spread / math.sqrt(rounds), PRIOR_ROUNDS + rounds - 1, rounds, self.spread)


class Contrasts:
    """The least squares of a task's rounds, each of them backend -> logarithm of its figure."""

    def __init__(self, blocks: Sequence[Mapping[str, float]]) -> None:
        self.blocks = blocks
        self.backends = list(dict.fromkeys(backend for block in blocks for backend in block))
        rows = [(number, backend) for number, block in enumerate(blocks) for backend in block]
        self.design = np.zeros((len(rows), len(self.backends) + len(blocks)))
        for row, (number, backend) in enumerate(rows):
            self.design[row, [self.backends.index(backend), len(self.backends) + number]] = 1
        self.inverse = np.linalg.pinv(self.design.T @ self.design)
        found = np.array([blocks[number][backend] for number, backend in rows])
        self.effects = self.inverse @ self.design.T @ found
        self.residuals = found - self.design @ self.effects

    @cached_property
    def variance(self) -> float:
        """Of a run's noise, over all backends; 0 where nothing shows it."""
        freedom = len(self.residuals) - np.linalg.matrix_rank(self.design)
        return float(self.residuals @ self.residuals / freedom) if freedom else 0.0

    def order(self) -> list[str]:
        """The backends, fastest first."""
        effects = dict(zip(self.backends, self.effects, strict=False))
        return sorted(self.backends, key=effects.__getitem__)

    def between(self, a: str, b: str) -> Contrast:
        """How many times as long b takes as a."""
        direction = np.zeros(len(self.effects))
        direction[[self.backends.index(a), self.backends.index(b)]] = -1, 1
        distances = np.array([block[b] - block[a] for block in self.blocks if a in block and b in block])
        rounds, ratio = len(distances), math.exp(direction @ self.effects)
        if rounds < 2:
            return Contrast(ratio, math.inf, 0, rounds, PRIOR_SD)
        own = float(np.sum((distances - distances.mean()) ** 2))
        freedom = PRIOR_ROUNDS + rounds - 1
        # never less than that of all backends: a noisy pair may look quiet by chance
        shown = max(own, 2 * self.variance * (rounds - 1))
        spread = math.sqrt(max((PRIOR_ROUNDS * PRIOR_SD**2 + shown) / freedom, shown / (rounds - 1)))
        error = spread * math.sqrt(direction @ self.inverse @ direction / 2)
        return Contrast(ratio, error, freedom, rounds, spread)


def contrasts(records: Sequence[dict]) -> Contrasts:
    """Those of a task's runs that are ok, the figure being the training epoch."""
    rounds: dict[tuple, dict[str, dict]] = {}
    for record in records:
        if record["status"] == "ok" and METRICS[MEDIAN].of(record) and epochs_of(record):
            rounds.setdefault(place(record), {})[record["case"]["backend"]] = record
    return Contrasts([figures(runs) for runs in rounds.values()])


def figures(runs: Mapping[str, dict]) -> dict[str, float]:
    """The logarithms of a round's figures, up to one constant: each epoch is seen beside the others' epochs.

    What slows the machine for some seconds slows the epochs of that time in all runs, which were interleaved. One that
    made more epochs to warm up has later ones than the others: those count that all of them timed, if there are any.
    """
    timed_s = {backend: epochs_of(record) for backend, record in runs.items()}
    shared = sorted(set.intersection(*map(set, timed_s.values())))
    if not shared:
        return {backend: math.log(middle(np.array(list(each.values())))) for backend, each in timed_s.items()}
    logs = {backend: np.log([each[index] for index in shared]) for backend, each in timed_s.items()}
    beside = np.mean(list(logs.values()), axis=0)
    return {backend: math.log(middle(np.exp(each - beside))) for backend, each in logs.items()}


def epochs_of(record: dict) -> dict[int, float]:
    """The training time of each timed epoch, by its number in the run."""
    return {epoch["index"]: epoch["train_s"] for epoch in record["epochs"] if not epoch["warmup"]}
