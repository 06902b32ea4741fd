"""Decoding of label sequences with NumPy: along the best path, and by a beam search.

Functions of (probabilities (batch, time, classes), lengths (batch,)); blank is the last class.
"""

import functools

import numpy as np

SMOOTHING = 1e-8  # added to probabilities before the logarithm, as TensorFlow under Keras does
IMPOSSIBLE = -np.inf


def greedy_path(probabilities, lengths):
    """[labels (batch, longest), minus the logarithm of each best path's probability (batch, 1)]."""
    batch, _, classes = probabilities.shape
    labels, scores = [], np.zeros((batch, 1), dtype=probabilities.dtype)
    for sample, length in enumerate(lengths):
        logs = np.log(probabilities[sample, :length].astype("float64") + SMOOTHING)
        best = logs.argmax(axis=1)
        changes = np.concatenate([[True], best[1:] != best[:-1]])[: len(best)]
        labels.append(best[changes & (best != classes - 1)])
        scores[sample] = -logs.max(axis=1).sum()
    return [_padded(labels), scores]


def _padded(rows):
    """Label sequences as one array, -1 behind those that are shorter than the longest."""
    array = np.full((len(rows), max([len(row) for row in rows] or [0])), -1, dtype="int64")
    for place, row in enumerate(rows):
        array[place, : len(row)] = row
    return array


def beam_paths(beam_width, top_paths):
    """A function that returns [labels of the best path, of the second, ..., logarithms of their probabilities]."""
    return functools.partial(_searched, beam_width, top_paths)


def _searched(beam_width, top_paths, probabilities, lengths):
    batch = len(probabilities)
    labels = [[() for _ in range(batch)] for _ in range(top_paths)]
    scores = np.full((batch, top_paths), IMPOSSIBLE, dtype=probabilities.dtype)
    for sample, length in enumerate(lengths):
        smoothed = probabilities[sample, :length].astype("float64") + SMOOTHING
        found = _search(np.log(smoothed / smoothed.sum(axis=1, keepdims=True)), beam_width)
        for place, (prefix, score) in enumerate(found[:top_paths]):
            labels[place][sample], scores[sample, place] = prefix, score
    return [_padded(rows) for rows in labels] + [scores]


def _search(logs, beam_width):
    """[(labels, logarithm of their probability)], the most probable first.

    Of each prefix is kept how probable it is with a blank at its end and with its last label (Hannun et al. 2014).
    """
    beams = {(): (0.0, IMPOSSIBLE)}
    for now in logs:
        extended = {}
        for prefix, (blank, label) in beams.items():
            _extend(extended, prefix, blank, label, now)
        ranked = sorted(extended.items(), key=lambda item: np.logaddexp(*item[1]), reverse=True)
        beams = dict(ranked[:beam_width])
    return [(prefix, np.logaddexp(*ends)) for prefix, ends in beams.items()]


def _extend(extended, prefix, blank, label, now):
    """Adds to `extended` what a prefix becomes at one time step."""
    total = np.logaddexp(blank, label)
    _add(extended, prefix, blank=total + now[-1], label=label + now[prefix[-1]] if prefix else IMPOSSIBLE)
    for each, log in enumerate(now[:-1]):
        parted = prefix and each == prefix[-1]
        _add(extended, prefix + (each,), blank=IMPOSSIBLE, label=(blank if parted else total) + log)


def _add(extended, prefix, blank, label):
    before = extended.get(prefix, (IMPOSSIBLE, IMPOSSIBLE))
    extended[prefix] = (np.logaddexp(before[0], blank), np.logaddexp(before[1], label))
