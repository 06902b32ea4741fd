"""Numbers of each dtype as each other, and floats that are whole."""

import numpy as np

from harness.worker.conformance.cases.dtypes_integers import INTEGERS, LARGEST
from harness.worker.conformance.forms import Expression

FLOATS = ("float16", "float32", "float64")
ALL = FLOATS + INTEGERS + ("bool",)
# Numbers of each dtype that casts are made of. What a float beyond an integer's range becomes is no one's promise.
SOURCES = {
    "float16": np.array([-2.75, -0.3, 0.0, 0.3, 1.0, 2.5, 126.9], "float16"),
    "float32": np.array([-2.75, -0.3, 0.0, 1e-6, 1.0, 1 / 3, 126.9], "float32"),
    "float64": np.array([-2.75, -0.3, 0.0, 1e-12, 1.0, 1 / 3, 126.9], "float64"),
    "int8": np.array([-128, -1, 0, 1, 127], "int8"),
    "int16": np.array([-32768, -129, -1, 0, 1, 128, 255, 32767], "int16"),
    "int32": np.array([-(2**31), -32769, -129, 0, 1, 255, 65541, 2**24 + 1, 2**31 - 1], "int32"),
    "int64": np.array([-LARGEST + 1, -(2**31) - 1, -1, 0, 1, 255, 2**24 + 1, 2**32 + 7, LARGEST - 1], "int64"),
    "uint8": np.array([0, 1, 127, 128, 255], "uint8"),
    "bool": np.array([True, False]),
}
# the last bit of float32 is 1 or 1/2; times 2**29 that of float64 is
WHOLE = np.array([2.0**23 + 1, -(2.0**23) - 1, 2.0**22 + 0.5, -(2.0**22) - 1.5, 2.0**24 - 1])


def casts(source):
    """Numbers of one dtype as each other; for uint8 those of floats without their sign."""

    def build(K, P, x):
        unsigned = K.abs(x) if source in FLOATS else x
        return {dtype: P.cast(unsigned if dtype == "uint8" else x, dtype) for dtype in ALL}

    return Expression("dtypes-casts-" + source, {"x": SOURCES[source]}, build, kept=("x",))


def whole(K, P, x):
    """Where every float is whole, or every other one half."""
    rounded = {"round": K.round(x), "floor": P.unary("floor", x), "cast": x}
    return {label: K.cast(tensor, "int64") for label, tensor in rounded.items()}


CASES = [casts(source) for source in ALL]
CASES += [
    Expression("dtypes-whole-float32", {"x": WHOLE.astype("float32")}, whole),
    Expression("dtypes-whole-float64", {"x": WHOLE * 2.0**29}, whole, kept=("x",)),
]
