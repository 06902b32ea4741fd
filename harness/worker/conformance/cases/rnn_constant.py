"""Recurrences whose states, or whose outputs, never depend on the input."""

import numpy as np

from harness.worker.conformance.forms import Expression, draw

BATCH, TIMES, UNITS = 2, 3, 2


def steps(K, h):
    """Name -> (step, initial states): counters, states that stay or change places, outputs of outer tensors."""
    zeros, ones = K.zeros_like(h), K.ones_like(h)
    return {
        "counted": (lambda x, s: (x + s[0], [s[0] + 1]), [zeros]),
        "doubled": (lambda x, s: (x * s[0], [s[0] * 2.0]), [h]),
        "numbered": (lambda x, s: (x * s[0], [s[0] + 1.0]), [zeros[:, :1]]),
        "own": (lambda x, s: (s[0] * 3.0, [s[0] + 1.0]), [ones]),
        "kept": (lambda x, s: (s[0], [s[0]]), [h]),
        "summed": (lambda x, s: (s[0] + s[1], [s[1], s[0] + s[1]]), [zeros, ones]),
        "one_of_two": (lambda x, s: (x + s[0] * s[1], [s[0] + 1.0, s[1] + x]), [zeros, h]),
        "outer": (lambda x, s: (h * 2.0, [s[0]]), [zeros]),
        "replaced": (lambda x, s: (s[0], [h * 2.0]), [zeros]),
        "given": (lambda x, s: (x, []), []),
    }


def build(masked, backwards, names):
    """Outputs, last outputs and final states of some of the steps."""

    def built(K, P, x, h, mask):
        found = {}
        for name in names:
            step, states = steps(K, h)[name]
            given = mask if masked else None
            last, outputs, finals = K.rnn(step, x, states, mask=given, go_backwards=backwards)
            found.update({name + "_last": last, name + "_outputs": outputs})
            found.update(("%s_state%d" % (name, place), state) for place, state in enumerate(finals))
        return found

    return built


def folds(K, P, x, h):
    """Folds and maps that look at the elements not at all, or at them alone."""
    return {
        "count": K.foldl(lambda total, each: total + 1.0, x, K.zeros((UNITS,))),
        "count_from": K.foldr(lambda total, each: total * 2.0, x, h[0]),
        "last": K.foldl(lambda total, each: K.sum(each, axis=0), x, h[0]),
        "first": K.foldr(lambda total, each: total, x),
        "same": K.map_fn(lambda each: h[0], x),
        "ones": K.map_fn(K.ones_like, x),
    }


ALL = tuple("counted doubled numbered own kept summed one_of_two outer replaced given".split())
INPUTS = {"x": draw(BATCH, TIMES, UNITS, seed=940), "h": draw(BATCH, UNITS, seed=941)}
MASKED = dict(INPUTS, mask=np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]))
OPEN = {"free": ("x", "h", "mask"), "free_times": ("x", "mask")}

CASES = [
    Expression("rnn_constant-all", MASKED, build(False, False, ALL), ("x", "h"), **OPEN),
    Expression("rnn_constant-known", MASKED, build(False, True, ALL[:5]), ("x", "h")),
    Expression("rnn_constant-masked", MASKED, build(True, False, ALL), ("x", "h"), **OPEN),
    Expression("rnn_constant-masked_backwards", MASKED, build(True, True, ALL[5:]), ("x", "h"), **OPEN),
    Expression("rnn_constant-folds", INPUTS, folds, ("x", "h"), free=("x", "h")),
]
