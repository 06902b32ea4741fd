"""Pictures with MNIST's shape, value range and share of dark pixels, in ten classes that a random teacher separates.

A picture is a mixture of PATTERNS smooth patterns, cut off at a level that rises towards the border. The teacher, two
layers of random whole-number weights with a rectifier between, reads the finished pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.orchestrator.datasets.drawing import BLOCK, clear_rows, streams
from harness.orchestrator.datasets.mnist import enlarge, grey_levels
from harness.orchestrator.datasets.model import Arrays, DataSet, Order, Volume

SIDE = 28
CLASSES = 10
PATTERNS = 8
COARSE = 7  # pixels a side that a pattern is drawn with, before it is enlarged
HIDDEN = 16
# Chosen so that a fifth of the pixels is dark and their mean and deviation are near MNIST's 0.13 and 0.31.
EDGE_LEVEL = 3  # typical amplitudes at which the middle of an edge is cut off; the centre is cut off at 0


@dataclass(frozen=True)
class Painter:
    """The patterns and the level at which their mixture is cut off."""

    patterns: np.ndarray  # (PATTERNS, pixels)
    level: np.ndarray  # (pixels,)
    amplitude: int

    def paint(self, weights: np.ndarray) -> np.ndarray:
        """Pictures (n, pixels), uint8, of the mixtures (n, PATTERNS)."""
        above = _mix(weights, self.patterns) - self.level
        return np.clip(above * 255 // self.amplitude, 0, 255).astype(np.uint8)


@dataclass(frozen=True)
class Teacher:
    """Scores of the classes: rectified sums, summed again, and measured in each class's own spread."""

    first: np.ndarray  # (pixels, HIDDEN)
    bend: np.ndarray  # (HIDDEN,)
    second: np.ndarray  # (HIDDEN, CLASSES)
    centre: np.ndarray  # (CLASSES,)
    spread: np.ndarray  # (CLASSES,)

    def judge(self, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Class of each picture and its lead over the second best."""
        raw = np.maximum(pictures.astype(np.float64) @ self.first - self.bend, 0) @ self.second
        scores = (raw - self.centre) / self.spread
        best_two = np.partition(scores, CLASSES - 2, axis=1)[:, -2:]
        return np.argmax(scores, axis=1), best_two[:, 1] - best_two[:, 0]


def make(order: Order) -> Arrays:
    """Independent training and test parts of one painter and one teacher."""
    pattern_stream, teacher_stream, sample_stream, train_stream, test_stream = streams(order.seed, 5)
    samples = _mixtures(sample_stream, BLOCK)
    painter = _make_painter(pattern_stream, samples)
    pictures = painter.paint(samples)
    teacher = _make_teacher(teacher_stream, pictures)
    usual_lead = _median_of_each_class(*teacher.judge(pictures))

    def part(stream: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        def draw(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            drawn = painter.paint(_mixtures(stream, count))
            labels, leads = teacher.judge(drawn)
            return drawn, labels, leads > usual_lead[labels]

        pixels, labels = clear_rows(draw, rows)
        return grey_levels(pixels).reshape(rows, SIDE, SIDE), labels

    x_train, y_train = part(train_stream, order.train)
    x_test, y_test = part(test_stream, order.test)
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


def _mixtures(stream: np.random.Generator, rows: int) -> np.ndarray:
    """Shares of the patterns, -510..510: sums of four uniform bytes, which are nearly normal."""
    return stream.integers(0, 256, size=(rows, PATTERNS, 4), dtype=np.uint8).sum(axis=-1, dtype=np.int64) - 510


def _mix(weights: np.ndarray, patterns: np.ndarray) -> np.ndarray:
    """Exact: the sums stay below 2**24, so float32 holds them."""
    return (weights.astype(np.float32) @ patterns.astype(np.float32)).astype(np.int64)


def _make_painter(stream: np.random.Generator, samples: np.ndarray) -> Painter:
    coarse = stream.integers(-128, 129, size=(PATTERNS, COARSE, COARSE))
    enlarged, scale = enlarge(coarse, SIDE)
    patterns = (enlarged // scale).reshape(PATTERNS, SIDE * SIDE)
    amplitude = int(np.median(np.abs(_mix(samples, patterns))))
    return Painter(patterns, _cut_off(amplitude), amplitude)


def _cut_off(amplitude: int) -> np.ndarray:
    """The level of each pixel: the fourth power of its distance from the centre."""
    offsets = 2 * np.arange(SIDE) - (SIDE - 1)  # from the centre, in half pixels
    squares = offsets[:, None] ** 2 + offsets[None, :] ** 2
    return (EDGE_LEVEL * amplitude * squares**2 // (SIDE - 1) ** 4).ravel()


def _make_teacher(stream: np.random.Generator, pictures: np.ndarray) -> Teacher:
    """Bends at the medians, so that each hidden unit is on for half the pictures; classes centred at theirs."""
    first = stream.integers(-8, 9, size=(SIDE * SIDE, HIDDEN)).astype(np.float64)
    second = stream.integers(-8, 9, size=(HIDDEN, CLASSES)).astype(np.float64)
    sums = pictures.astype(np.float64) @ first
    bend = np.floor(np.median(sums, axis=0))
    raw = np.maximum(sums - bend, 0) @ second
    centre = np.median(raw, axis=0)
    spread = np.median(np.abs(raw - centre), axis=0)
    return Teacher(first, bend, second, centre, spread)


def _median_of_each_class(labels: np.ndarray, leads: np.ndarray) -> np.ndarray:
    return np.array([np.median(leads[labels == label]) for label in range(CLASSES)])


DATASET = DataSet(
    name="synthetic",
    kind="images",
    version=1,
    description="synthetic, MNIST's shapes; labels by a random two-layer teacher",
    volume=Volume(60_000, 10_000),
    seeded=True,
    make=make,
)
