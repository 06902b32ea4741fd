"""The product over axes, whose gradient Theano has once, and not where a factor is infinite or nan."""

from theano import tensor as T
from theano.compile import ViewOp
from theano.tensor.elemwise import Prod

from harness.backends.engines.theano.dtypes import with_ones
from harness.backends.errors import UnsupportedOperation
from harness.backends.graph import dtypes, shape_rules


class Product(Prod):
    """Theano's, with the product of all others for the gradient of a factor.

    Attributes
    ----------
    count : int or None      how many factors there are, if that is known
    """

    count = None

    def L_op(self, inputs, outputs, slopes):
        x, axes = inputs[0], list(self.axis)
        kept = [axis for axis in range(x.ndim) if axis not in axes]
        turned = x.dimshuffle(*(kept + axes))
        sizes = [turned.shape[axis] for axis in range(x.ndim)]
        factors = turned.reshape(sizes[: len(kept)] + [-1], ndim=len(kept) + 1)
        others = _before(factors, self.count) * _before(factors[..., ::-1], self.count)[..., ::-1]
        back = [(kept + axes).index(axis) for axis in range(x.ndim)]
        others = others.reshape(sizes, ndim=x.ndim).dimshuffle(*back)
        spread = slopes[0].dimshuffle(*["x" if axis in axes else kept.index(axis) for axis in range(x.ndim)])
        return [with_ones(others * spread, x.broadcastable)]


def _before(factors, count):
    """The product of all factors before each along the last axis: by doubling, which can be differentiated again."""
    products = _behind_ones(factors, 1)
    if count is None:
        return T.extra_ops.cumprod(DifferentiatedOnce()(products), axis=-1)
    apart = 1
    while apart < count:
        products, apart = products * _behind_ones(products, apart), 2 * apart
    return products


def _behind_ones(x, number):
    """x moved along its last axis, with ones in front."""
    return T.concatenate([T.ones_like(x[..., :number]), x[..., :-number]], axis=-1)


class DifferentiatedOnce(ViewOp):
    """Its input, through which no gradient can pass: Theano's divides by 0."""

    def grad(self, inputs, slopes):
        raise UnsupportedOperation(
            "gradient", "theano", "a product over an unknown number of factors is differentiated once, not twice"
        )


def product(engine, operation, x):
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


LOWERINGS = {"product": product}
