"""Reviews with IMDB's shape: words by Zipf's law, lengths spread like IMDB's, and a mood that a random teacher hears.

A review is drawn as word ranks and goes through the same numbering as a real one. The teacher gives a random
whole-number weight to one in five words of middling frequency; the sum over a review decides its label.
"""

from __future__ import annotations

import numpy as np

from harness.orchestrator.datasets.drawing import BLOCK, clear_rows, streams
from harness.orchestrator.datasets.imdb import LENGTH, PADDING, START, word_ids
from harness.orchestrator.datasets.model import Arrays, DataSet, Order, Volume

WORDS = 27_000  # so many that, as in the real reviews, about three in a hundred are too rare for the vocabulary
# Lengths in words at these hundredths of the reviews, near those of the real ones; between them on a straight line.
LENGTH_AT = {0: 10, 10: 90, 25: 129, 50: 177, 75: 290, 90: 460, 100: 2493}
MOOD_RANKS = range(30, 3030)  # the most frequent words carry no mood, rare ones could not be learned
MOOD_SHARE = 5  # one in so many of these words has a weight
HEAVIEST = 64


def make(order: Order) -> Arrays:
    """Independent training and test parts of one teacher."""
    teacher_stream, sample_stream, train_stream, test_stream = streams(order.seed, 4)
    table = zipf_table()
    weights = _mood_weights(teacher_stream)
    moods = weights[_draw_reviews(sample_stream, BLOCK, table)].sum(axis=1)
    middle = np.median(moods)
    usual_mood = np.median(np.abs(moods - middle))

    def part(stream: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        def draw(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            ranks = _draw_reviews(stream, count, table)
            mood = weights[ranks].sum(axis=1) - middle
            return _number(ranks), mood > 0, np.abs(mood) > usual_mood

        return clear_rows(draw, rows)

    x_train, y_train = part(train_stream, order.train)
    x_test, y_test = part(test_stream, order.test)
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


def zipf_table() -> np.ndarray:
    """Upper ends of the ranks' shares of 2**32, the share of rank r being proportional to 1 / (r + 1)."""
    shares = np.cumsum(1 / np.arange(2, WORDS + 2))
    table = np.floor(shares * (2**32 / shares[-1])).astype(np.int64)
    table[-1] = 2**32
    return table


def _mood_weights(stream: np.random.Generator) -> np.ndarray:
    """Weight of each rank; 0 for the ranks that are no words."""
    weights = np.zeros(WORDS + 1, dtype=np.int64)
    heavy = stream.integers(0, MOOD_SHARE, size=len(MOOD_RANKS)) == 0
    drawn = stream.integers(-HEAVIEST, HEAVIEST + 1, size=len(MOOD_RANKS))
    weights[MOOD_RANKS.start : MOOD_RANKS.stop] = np.where(heavy, drawn, 0)
    return weights


def _draw_reviews(stream: np.random.Generator, rows: int, table: np.ndarray) -> np.ndarray:
    """Ranks of the last words of each review, (rows, LENGTH); 0 before the first word of a shorter one."""
    uniform = stream.integers(0, 2**32, size=(rows, LENGTH), dtype=np.uint32)
    ranks = np.searchsorted(table, uniform, side="right") + 1
    lengths = _draw_lengths(stream, rows)
    return np.where(np.arange(LENGTH) >= LENGTH - lengths[:, None], ranks, 0)


def _draw_lengths(stream: np.random.Generator, rows: int) -> np.ndarray:
    hundredths = stream.integers(0, 10_000, size=rows) / 100
    lengths = np.interp(hundredths, list(LENGTH_AT), list(LENGTH_AT.values()))
    return np.floor(lengths + 1e-6).astype(np.int64)  # a whole length must not depend on the last bit


def _number(ranks: np.ndarray) -> np.ndarray:
    """Ids as a real review gets them: words numbered, the start mark before the first one if there is room."""
    ids = np.where(ranks > 0, word_ids(ranks), PADDING).astype(np.int32)
    free = (ranks == 0).sum(axis=1)
    with_room = np.flatnonzero(free)
    ids[with_room, free[with_room] - 1] = START
    return ids


DATASET = DataSet(
    name="synthetic",
    kind="reviews",
    version=1,
    description="synthetic, IMDB's shapes, words by Zipf's law; labels by a random weight of each word",
    volume=Volume(20_000, 5_000),
    seeded=True,
    make=make,
)
