"""Theano's types from ours: dtypes, and the axes of size 1, which Theano has to know to broadcast them."""

from theano import tensor as T
from theano.sparse import SparseType
from theano.tensor.extra_ops import cpu_contiguous

from harness.backends.graph.dynamic_sizes import resolved


def ones(tensor):
    """Of each axis whether its size is known to be 1."""
    return tuple(size == 1 for size in tensor.shape)


def variable_type(tensor):
    """The type of native variables for `tensor`."""
    if tensor.is_sparse and not tensor.is_variable:
        return SparseType("csr", tensor.dtype)
    return T.TensorType(tensor.dtype, ones(tensor))


def cast(native, dtype):
    """`native` as `dtype`; to bool by x != 0, where Theano would truncate first."""
    if native.dtype == dtype:
        return native
    return T.neq(native, 0) if dtype == "bool" else T.cast(native, dtype)


def wider(dtype):
    """A dtype, float32 for float16."""
    return "float32" if dtype == "float16" else dtype


def widened(native):
    """`native`, float32 for float16."""
    return cast(native, "float32") if native.dtype == "float16" else native


def through_float32(lowering):
    """A lowering whose inputs of float16, for which Theano has no C, come as float32; `conform` rounds the result."""

    def lowered(engine, operation, *natives):
        return lowering(engine, operation, *[widened(native) for native in natives])

    return lowered


def conform(native, tensor):
    """`native`, if dense, with the dtype of `tensor` and every axis that is 1 there known as such."""
    if isinstance(native.type, SparseType):
        return native
    native = cast(native, tensor.dtype)
    missing = [axis for axis, one in enumerate(ones(tensor)) if one and not native.broadcastable[axis]]
    return T.addbroadcast(native, *missing) if missing else native


def with_ones(native, pattern):
    """`native` with exactly the axes of `pattern` known to be 1."""
    return native if native.broadcastable == tuple(pattern) else T.patternbroadcast(native, pattern)


def sizes(native, tensor):
    """The sizes of `native`, ints where the graph knows them."""
    return [native.shape[axis] if size is None else size for axis, size in enumerate(tensor.shape)]


def wanted_sizes(shape, natives):
    """The sizes of a `shape` attribute, whose DimensionOf and NumberOf are those of `natives`."""
    return resolved(shape, lambda source, axis: natives[source].shape[axis], lambda source: natives[source])


def in_one_piece(operation, native):
    """The input of an elementwise operation, copied if it is a part of a tensor: nothing else is vectorized."""
    return cpu_contiguous(native) if operation.inputs[0].operation.name == "slice" else native
