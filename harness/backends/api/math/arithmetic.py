"""Elementwise functions and comparisons."""

from harness.backends.api.arguments import checks
from harness.backends.graph import dtypes, operators, primitives
from harness.backends.graph.composites import composite

DOCSTRING = """%s

Returns
-------
tensor, %s
Raises
------
%s

Notes
-----
%sSource:   keras 1.2.2, keras/backend/tensorflow_backend.py, %s.
"""
BROADCAST = "ShapeMismatch     shapes do not broadcast"


def named(function, name, docstring):
    """A function of K that differs from others in its name alone and in what it computes."""
    function.__name__ = function.__qualname__ = name
    function.__doc__ = docstring
    return function


def _elementwise(function, name, sentence, returns, raises, numerics=""):
    """A named function with a docstring as all here have it."""
    return named(function, name, DOCSTRING % (sentence, returns, raises, numerics, name))


def _of_numbers(name, primitive, sentence):
    """An elementwise function of floats and integers."""

    def compute(x):
        return primitives.unary(primitive, checks.of_numbers(name, x))

    return _elementwise(compute, name, sentence, "x.shape, x.dtype", "TypeMismatch     bools")


def _of_floats(name, sentence):
    """An elementwise function of floats alone."""

    def compute(x):
        return primitives.unary(name, checks.of_floats(name, x))

    return _elementwise(compute, name, sentence, "x.shape, x.dtype", "TypeMismatch     x has integers or bools")


def _extremum(name, sentence):
    """The larger or the smaller of two."""
    numerics = "Numerics: ties send the gradient to x; where either is nan none flows.\n"

    def compute(x, y):
        return operators.binary(name, x, y)

    return _elementwise(compute, name, sentence, "the common shape, the wider dtype", BROADCAST, numerics)


def _comparison(name, primitive, symbol):
    """A comparison of two."""

    def compute(x, y):
        return operators.comparison(primitive, x, y, op=name)

    return _elementwise(compute, name, "x %s y, elementwise." % symbol, "the common shape, bool", BROADCAST)


square = _of_numbers("square", "square", "x * x, elementwise.")
abs = _of_numbers("abs", "absolute", "|x|, elementwise.")
sign = _of_numbers("sign", "sign", "-1, 0 or 1, nan of nan, elementwise; no gradient.")
sqrt = _of_floats("sqrt", "Square root, elementwise; negative values count as 0, and no gradient flows there.")
exp = _of_floats("exp", "e^x, elementwise.")
log = _of_floats("log", "Natural logarithm, elementwise; log(0) is -inf, of negative values nan.")
sin = _of_floats("sin", "Sine of radians, elementwise.")
cos = _of_floats("cos", "Cosine of radians, elementwise.")
maximum = _extremum("maximum", "The larger, elementwise; nan if either is nan.")
minimum = _extremum("minimum", "The smaller, elementwise; nan if either is nan.")
equal = _comparison("equal", "equal", "==")
not_equal = _comparison("not_equal", "not_equal", "!=")
greater = _comparison("greater", "greater", ">")
greater_equal = _comparison("greater_equal", "greater_equal", ">=")
lesser = _comparison("lesser", "less", "<")
lesser_equal = _comparison("lesser_equal", "less_equal", "<=")


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
