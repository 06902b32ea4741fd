"""The numbering, cutting and padding of reviews, against the documented rules of the 2015 loader."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest

from harness.orchestrator.datasets import imdb
from harness.orchestrator.datasets.model import Order


def archive(reviews, labels) -> bytes:
    """A file as Keras publishes it: object arrays of lists of ranks."""
    ragged = np.empty(len(reviews), dtype=object)
    ragged[:] = reviews
    content = io.BytesIO()
    np.savez(content, x_train=ragged, y_train=np.array(labels), x_test=ragged[:1], y_test=np.array(labels[:1]))
    return content.getvalue()


def documented_loader(reviews, labels):
    """The 2015 procedure in lists: shuffle both under one seed, mark, shift, replace rare words, split, cut, pad."""
    reviews, labels = list(reviews), list(labels)
    np.random.seed(113)
    np.random.shuffle(reviews)
    np.random.seed(113)
    np.random.shuffle(labels)
    numbered = [[1] + [rank + 3 for rank in review] for review in reviews]
    numbered = [[2 if word >= 20_000 else word for word in review] for review in numbered]
    rows = [([0] * 100 + review)[-100:] for review in numbered]
    cut = int(len(rows) * (1 - 0.2))
    return rows[:cut], labels[:cut], rows[cut:], labels[cut:]


def test_pad_fills_before_a_short_sequence():
    assert imdb.pad([np.array([7, 8])], 4).tolist() == [[0, 0, 7, 8]]


def test_pad_keeps_the_end_of_a_long_sequence():
    assert imdb.pad([np.array([1, 2, 3, 4, 5])], 3).tolist() == [[3, 4, 5]]


def test_pad_leaves_a_sequence_of_the_length_alone():
    assert imdb.pad([np.array([1, 2, 3])], 3).tolist() == [[1, 2, 3]]


def test_pad_gives_padding_alone_when_a_sequence_is_empty():
    padded = imdb.pad([np.array([], dtype=int), np.array([9])], 2)
    assert padded.tolist() == [[0, 0], [0, 9]]
    assert padded.dtype == np.int32


@pytest.mark.parametrize(("rank", "word"), [(1, 4), (19_996, 19_999), (19_997, 2), (88_584, 2)])
def test_word_ids_shift_ranks_and_replace_rare_words(rank, word):
    assert imdb.word_ids(np.array([rank])).tolist() == [word]


def test_mark_puts_the_start_before_the_words():
    assert imdb.mark([1, 50_000, 10]).tolist() == [1, 4, 2, 13]


def test_mark_of_an_empty_review_is_the_start_alone():
    assert imdb.mark([]).tolist() == [1]


def test_make_agrees_with_the_documented_loader():
    draw = random.Random(3)
    reviews = [[draw.randint(1, 30_000) for _ in range(draw.choice([0, 1, 98, 99, 100, 101, 400]))] for _ in range(250)]
    labels = [draw.randint(0, 1) for _ in reviews]
    arrays = imdb.make(Order(20_000, 5_000, seed=0, content=archive(reviews, labels)))
    x_train, y_train, x_test, y_test = documented_loader(reviews, labels)
    assert arrays["x_train"].tolist() == x_train
    assert arrays["y_train"].tolist() == y_train
    assert arrays["x_test"].tolist() == x_test
    assert arrays["y_test"].tolist() == y_test
    assert (len(x_train), len(x_test)) == (200, 50)


def test_make_takes_the_first_rows_of_both_parts():
    content = archive([[rank] for rank in range(1, 51)], [rank % 2 for rank in range(50)])
    whole = imdb.make(Order(40, 10, seed=0, content=content))
    short = imdb.make(Order(7, 3, seed=99, content=content))
    for name, rows in (("x_train", 7), ("y_train", 7), ("x_test", 3), ("y_test", 3)):
        np.testing.assert_array_equal(short[name], whole[name][:rows])
