"""K.ctc_decode is as wide as the longest labels that a call finds: what is computed from it, and around it."""

import numpy as np

from harness.worker.conformance.cases.draws import facts
from harness.worker.conformance.forms import Program, as_input

# the best classes of each time, blank last: labels of 3, 2 and 0 places; then of 1, 1 and 1
LONG = np.eye(4)[np.array([[0, 1, 3, 1], [3, 2, 2, 0], [3, 3, 3, 3]])] * 0.7 + 0.1
SHORT = np.eye(4)[np.array([[0, 0, 3, 3], [3, 2, 2, 2], [1, 1, 1, 1]])] * 0.7 + 0.1
EMPTY = np.eye(4)[np.full((3, 4), 3)] * 0.7 + 0.1
TIMES = np.array([4, 4, 4], "int32")


def decoding(bench, **arguments):
    """(placeholder, labels, scores) of a decoding whose batch and time are open."""
    K = bench.K
    y = K.placeholder((None, None, 4))
    labels, scores = K.ctc_decode(y, K.variable(TIMES, dtype="int32"), **arguments)
    return y, labels, scores


def widths(bench):
    """One function, called with labels of one width, of another, of none and of the first again."""
    y, labels, _ = decoding(bench)
    function = bench.function([y], labels, [])
    calls = (LONG, SHORT, EMPTY, LONG)
    found = [function([as_input(each, bench.K.floatx())])[0] for each in calls]
    return {"value/call_%d" % place: array for place, array in enumerate(found)}


def paths(bench):
    """Each path with a width of its own."""
    y, labels, _ = decoding(bench, greedy=False, top_paths=3)
    found = bench.function([y], labels, [])([as_input(SHORT, bench.K.floatx())])
    return {"value/path_%d" % place: array for place, array in enumerate(found)}


def used(bench):
    """The shape, a comparison, a sum, and an update made of it; the scores beside a loss and its gradient."""
    K = bench.K
    y, (labels,), scores = decoding(bench)
    count = K.variable(0, dtype="int64")
    real = K.cast(K.not_equal(labels, -1), "int64")
    loss = K.sum(K.square(y))
    outputs = [K.shape(labels), K.sum(real, axis=1), labels + 10, scores, loss] + K.gradients(loss, [y])
    function = bench.function([y], outputs, [K.update_add(count, K.sum(real))])
    results = {}
    for call, array in enumerate((LONG, SHORT)):
        found = function([as_input(array, K.floatx())])
        for label, value in zip(("shape", "lengths", "shifted", "scores", "loss"), found):
            results["value/%s_%d" % (label, call)] = value
        results["gradient/y_%d" % call], results["update/count_%d" % call] = found[5], K.get_value(count)
    return results


def of_what_was_decoded(bench):
    """A second decoding of what the first one gave."""
    K = bench.K
    y, (labels,), _ = decoding(bench)
    again = K.one_hot(K.maximum(labels, 0), 4) * 0.7 + 0.1
    (second,), _ = K.ctc_decode(again, K.variable([3, 2, 1], dtype="int32"))
    found = bench.function([y], [labels, second], [])([as_input(LONG, K.floatx())])
    return {"value/first": found[0], "value/second": found[1]}


def drawn(bench):
    """Of random numbers that are an output too: both see the same."""
    K = bench.K
    y = K.random_uniform((3, 4, 4), seed=3)
    (labels,), _ = K.ctc_decode(y, K.variable(TIMES, dtype="int32"))
    numbers, found = bench.function([], [y, labels], [])([])
    (again,), _ = K.ctc_decode(K.variable(numbers), K.variable(TIMES, dtype="int32"))
    return facts(same=bool(np.array_equal(found, K.eval(again))))


CASES = [
    Program("ctc_widths-widths", widths),
    Program("ctc_widths-paths", paths),
    Program("ctc_widths-used", used),
    Program("ctc_widths-of_what_was_decoded", of_what_was_decoded),
    Program("ctc_widths-drawn", drawn),
]
