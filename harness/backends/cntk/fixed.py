"""Integers that the sizes of a graph's inputs decide, such as the product of two sizes: computed while lowering.

A plan holds for one set of input shapes, so they are constants in it; sizes of other tensors may hang on them.
"""

import cntk as C
import numpy as np

from harness.backends.cntk.natives import Native
from harness.backends.numpy_engine import NumpyEngine
from harness.backends.shapes import FLOATS

LEFT = ("gradient", "host")  # of several outputs


def fixed(array):
    """A constant whose integers are known here."""
    array = np.asarray(array)
    number = float(array.ravel()[0]) if array.size == 1 else None
    return Native(array.shape, "static", C.constant(array.astype(np.float32)), number, fixed=array)


def folded(operation, natives):
    """The constant that an operation of such integers yields, None if it is no such operation."""
    if not natives or any(native.fixed is None for native in natives):
        return None
    if operation.expansion is not None or operation.name in LEFT or operation.outputs[0].dtype in FLOATS:
        return None
    arrays = [native.fixed.astype(tensor.dtype) for native, tensor in zip(natives, operation.inputs)]
    return fixed(np.asarray(NumpyEngine.lowerings[operation.name](None, operation, *arrays)))
