"""IMDB reviews as the 2015-12 edition had them: 25,000, of which 20,000 train, and the last 100 words of each.

The file numbers words by frequency, 1 being the most frequent. In the arrays 0 is padding, 1 the start of a review,
2 a word that is too rare, and a word of rank r is r + 3.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np

from harness.orchestrator.datasets.model import Arrays, DataSet, Order, RealFile, Volume

FILE = RealFile(
    name="imdb.npz",
    url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/imdb.npz",
    sha256="69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
    size_bytes=17_464_789,
)

PADDING, START, RARE = 0, 1, 2
INDEX_FROM = 3
VOCABULARY = 20_000
LENGTH = 100
SHUFFLE_SEED = 113  # of the 2015 loader; its order then depends on nothing else


def make(order: Order) -> Arrays:
    """Shuffle the file's training part, cut it at four fifths, and take the first rows of both pieces.

    The file's own test part stays unused: the edition knew only these 25,000 reviews.
    """
    with np.load(io.BytesIO(order.content), allow_pickle=True) as archive:  # lists of ranks; the sum has been checked
        reviews, labels = archive["x_train"], archive["y_train"].astype(np.int32)
    shuffled = np.random.RandomState(SHUFFLE_SEED).permutation(len(labels))
    cut = len(labels) * 4 // 5
    train, test = shuffled[:cut][: order.train], shuffled[cut:][: order.test]
    return {
        "x_train": pad([mark(reviews[row]) for row in train]),
        "y_train": labels[train],
        "x_test": pad([mark(reviews[row]) for row in test]),
        "y_test": labels[test],
    }


def word_ids(ranks: np.ndarray) -> np.ndarray:
    """Ids of words by rank; the shifted id is what must be below VOCABULARY, so 19,996 words remain."""
    shifted = ranks + INDEX_FROM
    return np.where(shifted < VOCABULARY, shifted, RARE).astype(np.int32)


def mark(ranks: Sequence[int]) -> np.ndarray:
    """The ids of one review, behind the start mark."""
    return np.concatenate([[START], word_ids(np.asarray(ranks, dtype=np.int64))])


def pad(sequences: Sequence[np.ndarray], length: int = LENGTH) -> np.ndarray:
    """Rows of equal length, int32: longer sequences lose their beginning, shorter ones get padding before it."""
    rows = np.full((len(sequences), length), PADDING, dtype=np.int32)
    for row, sequence in zip(rows, sequences, strict=True):
        kept = sequence[-length:]
        row[length - len(kept) :] = kept
    return rows


DATASET = DataSet(
    name="imdb",
    kind="reviews",
    version=1,
    description="IMDB reviews, the last 100 words of each",
    volume=Volume(20_000, 5_000),
    seeded=False,
    make=make,
    file=FILE,
)
