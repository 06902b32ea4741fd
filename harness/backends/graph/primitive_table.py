"""The closed list of primitives, which every engine computes: a row for each, with what holds for every library.

Sets of primitives are derived from the rows, here or where they are needed, and never listed by hand.
"""

from typing import NamedTuple, Tuple

AS_FORWARD = "as forward"  # cost of a gradient: as many operations as the primitive itself
OF_BODY = "of its body"  # a gradient that is itself a graph


class Primitive(NamedTuple):
    """A row.

    name : str
    kind : str            leaf, unary, binary, comparison, choice, search, reduction, product, window, random, program;
                          movement: of numbers, without arithmetic; shaped: takes the sizes of inputs, not their numbers
    meaning : str         what it computes exactly, where its builder in primitives.py does not say it
    gradients : tuple     for each input the operations of its gradient, an element of the result (of a reduction: of
                          the input, but of `mean`); None: no gradient flows; the last entry stands for all further
                          inputs; (): no gradient flows at all
    elementwise : bool    each element of the result depends on one element of each input
    keeps_dtype : bool    its results are among the numbers of its inputs, or in its dtype whatever they are
    """

    name: str
    kind: str
    meaning: str = ""
    gradients: Tuple = ()
    elementwise: bool = False
    keeps_dtype: bool = False


def _unary(name, meaning, *gradients):
    """float -> float."""
    return Primitive(name, "unary", meaning, gradients, elementwise=True)


def _binary(name, meaning, *gradients, keeps_dtype=False):
    """Two inputs of one dtype -> that dtype; ties of maximum and minimum send the gradient to the first input."""
    return Primitive(name, "binary", meaning, gradients, elementwise=True, keeps_dtype=keeps_dtype)


def _comparison(name, meaning):
    """Two inputs of one dtype -> bool."""
    return Primitive(name, "comparison", meaning, elementwise=True, keeps_dtype=True)


def _reduction(name, meaning, gradient, keeps_dtype=False):
    """Over `axes`."""
    return Primitive(name, "reduction", meaning, (gradient,), keeps_dtype=keeps_dtype)


def _movement(name, *gradients, meaning="", elementwise=False):
    return Primitive(name, "movement", meaning, gradients, elementwise, keeps_dtype=True)


ROWS = (
    Primitive("placeholder", "leaf"),
    Primitive("variable", "leaf"),
    Primitive("constant", "leaf"),
    _unary("negative", "-x", 1),
    _unary("absolute", "|x|", 2),
    _unary("sign", "-1, 0 or 1; sign(0) = 0, sign(nan) = nan"),
    _unary("exp", "e^x", 1),
    _unary("log", "natural logarithm; log(0) = -inf, log of a negative number is nan", 1),
    _unary("sqrt", "square root; negative x gives 0, not nan; gradient there 0", 2),
    _unary("square", "x * x", 2),
    _unary("sin", "sine of radians", 2),
    _unary("cos", "cosine of radians", 3),
    _unary("tanh", "hyperbolic tangent", 3),
    _unary("sigmoid", "1 / (1 + e^-x), without overflow at either end", 3),
    _unary("softplus", "log(1 + e^x), without overflow at either end", 3),
    _unary("floor", "largest integer not above x"),
    _unary("round", "nearest integer, halves to the even one"),
    _binary("add", "x + y", 0, 0),
    _binary("subtract", "x - y", 0, 1),
    _binary("multiply", "x * y", 1, 1),
    _binary("divide", "x / y, floats only", 1, 3),
    _binary("power", "x ** y; 1 for y = 0, with gradient 0; the gradient of y is 0 where x is not positive", 4, 3),
    _binary("floor_divide", "the largest integer not above x / y, exact; x / y for y = 0, 0 of integers"),
    _binary("modulo", "x - y * floor_divide(x, y), exact, with the sign of y; for y = 0 nan, 0 of integers", 0, 2),
    _binary("maximum", "the larger; nan if either is nan, with gradient 0", 2, 2, keeps_dtype=True),
    _binary("minimum", "the smaller; nan if either is nan, with gradient 0", 2, 2, keeps_dtype=True),
    _comparison("equal", "x == y"),
    _comparison("not_equal", "x != y"),
    _comparison("greater", "x > y"),
    _comparison("greater_equal", "x >= y"),
    _comparison("less", "x < y"),
    _comparison("less_equal", "x <= y"),
    Primitive("select", "choice", gradients=(None, 1, 1), elementwise=True, keeps_dtype=True),
    _reduction("sum", "sum", 0),
    _reduction("mean", "sum / number of elements reduced, floats only", 1),
    _reduction(
        "max", "largest; nan if one is nan, with gradient 0; ties share the gradient equally", 3, keeps_dtype=True
    ),
    _reduction(
        "min", "smallest; nan if one is nan, with gradient 0; ties share the gradient equally", 3, keeps_dtype=True
    ),
    _reduction("product", "product; gradient of a factor: the product of all others, zeros among them or not", 4),
    Primitive("argmax", "search", keeps_dtype=True),
    Primitive("dot", "product", gradients=(AS_FORWARD,)),
    Primitive("batched_dot", "product", gradients=(AS_FORWARD,)),
    Primitive("convolution", "window", gradients=(AS_FORWARD,)),
    Primitive("pooling", "window", gradients=(AS_FORWARD,)),
    _movement("cast", 0, elementwise=True),
    _movement("transpose", 0),
    _movement("reshape", 0, None),
    _movement("expand_dims", 0),
    _movement("squeeze", 0),
    _movement("slice", 0),
    _movement("concatenate", 0),
    _movement("pad", 0),
    _movement("gather", 1, None, meaning="rows by number; the gradients of a row that comes twice are added up"),
    _movement("to_dense", 0),
    _movement("stop_gradient", elementwise=True),
    Primitive("fill", "shaped"),
    Primitive("count", "shaped"),
    Primitive("sizes", "shaped"),
    Primitive("random_uniform", "random"),
    Primitive("random_normal", "random"),
    Primitive("host", "program", keeps_dtype=True),
    Primitive("scan", "program", gradients=(OF_BODY,)),
    Primitive("gradient", "program", gradients=(OF_BODY,)),
)
TABLE = {row.name: row for row in ROWS}


def of_kind(*kinds):
    """The names of the primitives of some kinds."""
    return frozenset(row.name for row in ROWS if row.kind in kinds)


def gradient_cost(name, index):
    """The entry of `gradients` for one input of a primitive, None where no gradient flows."""
    costs = TABLE[name].gradients
    return costs[min(index, len(costs) - 1)] if costs else None


LEAVES = of_kind("leaf")
UNARY = of_kind("unary")
BINARY = of_kind("binary")
COMPARISONS = of_kind("comparison")
REDUCTIONS = of_kind("reduction")
RANDOM = of_kind("random")
ELEMENTWISE = frozenset(row.name for row in ROWS if row.elementwise)
WITHOUT_GRADIENT = frozenset(row.name for row in ROWS if not row.gradients)
KEEPING_DTYPE = frozenset(row.name for row in ROWS if row.keeps_dtype)
PRIMITIVES = frozenset(TABLE) - LEAVES
