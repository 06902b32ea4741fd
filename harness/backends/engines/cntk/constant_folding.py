"""Integers that the sizes of a graph's inputs decide, such as the product of two sizes: computed while lowering.

A plan holds for one set of input shapes, so they are constants in it; sizes of other tensors may depend on them.
"""

import numpy as np

from harness.backends.engines.cntk.dtypes import held_in
from harness.backends.engines.cntk.native import constant
from harness.backends.engines.numpy.lowerings import computed
from harness.backends.graph.dtypes import FLOATS

LEFT = ("gradient", "host")  # of several outputs


def fixed(array):
    """A constant whose integers, or what was found of such, are known here."""
    array = np.asarray(array)
    native = constant(array, held_in(array.dtype.name))
    native.fixed = array
    return native


def folded(operation, natives):
    """The constant that an operation of such integers yields, None if it is no such operation."""
    if not natives or any(native.fixed is None for native in natives):
        return None
    if operation.expansion is not None or operation.name in LEFT or operation.outputs[0].dtype in FLOATS:
        return None
    arrays = [native.fixed.astype(tensor.dtype) for native, tensor in zip(natives, operation.inputs)]
    return fixed(computed(operation, arrays))
