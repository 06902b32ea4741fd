"""Theano's steps from its formulas, place by place; paths written out one by one."""

from __future__ import annotations

import itertools

import numpy as np

from harness.worker.conformance.cases.ctc_paths import CASES, NONE, UPDATED
from tests.conformance.oracles.inputs import oracles_of

# what Keras 1.2.2 on Theano gives for ctc.KNOWN
KNOWN_COSTS = {"ctc_paths-cost-known": 1.73308, "ctc_paths-cost-known_repeats": 3.81351}


def between_blanks(labels):
    """-1, the first, -1, the second, ..., -1."""
    return np.array([-1, *itertools.chain.from_iterable((label, -1) for label in labels)], labels.dtype)


def interleave_blanks(name, **labels):
    return {"value/" + label: between_blanks(each) for label, each in (labels | {"none": NONE}).items()}


def create_skip_idxs(name, places, repeated, one):
    """Labels at 1, 3, 5, 7 of which the second is followed by itself; the last is followed by none."""
    found = {"places": [1, -1, 5], "repeated": [-1], "one": [-1]}
    return {"value/" + label: np.array(each, "int32") for label, each in found.items()}


def update_log_p(name, skip_idxs, zeros, first, third, last, curr, prev):
    """What stays, what comes from the place before, what skips one."""
    results = {}
    for label, active in (("first", int(first)), ("third", int(third)), ("last", int(last))):
        before = np.where(np.arange(len(prev)) < active, np.exp(prev), 0.0)
        now = before.copy()
        now[1:] += before[:-1]
        reached = active + 1
        for place in skip_idxs:
            if 0 <= place < active:
                now[place + 2] += before[place]
                reached = max(reached, place + 3)
        reached = min(reached, len(prev))
        log_p = np.zeros_like(curr)
        log_p[:reached] = curr[:reached] + np.log(now[:reached])
        results |= {f"value/{label}_active": np.array(reached, "int32"), f"value/{label}_log_p": log_p}
    assert len(zeros) == len(UPDATED["zeros"])
    return results


def ways(places, times):
    """All ways through the places: from one of the first two to one of the last two."""
    last = len(places) - 1
    for way in itertools.product(range(len(places)), repeat=times):
        steps = [allowed(places, one, other) for one, other in itertools.pairwise(way)]
        if way[0] <= 1 and way[-1] >= last - 1 and all(steps):
            yield way


def allowed(places, one, other):
    """Stay, go on, or skip a blank between two labels that differ."""
    skips = other == one + 2 and one % 2 == 1 and places[one] != places[other]
    return other in (one, one + 1) or skips


def through(predict, places, alpha):
    """(times, places): the probability of all ways through each place at each time."""
    smoothed = (1 - alpha) * predict[:, places] + alpha / len(places)
    found = np.zeros(smoothed.shape)
    for way in ways(places, len(predict)):
        found[range(len(predict)), way] += np.prod(smoothed[range(len(predict)), way])
    return found


def path_probs(name, predict, places):
    """Their logarithms."""
    found = through(predict, places, 0.25 if name.endswith("alpha") else 1e-4)
    mask = found > 0
    return {"value/logs": np.log(found, where=mask, out=np.zeros_like(found)), "value/mask": mask}


def cost(name, predict, labels):
    """Every way once for each time."""
    value = -np.log(through(predict, between_blanks(labels), 1e-4).sum())
    if name in KNOWN_COSTS:
        np.testing.assert_allclose(value, KNOWN_COSTS[name], atol=5e-5)
    return {"value/cost": value}


def of_case(name: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
    """The results of a case, from the function that has its name."""
    return globals()[name.split("-")[1]](name, **inputs)


ORACLES = oracles_of(CASES, of_case)
