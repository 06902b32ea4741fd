"""What a tensor of the graph becomes in CNTK: a node whose axes are all static, or one with dynamic axes.

CNTK's convolution and pooling ask for a batch axis and its recurrence for a sequence axis besides; most other
operations know static axes only. A `Native` therefore has a kind and changes it when a lowering asks for the other:

static      every axis of the tensor is a static axis of the node
batch       axis 0 of the tensor is the node's batch axis
sequence    inside a recurrence: as batch, at each step of a sequence axis
"""

import cntk as C
import numpy as np

from harness.backends.errors import UnsupportedOperation
from harness.backends.graph.dynamic_sizes import resolved
from harness.backends.graph.shape_rules import broadcast, of_rank, product


def with_elements(shape):
    """A shape as ints; UnsupportedOperation if it has no elements, at which CNTK fails or ends the process."""
    sizes = tuple(int(size) for size in shape)
    if min(sizes, default=1) < 1:
        reason = "CNTK has no tensors without elements, as one of shape %s is" % (sizes,)
        raise UnsupportedOperation("an empty tensor", "cntk", reason)
    return sizes


class NotBatched(Exception):
    """An operation inside a recurrence needs the batch axis as a static axis, which no step has."""


class Native(object):
    """A node and how the axes of the tensor lie in it.

    Attributes
    ----------
    shape : tuple of int     the tensor's, as it is when the graph runs
    kind : str               static, batch or sequence: the form that was computed
    number : float or None   the value of all elements, if it is fixed and one
    fixed : array or None    the integers that it holds, if the inputs' sizes decide them
    sparse : node or None    the same numbers as a sparse input with a batch axis
    source : Native or None  the one of another type that it was made of
    """

    def __init__(self, shape, kind, node, number=None, fixed=None):
        self.shape = with_elements(shape)
        self.kind = kind
        self.number = number
        self.fixed = fixed
        self.sparse = self.source = None
        self.forms = {kind: node}
        self.others = {}  # CNTK's type -> Native of the same numbers in it

    @property
    def node(self):
        """The node in the form that was computed."""
        return self.forms[self.kind]

    @property
    def type(self):
        """CNTK's type of the node, "float32" or "float64"."""
        return self.node.dtype.__name__

    def to(self, dtype):
        """The same numbers in a type of CNTK's; no gradient passes from one to another."""
        if self.type == dtype:
            return self
        if dtype not in self.others:
            self.others[dtype] = self._made_in(dtype)
        self.others[dtype].source = self
        return self.others[dtype]

    def _made_in(self, dtype):
        """A constant is written anew."""
        known = self.number if self.fixed is None else self.fixed
        if known is not None and self.kind == "static":
            return constant(np.broadcast_to(known, self.shape), dtype)
        return Native(self.shape, self.kind, C.cast(C.stop_gradient(self.node), np.dtype(dtype).type))

    @property
    def static(self):
        """The node with static axes only; NotBatched inside a recurrence."""
        if "static" not in self.forms:
            if self.kind == "sequence":
                raise NotBatched
            self.forms["static"] = reshaped(C.unpack_batch(self.node), self.shape)
        return self.forms["static"]

    @property
    def batch(self):
        """The node with a batch axis for axis 0; NotBatched inside a recurrence."""
        if "batch" not in self.forms:
            self.forms["batch"] = C.to_batch(self.static)
        return self.forms["batch"]

    def sequence(self, frame):
        """The node at each step of the recurrence that `frame`, a sequence node, belongs to."""
        if self.kind == "sequence":
            return self.node
        return C.sequence.broadcast_as(self.batch, framed(frame, self.type))


def static(shape, node):
    """A Native of kind static."""
    return Native(shape, "static", node)


def reshaped(node, shape):
    """`node` with other axes; CNTK copies even if they are the same ones."""
    return node if node.shape == tuple(shape) else C.reshape(node, shape)


def retyped(node, dtype):
    """`node` in another type, for gradients too: CNTK's cast writes over the gradients that others give its input."""
    return C.cast(C.plus(node, 0), dtype)


def framed(frame, dtype):
    """`frame`, of which only the axes matter, as a node of a type."""
    return frame if frame.dtype == np.dtype(dtype) else C.cast(C.stop_gradient(frame), dtype)


def constant(array, dtype):
    """A constant, held in a type of CNTK's."""
    held = np.array(array, dtype=dtype, order="C")
    with_elements(held.shape)
    number = float(held.ravel()[0]) if held.size == 1 else None
    return Native(held.shape, "static", C.constant(held), number, array if array.dtype.kind in "iu" else None)


def filled(shape, number, dtype):
    """A constant of one value, held in a type of CNTK's."""
    shape = with_elements(shape)
    return Native(shape, "static", C.constant(np.full(shape, number, dtype=dtype)), float(number))


class Values(dict):
    """Operation -> natives, where some tensors are probed: zeros are added to them, whose gradient is the tensor's.

    Attributes
    ----------
    probes : dict, Tensor -> CNTK parameter of the zeros, None until the tensor is lowered
    """

    def __init__(self, natives=(), probed=()):
        super(Values, self).__init__(natives)
        self.probes = dict.fromkeys(probed)

    def probed(self, tensor, native):
        """`native`, the tensor's, with its probe if it has one."""
        if tensor not in self.probes:
            return native
        self.probes[tensor] = C.parameter(init=np.zeros(native.shape, dtype=native.type))
        return static(native.shape, C.plus(native.static, self.probes[tensor]))


def elementwise(engine, function, natives):
    """`function` of the nodes in one form, broadcast as numpy does: batched if an input is and the shapes allow it."""
    shape = broadcast("elementwise", *[native.shape for native in natives])
    kind = common_kind(natives)
    engine.work.rows(_rows([native.shape for native in natives], shape))
    if kind != "static" and _batches_fit(natives, shape):
        return Native(shape, kind, function(*[_aligned(engine, native, shape, kind) for native in natives]))
    return static(shape, function(*[native.static for native in natives]))


def linked(value, x):
    """`value`, with `x` as the branch of a choice that is never taken.

    What is behind CNTK's stop_gradient alone has no place for gradients, and CNTK ends with 'Cannot find input' where a
    parameter in it is differentiated by on another way.
    """
    return C.element_select(C.constant(np.ones((), value.dtype)), value, x)


def _rows(shapes, shape):
    """How many rows CNTK goes through one by one, within which both operands are whole; 0 if they are whole at all."""
    rank = len(shape)
    aligned = [of_rank(each, rank) for each in shapes]
    missing = [axis for axis in range(rank) if any(each[axis] != shape[axis] for each in aligned)]
    rows = len(shapes) == 2 and missing and missing[-1] < rank - 1
    return product(shape[: missing[-1] + 1]) if rows else 0


def common_kind(natives):
    """The kind that the natives have in common: sequence before batch before static."""
    kinds = [native.kind for native in natives]
    return "sequence" if "sequence" in kinds else "batch" if "batch" in kinds else "static"


def _batches_fit(natives, shape):
    """Whether axis 0 of every batched native is axis 0 of the result."""
    batched = [native.shape for native in natives if native.kind != "static"]
    return all(len(each) == len(shape) and each[0] == shape[0] for each in batched)


def _aligned(engine, native, shape, kind):
    """The node of an input of a batched elementwise operation: static ones are repeated for each sample."""
    if native.kind == kind:
        return native.node
    if native.kind == "static" and len(native.shape) < len(shape):
        return native.static
    if native.number is not None:
        return filled(native.shape[1:], native.number, native.type).node
    if native.kind == "static" and native.shape[0] == 1:
        return reshaped(native.static, native.shape[1:])
    return native.sequence(engine.frame) if kind == "sequence" else native.batch


def _within_samples(x, function, shape):
    """`function(node, shift)` in x's form; `shift` is how many leading axes the node does not have."""
    if x.kind == "static":
        return static(shape, reshaped(function(x.static, 0), shape))
    return Native(shape, x.kind, reshaped(function(x.node, 1), shape[1:]))


def _anywhere(x, function, shape):
    """`function(node, 0)` on the static form."""
    return static(shape, reshaped(function(x.static, 0), shape))


def along(x, axes, function, shape):
    """As `_within_samples` unless axis 0, the batch, takes part."""
    return (_anywhere if 0 in axes else _within_samples)(x, function, shape)


def concrete(shape, natives):
    """A shape attribute with the sizes and numbers of the inputs in place of its DimensionOf and NumberOf."""
    return resolved(shape, lambda source, axis: natives[source].shape[axis], lambda source: _number(natives[source]))


def _number(native):
    """The size that a scalar is; sizes are known before values are, but those that depend on sizes alone."""
    if native.number is None:
        raise UnsupportedOperation("a size that is computed from values", "cntk", "CNTK plans a function by its sizes")
    return int(native.number)
