"""Decoding by brute force: all paths written out, those of a beam left out as soon as it leaves out their labels."""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np

from harness.worker.conformance.cases.ctc_decoding import CASES
from tests.conformance.oracles.ctc import SMOOTHING, joined, normalised
from tests.conformance.oracles.inputs import oracles_of

# (beam_width, top_paths) of each case with a beam
BEAMS = {
    "beam": (100, 1),
    "top_paths": (100, 3),
    "unscaled": (40, 2),
    "hidden": (3, 1),
    "narrow": (1, 1),
    "of_two": (2, 2),
    "of_one_sample": (100, 2),
}


def greedy(y, length):
    """The labels of the best path, and minus the logarithm of its probability."""
    best = [int(np.argmax(now)) for now in y[:length]]
    score = -sum(np.log(y[time, label] + SMOOTHING) for time, label in enumerate(best))
    return [joined(best, y.shape[1] - 1)], [score]


def beam(y, length, width, top):
    """The most probable labels that all times' beams have held, with the logarithms of their probabilities."""
    p = normalised(y[:length])
    paths, ranked = {(): 1.0}, []
    for now in p:
        longer = {(*path, label): so_far * now[label] for path, so_far in paths.items() for label in range(len(now))}
        totals = defaultdict(float)
        for path, probability in longer.items():
            totals[joined(path, len(now) - 1)] += probability
        ranked = sorted(totals, key=totals.get, reverse=True)[:width]
        paths = {path: each for path, each in longer.items() if joined(path, len(now) - 1) in ranked}
    return ranked[:top], [np.log(totals[labels]) for labels in ranked[:top]]


def padded(labels, longest):
    """With -1 behind."""
    return np.array(list(itertools.islice(itertools.chain(labels, itertools.repeat(-1)), longest)), "int64")


def of_case(name: str, y: np.ndarray, lengths: np.ndarray) -> dict[str, np.ndarray]:
    """The results of a case."""
    kind = name.split("-")[-1]
    if "greedy" in name:
        found = [greedy(sample, length) for sample, length in zip(y, lengths.ravel(), strict=True)]
    else:
        found = [beam(sample, length, *BEAMS[kind]) for sample, length in zip(y, lengths.ravel(), strict=True)]
    results = {"value/scores": np.array([scores for _, scores in found])}
    for place in range(len(found[0][0])):
        rows = [labels[place] for labels, _ in found]
        longest = max(map(len, rows))
        results[f"value/labels_{place}"] = np.stack([padded(row, longest) for row in rows])
    return results


ORACLES = oracles_of(CASES, of_case)
