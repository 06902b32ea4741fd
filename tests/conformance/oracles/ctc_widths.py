"""Labels by hand."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.ctc_widths import CASES, LONG, SHORT
from harness.worker.conformance.forms import as_input
from tests.conformance.oracles.ctc_decoding import beam, padded
from tests.conformance.oracles.draws import true

OF_LONG = np.array([[0, 1, 1], [2, 0, -1], [-1, -1, -1]])
OF_SHORT = np.array([[0], [2], [1]])
OF_EMPTY = np.zeros((3, 0), "int64")
SMOOTHING = 1e-8


def widths():
    return {f"value/call_{place}": labels for place, labels in enumerate((OF_LONG, OF_SHORT, OF_EMPTY, OF_LONG))}


def paths():
    found = [beam(sample, 4, 100, 3)[0] for sample in as_input(SHORT, "float64")]
    by_path = [[labels[place] for labels in found] for place in range(3)]
    return {
        f"value/path_{place}": np.stack([padded(row, max(map(len, rows))) for row in rows])
        for place, rows in enumerate(by_path)
    }


def used():
    results, count = {}, 0
    for call, (array, labels) in enumerate(((LONG, OF_LONG), (SHORT, OF_SHORT))):
        y = as_input(array, "float64")
        count += int((labels != -1).sum())
        results[f"value/shape_{call}"] = np.array(labels.shape, "int32")
        results[f"value/lengths_{call}"] = (labels != -1).sum(axis=1)
        results[f"value/shifted_{call}"] = labels + 10
        results[f"value/scores_{call}"] = -np.log(y.max(axis=2) + SMOOTHING).sum(axis=1, keepdims=True)
        results[f"value/loss_{call}"], results[f"gradient/y_{call}"] = (y**2).sum(), 2 * y
        results[f"update/count_{call}"] = np.array(count)
    return results


def of_what_was_decoded():
    """0 1 1, its equal neighbours joined; 2 0; the 0 that stands for -1. No class is blank."""
    return {"value/first": OF_LONG, "value/second": np.array([[0, 1], [2, 0], [0, -1]])}


RESULTS = {
    "widths": widths,
    "paths": paths,
    "used": used,
    "of_what_was_decoded": of_what_was_decoded,
    "drawn": lambda: true("same"),
}
ORACLES = {case.name: RESULTS[case.name.partition("-")[2]] for case in CASES}
