"""Reductions, argmax and softmax."""

import numpy as np
from theano import gof
from theano import tensor as T
from theano.compile import ViewOp
from theano.tensor.blas import _dot22
from theano.tensor.elemwise import Prod, Sum
from theano.tensor.opt import register_specialize

from harness.backends.engines.theano.dtypes import with_ones
from harness.backends.errors import UnsupportedOperation
from harness.backends.graph import dtypes, shape_rules


class ShareAmongTies(ViewOp):
    """Its input; its gradient is divided by how many elements tie for the largest along `axes`, and 0 at all others.

    Stands before a maximum, whose gradient in Theano goes in full to each of the tied elements.
    """

    __props__ = ("axes",)

    def __init__(self, axes):
        self.axes = axes

    def grad(self, inputs, cotangents):
        ties = T.eq(inputs[0], T.max(inputs[0], axis=self.axes, keepdims=True))
        count = T.cast(T.sum(ties, axis=self.axes, keepdims=True), cotangents[0].dtype)
        return [T.switch(ties, cotangents[0] / count, np.zeros((), cotangents[0].dtype))]


class LargestInteger(gof.Op):
    """The largest of int64 numbers along `axes`; Theano's own goes by double."""

    __props__ = ("axes",)

    def __init__(self, axes):
        self.axes = axes

    def make_node(self, x):
        kept = [one for axis, one in enumerate(x.broadcastable) if axis not in self.axes]
        return gof.Apply(self, [x], [T.TensorType(x.dtype, kept)()])

    def perform(self, node, inputs, outputs):
        outputs[0][0] = np.asarray(inputs[0].max(axis=self.axes))

    def infer_shape(self, node, shapes):
        return [tuple(size for axis, size in enumerate(shapes[0]) if axis not in self.axes)]


class Product(Prod):
    """Theano's, with the product of all others for the gradient of a factor; its own is wrong beside inf and nan.

    Attributes
    ----------
    count : int or None      how many factors there are, if that is known
    """

    count = None

    def L_op(self, inputs, outputs, cotangents):
        x, axes = inputs[0], list(self.axis)
        kept = [axis for axis in range(x.ndim) if axis not in axes]
        turned = x.dimshuffle(*(kept + axes))
        sizes = [turned.shape[axis] for axis in range(x.ndim)]
        factors = turned.reshape(sizes[: len(kept)] + [-1], ndim=len(kept) + 1)
        others = _before(factors, self.count) * _before(factors[..., ::-1], self.count)[..., ::-1]
        back = [(kept + axes).index(axis) for axis in range(x.ndim)]
        others = others.reshape(sizes, ndim=x.ndim).dimshuffle(*back)
        spread = cotangents[0].dimshuffle(*["x" if axis in axes else kept.index(axis) for axis in range(x.ndim)])
        return [with_ones(others * spread, x.broadcastable)]


def _before(factors, count):
    """The product of all factors before each along the last axis: by doubling, which can be differentiated again."""
    products = _behind_ones(factors, 1)
    if count is None:
        return T.extra_ops.cumprod(DifferentiatedOnce()(products), axis=-1)
    distance = 1
    while distance < count:
        products, distance = products * _behind_ones(products, distance), 2 * distance
    return products


def _behind_ones(x, number):
    """x moved along its last axis, with ones in front."""
    return T.concatenate([T.ones_like(x[..., :number]), x[..., :-number]], axis=-1)


class DifferentiatedOnce(ViewOp):
    """Its input, through which no gradient can pass: Theano's divides by 0."""

    def grad(self, inputs, cotangents):
        raise UnsupportedOperation(
            "gradient", "theano", "a product over an unknown number of factors is differentiated once, not twice"
        )


def _product(engine, operation, x):
    """The primitive; over no axes at all it is its input."""
    axes, keepdims = operation.attributes["axes"], operation.attributes["keepdims"]
    if not axes:
        return x
    if x.dtype not in dtypes.FLOATS:
        return T.prod(x, axis=list(axes), keepdims=keepdims)
    made = Product(axis=list(axes))
    made.count = shape_rules.product(operation.inputs[0].shape[axis] for axis in axes)
    multiplied = made(x)
    return T.makeKeepDims(x, multiplied, list(axes)) if keepdims else multiplied


def _reduction(function):
    """A lowering; over no axes at all every reduction is its input."""

    def lowering(engine, operation, x):
        axes = operation.attributes["axes"]
        return function(x, axis=list(axes), keepdims=operation.attributes["keepdims"]) if axes else x

    return lowering


def _max(x, axis, keepdims):
    if x.dtype == "bool":
        return T.any(x, axis=axis, keepdims=keepdims)
    if x.dtype == "int64":
        largest = LargestInteger(tuple(axis))(x)
        return T.makeKeepDims(x, largest, axis) if keepdims else largest
    return T.max(ShareAmongTies(tuple(axis))(x), axis=axis, keepdims=keepdims)


def _min(x, axis, keepdims):
    """The largest in the order turned around; of integers by their bits, as the smallest has no negative."""
    turned = T.neg if x.dtype.startswith("float") else T.invert
    return turned(_max(turned(x), axis, keepdims))


def _softmax(engine, operation, x):
    """Composite: Theano's over the rows of a matrix."""
    if x.ndim == 2:
        return T.nnet.softmax(x)
    rows = x.reshape((-1, x.shape[-1]), ndim=2)
    return T.nnet.softmax(rows).reshape(x.shape, ndim=x.ndim)


@register_specialize
@gof.local_optimizer([Sum])
def sum_as_product(node):
    """A sum over leading axes, the gradient of a bias among them: ones (1, rows) times x (rows, columns).

    Theano's own loop runs down each column; a product runs along the rows.
    """
    x = node.inputs[0]
    axes = node.op.axis
    if axes is None or sorted(axes) != list(range(len(axes))) or len(axes) == x.ndim:
        return False
    if x.dtype not in ("float32", "float64") or node.outputs[0].dtype != x.dtype or any(x.broadcastable):
        return False
    rest = [x.shape[axis] for axis in range(len(axes), x.ndim)]
    count, columns = T.prod(x.shape[: len(axes)]), T.prod(rest) if len(rest) > 1 else rest[0]
    total = _dot22(T.ones((1, count), dtype=x.dtype), x.reshape((count, columns), ndim=2))
    return [total.reshape(rest, ndim=len(rest))]


LOWERINGS = {
    "sum": _reduction(T.sum),
    "mean": _reduction(T.mean),
    "max": _reduction(_max),
    "min": _reduction(_min),
    "product": _product,
    "argmax": lambda engine, operation, x: T.argmax(x, axis=operation.attributes["axis"]),
    "softmax": _softmax,
}
