"""What sessions hold, by hand."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.sessions import BODIES
from tests.conformance.oracles.draws import true


def uids():
    return {"value/numbers": np.array([1, 2, 1, 1, 3, 2]), "value/again": np.array([1, 1])}


def cleared():
    facts = true("another", "same_backend", "input_again", "lost")
    values = {"value/uid": np.array(1), "value/doubled": np.array([4.0, 6.0]), "update/made": np.array([3.0, 4.0])}
    return facts | values


def swapped():
    return true("same", "two", "taken") | {"value/values": np.array([5.0, 7.0])}


def initialised():
    return {"value/values": np.array([[3.0, 4.0], [3.0, 4.0]])}


# The oracle of a body has its name.
ORACLES = {"sessions-" + body.__name__: globals()[body.__name__] for body in BODIES}
