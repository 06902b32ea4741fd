"""The rule by which two sides' runs get a verdict; its error rate is measured in docs/design/regression.md."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from math import comb

from harness.orchestrator.analysis.statistics import FEWEST, Evidence, adjusted, more_runs

FASTER, SLOWER, SAME, INCONCLUSIVE = "faster", "slower", "same", "inconclusive"
# Of all that is called different, the share that is not so for chance alone.
FALSE_DISCOVERIES = 0.05
# The probability by chance alone, of a case by itself, at which fresh runs are made.
SUSPICION = 0.02
# And at which they confirm it, by whether the sides were interleaved: separate runs may meet slow spells of the
# machine twice. Rounds of one session need no fresh ones if they are as improbable, adjusted for all cases.
AGAIN = {True: 0.05, False: 0.01}


def fewest_runs(cases: int, interleaved: bool) -> int:
    """The fewest runs per side to call one of so many cases slower: chance must rarely separate the sides."""
    if interleaved:
        return FEWEST
    return next(runs for runs in count(FEWEST) if 2 * cases / comb(2 * runs, runs) <= FALSE_DISCOVERIES)


@dataclass(frozen=True)
class Comparison:
    """What the runs of a case say about its two sides.

    q: the evidence's p, adjusted for all cases that were looked at
    threshold: the relative change beyond which sides are different
    more: about how many more runs per side would settle it; None unless inconclusive
    """

    verdict: str
    evidence: Evidence
    q: float
    threshold: float
    more: int | None = None

    @property
    def direction(self) -> str | None:
        """SLOWER or FASTER if the ratio, as it is estimated, lies beyond the threshold; else None."""
        if self.evidence.ratio > 1 + self.threshold:
            return SLOWER
        return FASTER if self.evidence.ratio < 1 / (1 + self.threshold) else None

    @property
    def suspected(self) -> str | None:
        """SLOWER or FASTER if that is likely enough for fresh runs to be made; else None."""
        likely = self.evidence.p <= SUSPICION or self.q <= FALSE_DISCOVERIES
        return self.direction if likely and enough(self.evidence) else None

    @property
    def stands_alone(self) -> bool:
        """Whether no fresh runs need to confirm it: rounds of one session that chance alone makes as rarely."""
        return self.evidence.in_rounds and self.q <= AGAIN[False]

    def confirms(self, direction: str) -> bool:
        """Whether these runs, which are fresh ones, show by themselves what earlier runs showed."""
        improbable = enough(self.evidence) and self.evidence.p <= AGAIN[self.evidence.interleaved]
        return improbable and self.direction == direction


def limit_of(threshold: float, floor: float | None) -> float:
    """The change beyond which two sides are called different: the threshold, but never less than the noise floor."""
    return max(threshold, floor or 0.0)


def enough(found: Evidence) -> bool:
    """Whether there are runs enough for a verdict."""
    return min(found.runs_a, found.runs_b) >= FEWEST


def judge(found: dict[object, Evidence], thresholds: dict[object, float]) -> dict[object, Comparison]:
    """A comparison of each case, from the evidence on it; all are judged together."""
    q = dict(zip(found, adjusted([one.p for one in found.values()]), strict=True))
    return {case: decide(one, q[case], thresholds[case]) for case, one in found.items()}


def decide(found: Evidence, q: float, threshold: float) -> Comparison:
    """Different if improbable by chance and surely beyond the threshold; the same only if surely within it."""
    improbable = enough(found) and q <= FALSE_DISCOVERIES
    if improbable and found.low > 1 + threshold:
        return Comparison(SLOWER, found, q, threshold)
    if improbable and found.high < 1 / (1 + threshold):
        return Comparison(FASTER, found, q, threshold)
    if enough(found) and 1 / (1 + threshold) <= found.low and found.high <= 1 + threshold:
        return Comparison(SAME, found, q, threshold)
    return Comparison(INCONCLUSIVE, found, q, threshold, more_runs(found, threshold))
