"""Random draws: each operation has a stream of its own in each function, and each call goes on in it.

Uniform draws are a function of their number: vectorized, and on all threads. MRG31k3p, which Theano has, goes from each
draw to the next: 65,536 take it 745 us, this 103 on one thread (AMD EPYC).

Draw i of a stream is the i-th output of SplitMix64 from the stream's key on [G. Steele, D. Lea, C. Flood, "Fast
splittable pseudorandom number generators", OOPSLA 2014]: its state is a counter, so no draw waits for the one before.
"""

import numpy as np
import theano
from theano import tensor as T
from theano.gof import Apply, OpenMPOp

from harness.backends.engines.theano.dtypes import wanted_sizes, wider

STEP, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
DIGITS = {"float32": 24, "float64": 53}  # bits of a draw: all that the type holds below 1
PARALLEL_FROM = 20000  # elements; below, waking a thread costs more than it saves
CODE = """
{
    const npy_uint64 key = *(npy_uint64 *)PyArray_GETPTR1(%(state)s, 0);
    const npy_uint64 begin = *(npy_uint64 *)PyArray_GETPTR1(%(state)s, 1);
    npy_intp sizes[%(ndim)d], two = 2;
    for (int axis = 0; axis < %(ndim)d; axis++)
        sizes[axis] = *(npy_int64 *)PyArray_GETPTR1(%(sizes)s, axis);
    if (!%(drawn)s || !PyArray_CompareLists(PyArray_DIMS(%(drawn)s), sizes, %(ndim)d)
        || !PyArray_IS_C_CONTIGUOUS(%(drawn)s)) {
        Py_XDECREF(%(drawn)s);
        %(drawn)s = (PyArrayObject *)PyArray_EMPTY(%(ndim)d, sizes, %(type)s, 0);
    }
    Py_XDECREF(%(after)s);
    %(after)s = (PyArrayObject *)PyArray_EMPTY(1, &two, NPY_INT64, 0);
    if (!%(drawn)s || !%(after)s) {
        PyErr_SetString(PyExc_MemoryError, "no memory for random draws");
        %(fail)s
    }
    const npy_intp count = PyArray_SIZE(%(drawn)s);
    dtype_%(drawn)s *to = (dtype_%(drawn)s *)PyArray_DATA(%(drawn)s);
    #ifdef _OPENMP
    #pragma omp parallel for simd schedule(static) if(count >= %(parallel_from)d)
    #endif
    for (npy_intp i = 0; i < count; i++) {
        npy_uint64 z = key + (begin + (npy_uint64)i) * %(step)dULL;
        z = (z ^ (z >> 30)) * %(first)dULL;
        z = (z ^ (z >> 27)) * %(second)dULL;
        z ^= z >> 31;
        to[i] = (dtype_%(drawn)s)(z >> %(dropped)d) * (dtype_%(drawn)s)%(unit)r;
    }
    ((npy_uint64 *)PyArray_DATA(%(after)s))[0] = key;
    ((npy_uint64 *)PyArray_DATA(%(after)s))[1] = begin + (npy_uint64)count;
}
"""


class CountedUniform(OpenMPOp):
    """(state: key and number of the next draw; sizes) -> (draws in [0, 1), state after them)."""

    __props__ = ("dtype", "ndim")

    def __init__(self, dtype, ndim):
        super(CountedUniform, self).__init__()
        self.dtype, self.ndim = dtype, ndim

    def make_node(self, state, sizes):
        return Apply(self, [state, sizes], [T.TensorType(self.dtype, (False,) * self.ndim)(), state.type()])

    def infer_shape(self, node, shapes):
        return [[node.inputs[1][axis] for axis in range(self.ndim)], shapes[0]]

    def connection_pattern(self, node):
        return [[False, True], [False, False]]

    def L_op(self, inputs, outputs, cotangents):
        return [theano.gradient.disconnected_type() for _ in inputs]

    def perform(self, node, inputs, outputs):
        (key, begin), sizes = inputs[0].view("uint64"), inputs[1]
        count = int(np.prod(sizes))
        with np.errstate(over="ignore"):
            z = key + (begin + np.arange(count, dtype="uint64")) * np.uint64(STEP)
            z = (z ^ (z >> np.uint64(30))) * np.uint64(FIRST)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(SECOND)
            z ^= z >> np.uint64(31)
        digits = DIGITS[self.dtype]
        drawn = (z >> np.uint64(64 - digits)).astype(self.dtype) * np.asarray(2.0**-digits, self.dtype)
        outputs[0][0] = drawn.reshape(sizes)
        outputs[1][0] = np.array([key, begin + np.uint64(count)]).view("int64")

    def c_code(self, node, name, inputs, outputs, sub):
        return CODE % {
            "state": inputs[0],
            "sizes": inputs[1],
            "drawn": outputs[0],
            "after": outputs[1],
            "fail": sub["fail"],
            "ndim": self.ndim,
            "type": "NPY_" + self.dtype.upper(),
            "dropped": 64 - DIGITS[self.dtype],
            "unit": 2.0 ** -DIGITS[self.dtype],
            "step": STEP,
            "first": FIRST,
            "second": SECOND,
            "parallel_from": PARALLEL_FROM,
        }

    def c_code_cache_version(self):
        return (1, self.openmp)


def uniform(key, sizes, dtype):
    """Draws of a stream of their own, which go on with each call of the function."""
    state = theano.shared(np.array([key, 0], dtype="int64"))
    drawn, after = CountedUniform(dtype, len(sizes))(state, T.cast(T.stack(sizes), "int64"))
    state.default_update = after
    return drawn


def _random_uniform(engine, operation, *likes):
    """Of float16 in float32, for which there is C."""
    at, dtype = operation.attributes, wider(operation.outputs[0].dtype)
    sizes = wanted_sizes(operation.attributes["shape"], likes)
    drawn = uniform(engine.key(at["seed"]), sizes or (1,), dtype)
    low, high = (np.asarray(at[name], dtype=dtype) for name in ("low", "high"))
    drawn = drawn if (low, high) == (0, 1) else drawn * (high - low) + low
    return drawn if sizes else drawn[0]


def _random_normal(engine, operation, *likes):
    """From MRG31k3p, as Theano has it; it knows no draw without axes, or of nothing."""
    at, dtype = operation.attributes, operation.outputs[0].dtype
    sizes = wanted_sizes(operation.attributes["shape"], likes)
    mean, std = (np.asarray(at[name], dtype=dtype) for name in ("mean", "std"))
    if any(isinstance(size, int) and size == 0 for size in sizes):
        return T.alloc(mean, *sizes)
    drawn = engine.stream(at["seed"]).normal(sizes or (1,), mean, std, dtype=dtype)
    return drawn if sizes else drawn[0]


LOWERINGS = {"random_uniform": _random_uniform, "random_normal": _random_normal}
