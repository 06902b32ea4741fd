"""Integers and bools beside a limit that is a float: floatx, as far as the limit says, on every engine."""

import numpy as np

from harness.worker.conformance.forms import Expression

INF = float("inf")
SIGNED = np.array([-3, 1, 9, 0, 2])
UNSIGNED = np.array([3, 1, 9, 0, 2])
FLAGS = np.array([True, False, True])


def limited(K, P, x):
    """Every function of K with a limit, a leak or an alternative."""
    return {
        "clip": K.clip(x, 0.0, 1.5),
        "clip_low": K.clip(x, 0.5, 3),
        "clip_high": K.clip(x, 0, 1.5),
        "clip_one_side": K.clip(x, 0.5, None),
        "clip_endless": K.clip(x, 0, INF),
        "clip_whole_float": K.clip(x, 0.0, 2.0),
        "clip_integers": K.clip(x, 0, 2),
        "clip_turned": K.clip(x, 2.5, 0.5),
        "maximum": K.maximum(x, 0.5),
        "maximum_of_number": K.maximum(0.5, x),
        "minimum": K.minimum(x, 1.5),
        "capped": K.relu(x, max_value=2.5),
        "capped_endlessly": K.relu(x, max_value=INF),
        "capped_by_integer": K.relu(x, max_value=6),
        "leaky": K.relu(x, alpha=0.5),
        "leaky_by_integer": K.relu(x, alpha=2),
        "leaky_and_capped": K.relu(x, alpha=0.5, max_value=6),
        "chosen": K.switch(K.greater(x, 1), x, 0.5),
        "plus": x + 0.5,
        "times": 0.5 * x,
        "above": K.greater(x, 0.5),
        "below": K.lesser_equal(x, 1.5),
        "equal": K.equal(x, 1.5),
    }


def flags(K, P, x):
    """Bools beside a number are integers, beside a float floats."""
    return {
        "clip": K.clip(x, 0.25, 0.5),
        "maximum": K.maximum(x, 0.5),
        "capped": K.relu(x, max_value=0.5),
        "chosen": K.switch(x, 1.5, 0.5),
        "above": K.greater(x, 0.5),
    }


def of(dtype):
    numbers = UNSIGNED if dtype == "uint8" else SIGNED
    return Expression("float_limits-" + dtype, {"x": numbers.astype(dtype)}, limited)


CASES = [of(dtype) for dtype in ("int8", "int16", "int32", "int64", "uint8")]
CASES += [Expression("float_limits-bool", {"x": FLAGS}, flags)]
