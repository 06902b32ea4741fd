"""Theano's way to the loss of label sequences, step by step, and the loss itself."""

import numpy as np

from harness.worker.conformance.cases.ctc import KNOWN, KNOWN_LABELS, probabilities
from harness.worker.conformance.forms import Expression, draw


def interleaved(K, P, labels, one):
    """Labels of several numbers between blanks; none at all are an array, since CNTK has no inputs of size 0."""
    named = (("labels", labels), ("one", one), ("none", NONE))
    return {name: K.ctc_interleave_blanks(each) for name, each in named}


def skips(K, P, places, repeated, one):
    """Places that may be skipped from: not those whose label comes again."""
    named = (("places", places), ("repeated", repeated), ("one", one))
    return {name: K.ctc_create_skip_idxs(each) for name, each in named}


def updated(K, P, skip_idxs, zeros, first, third, last, curr, prev):
    """One time further, from where one place, three and nearly all could be reached; all tells what is in use."""
    named = {}
    for name, active in (("first", first), ("third", third), ("last", last)):
        reached, log_p = K.ctc_update_log_p(skip_idxs, zeros, active, curr, prev)
        named.update({name + "_active": reached, name + "_log_p": log_p})
    return named


def path_probs(alpha):
    """The paths through each place, where there are any."""

    def build(K, P, predict, places):
        arguments = {} if alpha is None else {"alpha": alpha}
        logs, mask = K.ctc_path_probs(predict, places, **arguments)
        return {"logs": K.switch(mask, logs, 0.0), "mask": mask}

    return build


def cost(K, P, predict, labels):
    """The loss of one sample."""
    return {"cost": K.ctc_cost(predict, labels)}


LABELS, ONE, NONE = np.array([3, 1, 1, 2], "int32"), np.array([7], "int64"), np.zeros(0, "int32")
PLACES = np.array([-1, 3, -1, 1, -1, 1, -1, 2, -1], "int32")
UPDATED = {
    "skip_idxs": np.array([1, -1, 5], "int32"),
    "zeros": np.zeros(9),
    "first": np.array(1, "int32"),
    "third": np.array(3, "int32"),
    "last": np.array(8, "int32"),
    "curr": draw(9, low=-3.0, high=-0.1, seed=590),
    "prev": draw(9, low=-5.0, high=-0.1, seed=591),
}
PREDICTED = probabilities(5, 4, seed=592)

CASES = [
    Expression("ctc_paths-interleave_blanks", {"labels": LABELS, "one": ONE}, interleaved),
    Expression(
        "ctc_paths-create_skip_idxs",
        {"places": PLACES, "repeated": np.array([-1, 4, -1, 4, -1], "int32"), "one": np.array([-1, 4, -1], "int64")},
        skips,
    ),
    Expression("ctc_paths-update_log_p", UPDATED, updated, ("curr", "prev")),
    Expression("ctc_paths-path_probs", {"predict": PREDICTED, "places": PLACES}, path_probs(None), ("predict",)),
    Expression("ctc_paths-path_probs-alpha", {"predict": PREDICTED, "places": PLACES}, path_probs(0.25), ("predict",)),
    Expression("ctc_paths-cost-known", {"predict": KNOWN[0], "labels": KNOWN_LABELS[0]}, cost, ("predict",)),
    Expression(
        "ctc_paths-cost-known_repeats", {"predict": KNOWN[1], "labels": KNOWN_LABELS[1, :4]}, cost, ("predict",)
    ),
    Expression(
        "ctc_paths-cost-free", {"predict": PREDICTED, "labels": np.array([2, 2], "int64")}, cost, free=("predict",)
    ),
]
