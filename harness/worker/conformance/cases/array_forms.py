"""Arrays in every form that NumPy has: fed to functions, as values of variables and as constants."""

import tempfile

import numpy as np

from harness.worker.conformance.forms import Program

ARRAY = np.arange(12.0).reshape(3, 4) - 5


class Frame(object):
    """What other libraries hold arrays in."""

    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.array, dtype)


def unaligned(array):
    """One byte off where the machine expects numbers."""
    found = np.ndarray(array.shape, array.dtype, np.zeros(array.nbytes + 1, "uint8")[1:].data)
    found[...] = array
    return found


def field(array):
    """Part of the records of a structured array."""
    records = np.zeros(array.shape, [("mark", "int8"), ("number", array.dtype)])
    records["number"] = array
    return records["number"]


def read_only(array):
    """A copy that cannot be written to."""
    found = array.copy()
    found.flags.writeable = False
    return found


def mapped(array):
    """In a file."""
    with tempfile.TemporaryFile() as file:
        found = np.memmap(file, array.dtype, "w+", shape=array.shape)
        found[...] = array
        return found


ARRAYS = {
    "unaligned": unaligned,
    "big_endian": lambda array: array.astype(array.dtype.newbyteorder(">")),
    "unaligned_big_endian": lambda array: unaligned(array.astype(array.dtype.newbyteorder(">"))),
    "fortran": np.asfortranarray,
    "backwards": lambda array: array[::-1, ::-1].copy()[::-1, ::-1],
    "strided": lambda array: np.repeat(array, 2, axis=1)[:, ::2],
    "read_only": read_only,
    "field": field,
    "memmap": mapped,
    "matrix": lambda array: array.view(np.matrix),
    "without_mask": np.ma.array,
}
OTHERS = {
    "list": lambda array: array.tolist(),
    "tuples": lambda array: tuple(map(tuple, array.tolist())),
    "rows": list,
    "frame": Frame,
    "memory": memoryview,
}


def forms(bench):
    """Of each dtype and form whether it is taken everywhere as the plain array is."""
    found = {}
    for dtype in ("float32", "float64", "int32", "int64", "uint8", "bool"):
        plain = ARRAY.astype(dtype)
        taken = [Taken(bench, plain).matches(make(plain), name in ARRAYS) for name, make in FORMS.items()]
        found["value/" + dtype] = np.array(taken)
    return found


FORMS = dict(ARRAYS, **OTHERS)


class Taken(object):
    """The ways that an array gets into a graph."""

    def __init__(self, bench, plain):
        self.K, self.plain = bench.K, plain
        x = bench.K.placeholder((None, 4), dtype=plain.dtype)
        self.function = bench.function([x], [bench.K.reverse(x, 0)])
        self.variable = bench.K.zeros(plain.shape, dtype=plain.dtype)

    def matches(self, array, is_operand):
        """Whether each way gives the plain array."""
        found = list(self.results(array)) + ([self.as_operand(array)] if is_operand else [])
        return all(each.dtype == self.plain.dtype and np.array_equal(each, self.plain) for each in found)

    def results(self, array):
        """Fed, set, set with others, and as first value."""
        K, variable = self.K, self.variable
        yield self.function([array])[0][::-1]
        for set_ in (K.set_value, lambda x, value: K.batch_set_value([(x, value)])):
            set_(variable, np.zeros(self.plain.shape))
            set_(variable, array)
            yield K.get_value(variable)
        yield K.eval(K.variable(array, dtype=self.plain.dtype))

    def as_operand(self, array):
        """A constant, in the dtype of the array or floatx."""
        return self.K.eval(self.K.cast(self.K.reverse(array, 1), self.plain.dtype))[:, ::-1]


CASES = [Program("array_forms", forms)]
