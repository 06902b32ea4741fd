"""How often harness.orchestrator.analysis.change_points errs: python -m benchmarks.history_rates prints two tables.

Histories are drawn, so that it is known whether they step and where. The noise is that of a session's median, relative;
a tenth of the sessions of kind "with bad sessions" is several times as far off, to the worse side; "wandering" noise of
one session is 0.3 of the session's before it, beside new noise.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from harness.orchestrator.analysis.change_points import course_of
from harness.orchestrator.analysis.metrics import METRICS

THRESHOLD = METRICS["epoch_s"].threshold
HISTORIES = 500
LENGTHS = (6, 8, 12, 20, 40)
# Points before and after the step.
SPANS = ((5, 3), (10, 5), (20, 3), (20, 5), (20, 10))
SIZES = (1.05, 1.10)
NOISES = (0.01, 0.02, 0.05)
REMEMBERED = 0.3

Draw = Callable[[np.random.Generator, int], np.ndarray]


def normal(draw: np.random.Generator, count: int) -> np.ndarray:
    return draw.normal(size=count)


def with_bad_sessions(draw: np.random.Generator, count: int) -> np.ndarray:
    return draw.normal(size=count) + 8 * (draw.random(count) < 0.1) * np.abs(draw.normal(size=count))


def skewed(draw: np.random.Generator, count: int) -> np.ndarray:
    return draw.exponential(size=count)


def wandering(draw: np.random.Generator, count: int) -> np.ndarray:
    noise = draw.normal(size=count)
    for place in range(1, count):
        noise[place] = REMEMBERED * noise[place - 1] + np.sqrt(1 - REMEMBERED**2) * noise[place]
    return noise


KINDS: tuple[Draw, ...] = (normal, with_bad_sessions, skewed, wandering)


def drawn(kind: Draw, noise: float, count: int) -> list[np.ndarray]:
    """Histories without a step, the same ones each time."""
    return [np.exp(noise * kind(np.random.default_rng(seed), count)) for seed in range(HISTORIES)]


def false_alarms(kind: Draw, noise: float, count: int) -> float:
    """The share of histories without a step that are said to step or to drift."""
    courses = [course_of(list(values), THRESHOLD) for values in drawn(kind, noise, count)]
    return sum(bool(course.steps) or course.drift is not None for course in courses) / HISTORIES


def found(size: float, noise: float, before: int, after: int) -> float:
    """The share of steps that are found, at most one point off."""
    hits = 0
    for values in drawn(with_bad_sessions, noise, before + after):
        values[before:] *= size
        hits += any(abs(step.place - before) <= 1 for step in course_of(list(values), THRESHOLD).steps)
    return hits / HISTORIES


def table(corner: str, columns: list[str], rows: dict[str, list[str]]) -> str:
    """A table as Markdown."""
    lines = [[corner, *columns], [":--", *["--:"] * len(columns)], *([label, *cells] for label, cells in rows.items())]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Print both tables."""
    alarms = {
        f"{100 * noise:.0f} %, {kind.__name__.replace('_', ' ')}": [
            f"{100 * false_alarms(kind, noise, count):.1f} %" for count in LENGTHS
        ]
        for noise in NOISES
        for kind in KINDS
    }
    hits = {
        f"{size:.2f} times, noise {100 * noise:.0f} %": [f"{100 * found(size, noise, *span):.0f} %" for span in SPANS]
        for size in SIZES
        for noise in NOISES[:2]
    }
    sys.stdout.write(table("Noise of a session", [f"{count} points" for count in LENGTHS], alarms) + "\n")
    sys.stdout.write(table("Step", [f"{after} points after {before}" for before, after in SPANS], hits))


if __name__ == "__main__":
    main()
