"""Elementwise functions and comparisons."""

from harness.backends.api.arguments import checks
from harness.backends.graph import dtypes, operators, primitives
from harness.backends.graph.composites import composite


def square(x):
    """x * x, elementwise.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     bools

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, square.
    """
    return primitives.unary("square", checks.of_numbers("square", x))


def abs(x):
    """|x|, elementwise.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     bools

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, abs.
    """
    return primitives.unary("absolute", checks.of_numbers("abs", x))


def sqrt(x):
    """Square root, elementwise; negative values count as 0, and no gradient flows there.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     x has integers or bools

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, sqrt.
    """
    return primitives.unary("sqrt", checks.of_floats("sqrt", x))


def exp(x):
    """e^x, elementwise.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     x has integers or bools

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, exp.
    """
    return primitives.unary("exp", checks.of_floats("exp", x))


def log(x):
    """Natural logarithm, elementwise; log(0) is -inf, of negative values nan.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     x has integers or bools

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, log.
    """
    return primitives.unary("log", checks.of_floats("log", x))


def round(x):
    """Nearest integer, elementwise, halves to the even one; no gradient.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     bools

    Notes
    -----
    Source: keras 1.2.2, keras/backend/theano_backend.py, round.
    """
    x = checks.of_numbers("round", x)
    return primitives.unary("round", x) if x.dtype in dtypes.FLOATS else x


def sign(x):
    """-1, 0 or 1, nan of nan, elementwise; no gradient.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     bools

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, sign.
    """
    return primitives.unary("sign", checks.of_numbers("sign", x))


def sin(x):
    """Sine of radians, elementwise.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     x has integers or bools

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, sin.
    """
    return primitives.unary("sin", checks.of_floats("sin", x))


def cos(x):
    """Cosine of radians, elementwise.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     x has integers or bools

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, cos.
    """
    return primitives.unary("cos", checks.of_floats("cos", x))


def pow(x, a):
    """x ** a, elementwise; each a number or a tensor, a number taking the tensor's dtype.

    Returns
    -------
    tensor, the common shape, the wider dtype
    Raises
    ------
    ShapeMismatch     shapes do not broadcast
    TypeMismatch      a negative number as exponent of integers

    Notes
    -----
    Numerics: x ** 0 is 1 whatever x is, without a gradient; the gradient of an exponent is 0 where x is not positive.
              Integers wrap around.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, pow.
    """
    x = checks.operand("pow", "x", x)
    return operators.binary("power", x, a, op="pow")


def clip(x, min_value, max_value):
    """`x` limited to [min_value, max_value], elementwise; no gradient beyond the limits.

    Parameters
    ----------
    min_value, max_value : numbers     max_value None: no upper limit; max_value below min_value counts as min_value
    Returns
    -------
    tensor, x.shape, x.dtype           of integers with a limit that is a float: floatx
    Raises
    ------
    TypeMismatch                       a limit is not a number, or nan

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, clip.
    """
    x = checks.tensor("clip", x)
    min_value = checks.limit("clip", "min_value", min_value)
    if max_value is None:
        return operators.binary("maximum", x, min_value, op="clip")
    max_value = checks.limit("clip", "max_value", max_value)
    limit = max_value if max_value >= min_value else min_value
    expansion = _within(x, min_value, limit)
    if x.dtype != expansion.dtype:
        x = operators.cast(x, expansion.dtype)
        expansion = _within(x, min_value, limit)
    return composite("clip", (x,), {"min_value": min_value, "max_value": limit}, expansion)


def _within(x, low, high):
    """x limited by two numbers, of which one that is a float makes integers floats."""
    return operators.binary("minimum", operators.binary("maximum", x, low, op="clip"), high, op="clip")


def maximum(x, y):
    """The larger, elementwise; nan if either is nan.

    Returns
    -------
    tensor, the common shape, the wider dtype
    Raises
    ------
    ShapeMismatch     shapes do not broadcast

    Notes
    -----
    Numerics: ties send the gradient to x; where either is nan none flows.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, maximum.
    """
    return operators.binary("maximum", x, y)


def minimum(x, y):
    """The smaller, elementwise; nan if either is nan.

    Returns
    -------
    tensor, the common shape, the wider dtype
    Raises
    ------
    ShapeMismatch     shapes do not broadcast

    Notes
    -----
    Numerics: ties send the gradient to x; where either is nan none flows.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, minimum.
    """
    return operators.binary("minimum", x, y)


def equal(x, y):
    """x == y, elementwise.

    Returns
    -------
    tensor, the common shape, bool
    Raises
    ------
    ShapeMismatch     shapes do not broadcast

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, equal.
    """
    return operators.comparison("equal", x, y)


def not_equal(x, y):
    """x != y, elementwise.

    Returns
    -------
    tensor, the common shape, bool
    Raises
    ------
    ShapeMismatch     shapes do not broadcast

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, not_equal.
    """
    return operators.comparison("not_equal", x, y)


def greater(x, y):
    """x > y, elementwise.

    Returns
    -------
    tensor, the common shape, bool
    Raises
    ------
    ShapeMismatch     shapes do not broadcast

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, greater.
    """
    return operators.comparison("greater", x, y)


def greater_equal(x, y):
    """x >= y, elementwise.

    Returns
    -------
    tensor, the common shape, bool
    Raises
    ------
    ShapeMismatch     shapes do not broadcast

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, greater_equal.
    """
    return operators.comparison("greater_equal", x, y)


def lesser(x, y):
    """x < y, elementwise.

    Returns
    -------
    tensor, the common shape, bool
    Raises
    ------
    ShapeMismatch     shapes do not broadcast

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, lesser.
    """
    return operators.comparison("less", x, y, op="lesser")


def lesser_equal(x, y):
    """x <= y, elementwise.

    Returns
    -------
    tensor, the common shape, bool
    Raises
    ------
    ShapeMismatch     shapes do not broadcast

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, lesser_equal.
    """
    return operators.comparison("less_equal", x, y, op="lesser_equal")
