"""The closed list of primitives, which every engine computes, and what each elementwise one means exactly."""

LEAVES = ("placeholder", "variable", "constant")

# float -> float, elementwise
UNARY = {
    "negative": "-x",
    "absolute": "|x|",
    "sign": "-1, 0 or 1; sign(0) = 0, sign(nan) = nan; gradient 0",
    "exp": "e^x",
    "log": "natural logarithm; log(0) = -inf, log of a negative number is nan",
    "sqrt": "square root; negative x gives 0, not nan; gradient there 0",
    "square": "x * x",
    "sin": "sine of radians",
    "cos": "cosine of radians",
    "tanh": "hyperbolic tangent",
    "sigmoid": "1 / (1 + e^-x), without overflow at either end",
    "softplus": "log(1 + e^x), without overflow at either end",
    "floor": "largest integer not above x; gradient 0",
    "round": "nearest integer, halves to the even one; gradient 0",
}
# two inputs of one dtype -> that dtype; ties of maximum and minimum send the gradient to the first input
BINARY = {
    "add": "x + y",
    "subtract": "x - y",
    "multiply": "x * y",
    "divide": "x / y, floats only",
    "power": "x ** y; 1 for y = 0, with gradient 0; the gradient of y is 0 where x is not positive",
    "floor_divide": "the largest integer not above x / y, exact; x / y for y = 0, 0 of integers; gradient 0",
    "modulo": "x - y * floor_divide(x, y), exact, with the sign of y; for y = 0 nan, 0 of integers",
    "maximum": "the larger; nan if either is nan, with gradient 0",
    "minimum": "the smaller; nan if either is nan, with gradient 0",
}
# two inputs of one dtype -> bool
COMPARISONS = {
    "equal": "x == y",
    "not_equal": "x != y",
    "greater": "x > y",
    "greater_equal": "x >= y",
    "less": "x < y",
    "less_equal": "x <= y",
}
ELEMENTWISE = frozenset(UNARY) | frozenset(BINARY) | frozenset(COMPARISONS)
REDUCTIONS = {
    "sum": "sum over `axes`",
    "mean": "sum / number of elements reduced, floats only",
    "max": "largest; nan if one is nan, with gradient 0; the gradient is shared equally among ties",
    "min": "smallest; nan if one is nan, with gradient 0; the gradient is shared equally among ties",
    "product": "product over `axes`; the gradient of a factor is the product of all others, zeros among them or not",
}
RANDOM = ("random_uniform", "random_normal")
PRIMITIVES = (
    tuple(UNARY)
    + tuple(BINARY)
    + tuple(COMPARISONS)
    + tuple(REDUCTIONS)
    + ("argmax", "select", "cast", "dot", "batched_dot")
    + ("transpose", "reshape", "expand_dims", "squeeze", "slice", "concatenate", "pad")
    + ("gather", "fill", "count", "sizes", "to_dense", "convolution", "pooling", "host")
    + RANDOM
    + ("scan", "gradient")
    + ("stop_gradient",)
)
