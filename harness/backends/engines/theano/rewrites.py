"""Rewrites of Theano's optimizer that lose a nan or an infinity: restricted to integers, for which they are exact.

Of floats Theano would make x - x 0, x / x 1, 0 * x and 0 / x 0, x == x true, (x + y) - y x, and so on. It may still
fuse, merge and stabilise what computes them.
"""

from theano import scalar
from theano.tensor import opt

from harness.backends.graph.dtypes import FLOATS


def _of_floats(node):
    """Whether a node computes floats, or compares them."""
    return any(getattr(variable, "dtype", None) in FLOATS for variable in node.inputs)


def _compares_floats(node):
    """Whether a node compares floats."""
    compares = isinstance(getattr(node.op, "scalar_op", None), scalar.LogicalComparison)
    return compares and _of_floats(node)


def _multiplies_by_zero(node):
    """Whether a node multiplies floats by a constant that is 0."""
    return _of_floats(node) and any(opt.local_mul_canonizer.get_constant(each) == 0 for each in node.inputs)


# rewrite -> of which nodes it is kept away
KEPT_AWAY = (
    (opt.local_mul_canonizer, _of_floats),
    (opt.local_add_canonizer, _of_floats),
    (opt.local_greedy_distributor, _of_floats),
    (opt.local_mul_zero, _of_floats),
    (opt.local_zero_div, _of_floats),
    (opt.local_0_dot_x, _of_floats),
    (opt.local_elemwise_sub_zeros, _of_floats),
    (opt.local_mul_switch_sink, _of_floats),
    (opt.local_div_switch_sink, _of_floats),
    (opt.local_log_add, _of_floats),
    (opt.local_log_sum_exp, _of_floats),
    (opt.local_useless_elemwise, _compares_floats),
    (opt.local_useless_elemwise_comparison, _compares_floats),
    (opt.local_mul_specialize, _multiplies_by_zero),
    (opt.local_sum_prod_mul_by_scalar, _of_floats),
    (opt.local_sum_prod_div_dimshuffle, _of_floats),
)


def restrain():
    """Keeps the rewrites away from now on, in all of Theano."""
    for rewrite, refused in KEPT_AWAY:
        if not hasattr(rewrite, "unrestrained"):
            rewrite.unrestrained = rewrite.transform
            rewrite.transform = _unless(refused, rewrite.unrestrained)


def _unless(refused, transform):
    return lambda node: False if refused(node) else transform(node)
