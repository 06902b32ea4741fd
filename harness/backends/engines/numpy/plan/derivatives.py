"""Gradients as nodes: for each primitive what its vector-Jacobian product adds to a program.

A rule takes (program, node, cotangent), the gradient of the node's output, and returns one for each input, None where
none flows. What has no rule goes through its product in `gradients`, one node by itself.
"""

import numpy as np

from harness.backends.engines.numpy.plan import windows
from harness.backends.engines.numpy.plan.program import consumers
from harness.backends.errors import UnsupportedOperation
from harness.backends.graph.primitive_table import WITHOUT_GRADIENT


class Differentiation(object):
    """The backward pass through some nodes.

    Attributes
    ----------
    program : Program            receives the gradients
    forward : Program            has the nodes; the same program but for the body of a loop
    reached : set of Node        those that depend on what gradients are asked for
    found : dict, Value -> list of gradients that flow to it
    skipped : set of Value       gradients that the next rule may pass on as they are
    """

    rules = {}

    def __init__(self, program, forward, sources):
        self.program, self.forward, self.sources = program, forward, set(sources)
        self.nodes = list(forward.nodes)
        self.uses = consumers(self.nodes)
        self.reached = self.dependent()
        self.found, self.skipped = {}, set()

    def dependent(self):
        """Values that depend on a source, and the sources."""
        reached = set(self.sources)
        for node in self.nodes:
            if any(value in reached for value in node.inputs):
                reached.update(node.outputs)
        return reached

    def flow(self, value, cotangent):
        """Adds a gradient to what flows to `value`."""
        if cotangent is not None and value in self.reached:
            self.found.setdefault(value, []).append(cotangent)

    def run(self):
        """Passes gradients on from the last node to the first."""
        for node in reversed(self.nodes):
            if any(value in self.found for value in node.outputs) and any(v in self.reached for v in node.inputs):
                self.propagate(node)

    def propagate(self, node):
        """Through one node."""
        cotangents = [self.total(value) for value in node.outputs]
        if node in self.forward.derived:
            raise UnsupportedOperation("gradient", "numpy", "NumPy's engine differentiates once, not twice")
        if node.name in WITHOUT_GRADIENT:
            return
        rule = self.rules.get(node.name)
        passed = rule(self, node, *cotangents) if rule else self.by_product(node, *cotangents)
        for value, cotangent in zip(node.inputs, passed):
            self.flow(value, cotangent)

    def total(self, value):
        """The sum of what flows to a value, None if nothing does."""
        parts = self.found.get(value)
        if parts is None:
            return None
        if len(parts) > 1:
            parts = joined(self.program, value, parts)
            while len(parts) > 1:
                parts[:2] = [self.program.elementwise("add", *parts[:2])]
            self.found[value] = parts
        return parts[0]

    def by_product(self, node, cotangent):
        """The gradients by the plain product, where all of a node's inputs are wanted at once."""
        wanted = [value for value in node.inputs if value in self.reached]
        places = [place for place, value in enumerate(node.inputs) if value in self.reached]
        made = self.program.add(
            "vjp",
            [cotangent, node.outputs[0]] + node.inputs,
            {"of": node.operation, "places": places},
            [(value.shape, value.dtype) for value in wanted],
        )
        found = iter(made)
        return [next(found) if value in self.reached else None for value in node.inputs]


def joined(program, value, parts):
    """Parts that are slices along one axis and cover all of `value`, one after another, as one; else as they are."""
    places = [part for part in parts if part.node.name == "place"]
    axes = {part.node.attributes["axis"] for part in places}
    if len(places) < len(parts) or len(axes) != 1 or None in axes:
        return parts
    axis = axes.pop()
    places.sort(key=lambda part: part.node.attributes["begin"])
    ends = [0] + [part.node.attributes["begin"] + part.node.inputs[0].shape[axis] for part in places]
    if [part.node.attributes["begin"] for part in places] != ends[:-1] or ends[-1] != value.shape[axis]:
        return parts
    inputs = [part.node.inputs[0] for part in places]
    return [program.one("concatenate", inputs, value.shape, value.dtype, axis=axis, sparse=False)]


def unary(derivative):
    """A rule from d y / d x as a function of (program, x, y)."""
    return lambda at, node, cotangent: [
        at.program.elementwise("multiply", cotangent, derivative(at.program, node.inputs[0], node.outputs[0]))
    ]


def binary(*both):
    """A rule from the gradients of both inputs as functions of (differentiation, cotangent, x, y, node)."""

    def rule(at, node, cotangent):
        inputs = node.inputs
        return [
            at.program.like(of(at, cotangent, inputs[0], inputs[1], node), value.shape) if value in at.reached else None
            for of, value in zip(both, inputs)
        ]

    return rule


def times(program, x, y):
    """x y."""
    return program.elementwise("multiply", x, y)


def _negative(at, node, cotangent):
    return [at.program.elementwise("negative", cotangent)]


def _sqrt(at, node, cotangent):
    """0 where x is not positive, whatever the cotangent is."""
    half = at.program.scaled("multiply", 0.5, cotangent)
    share = at.program.elementwise("divide", half, node.outputs[0])
    return [at.program.passed(at.forward.compare("greater", node.inputs[0], zero(at, node.inputs[0])), share)]


def zero(at, like):
    """0 as a constant of the forward pass."""
    return at.forward.constant(0, like.dtype)


def _chosen(comparison, behind):
    """The gradient of one input of an extremum: what `comparison` of the inputs lets through.

    behind: the same for a result that a constant limits, where the input need not be kept
    """

    def of(at, cotangent, x, y, node):
        if cotangent in at.skipped:
            return cotangent
        limit, value = (x, node.outputs[0]) if behind else (x, y)
        if behind and x.number() is None:
            limit, value = x, y
        return at.program.passed(at.forward.compare(comparison, limit, value), cotangent)

    return of


def _minimum(at, node, cotangent):
    """As of any extremum, but that of a clip by two numbers is one comparison: what it has left as it was."""
    inner = node.inputs[0].node
    if not _is_clip(at, node, inner):
        return PLAIN_MINIMUM(at, node, cotangent)
    kept = at.forward.compare("equal", node.outputs[0], inner.inputs[0])
    passed = at.program.passed(kept, cotangent)
    at.skipped.add(passed)
    return [passed, None]


def _is_clip(at, node, inner):
    """Whether a minimum is that of a number and of the maximum `inner`, which nothing else takes."""
    if inner.name != "maximum" or node.inputs[0] in at.sources or len(at.uses[node.inputs[0]]) > 1:
        return False
    low, high = inner.inputs[1].number(), node.inputs[1].number()
    return None not in (low, high) and low <= high and inner.inputs[0].shape == node.outputs[0].shape


def _kept_axes(node, x):
    """x, a reduction's result or its gradient, with the reduced axes put back as size 1."""
    axes, shape = node.attributes["axes"], node.inputs[0].shape
    return tuple(1 if axis in axes else size for axis, size in enumerate(shape))


def _sum(at, node, cotangent):
    program = at.program
    return [program.spread(program.reshape(cotangent, _kept_axes(node, cotangent)), node.inputs[0].shape)]


def _mean(at, node, cotangent):
    count = max(node.inputs[0].size // max(node.outputs[0].size, 1), 1)
    share = at.program.elementwise("divide", cotangent, at.program.constant(count, cotangent.dtype))
    return _sum(at, node, share)


def _select(at, node, cotangent):
    condition, x, y = node.inputs
    program, found = at.program, [None]
    for value, wanted in ((x, True), (y, False)):
        chosen = condition if wanted else None
        if value in at.reached:
            if chosen is None:
                chosen = at.forward.compare("equal", condition, at.forward.constant(False, "bool"))
            found.append(program.like(program.passed(chosen, cotangent), value.shape))
        else:
            found.append(None)
    return found


def _cast(at, node, cotangent):
    kinds = node.inputs[0].dtype.kind, cotangent.dtype.kind
    if kinds != ("f", "f"):
        return [None]
    dtype = node.inputs[0].dtype
    return at.program.add("cast", (cotangent,), {"dtype": dtype.name}, [(cotangent.shape, dtype)])


def _dot(at, node, cotangent):
    """As matrices, with all axes of x but the last as rows."""
    x, y = node.inputs
    if y.ndim != 2:
        return at.by_product(node, cotangent)
    program, rows = at.program, x.size // max(x.shape[-1], 1) if x.size else int(np.prod(x.shape[:-1]))
    flat = program.reshape(cotangent, (rows, y.shape[1]))
    to_x = to_y = None
    if x in at.reached:
        to_x = program.reshape(program.dot(flat, program.transpose(y, (1, 0))), x.shape)
    if y in at.reached:
        to_y = program.dot(program.transpose(program.reshape(x, (rows, x.shape[-1])), (1, 0)), flat)
    return [to_x, to_y]


def _batched_dot(at, node, cotangent):
    program, (x, y) = at.program, node.inputs
    turned = [program.transpose(each, (0, 2, 1)) for each in (x, y)]
    return [
        program.one("batched_dot", (cotangent, turned[1]), x.shape, x.dtype) if x in at.reached else None,
        program.one("batched_dot", (turned[0], cotangent), y.shape, y.dtype) if y in at.reached else None,
    ]


def _transpose(at, node, cotangent):
    return [at.program.transpose(cotangent, np.argsort(node.attributes["pattern"]))]


def _reshaped(at, node, cotangent):
    return [at.program.reshape(cotangent, node.inputs[0].shape)] + [None] * (len(node.inputs) - 1)


def _alike(at, node, cotangent):
    return [cotangent]


def _spread(at, node, cotangent):
    return [at.program.like(cotangent, node.inputs[0].shape)]


def _slice(at, node, cotangent):
    x, items = node.inputs[0], node.attributes["items"]
    axis, begin = sliced_axis(items, x.shape)
    return [at.program.one("place", (cotangent,), x.shape, x.dtype, items=items, axis=axis, begin=begin)]


def sliced_axis(items, shape):
    """(axis, begin) of a slice without steps along one axis, whole along all others; (None, None) for any other."""
    found = []
    for axis, (item, size) in enumerate(zip(items, shape)):
        if not isinstance(item, slice):
            return None, None
        begin, end, step = item.indices(size)
        if step != 1 or end < begin:
            return None, None
        found += [(axis, begin)] if (begin, end) != (0, size) else []
    return found[0] if len(found) == 1 else (None, None)


def _concatenate(at, node, cotangent):
    axis, begin, parts = node.attributes["axis"], 0, []
    for value in node.inputs:
        end = begin + value.shape[axis]
        items = tuple(slice(begin, end) if each == axis else slice(None) for each in range(value.ndim))
        parts.append(at.program.one("slice", (cotangent,), value.shape, value.dtype, items=items))
        begin = end
    return parts


def _pad(at, node, cotangent):
    x = node.inputs[0]
    items = tuple(slice(before, before + size) for (before, _), size in zip(node.attributes["widths"], x.shape))
    return [at.program.one("slice", (cotangent,), x.shape, x.dtype, items=items)]


def _gather(at, node, cotangent):
    reference, indices = node.inputs
    flat = at.program.reshape(indices, (indices.size,))
    rows = at.program.reshape(cotangent, (indices.size,) + reference.shape[1:])
    return [at.program.one("add_rows", (flat, rows), reference.shape, reference.dtype), None]


def _convolution(at, node, cotangent):
    x, kernel = node.inputs
    if not windows.is_planned(node.attributes, x.dtype) or not node.outputs[0].size:
        return at.by_product(node, cotangent)
    program, found = at.program, []
    both = (x, "convolution_to_x", (kernel, cotangent)), (kernel, "convolution_to_kernel", (x, cotangent))
    for value, name, inputs in both:
        wanted = value in at.reached
        found.append(program.one(name, inputs, value.shape, value.dtype, **node.attributes) if wanted else None)
    return found


def _pooling(at, node, cotangent):
    """The forward pass says where each window's largest element is; neither x nor the result is kept for it."""
    if not windows.is_planned_pooling(node.attributes, node.inputs[0].dtype) or not node.inputs[0].size:
        return at.by_product(node, cotangent)
    if len(node.outputs) == 1:
        rows, columns = node.attributes["pool_size"]
        node.add_output((rows * columns,) + node.outputs[0].shape, "bool")
    x = node.inputs[0]
    return [at.program.one("pooling_to_x", (cotangent, node.outputs[1]), x.shape, x.dtype, **node.attributes)]


PLAIN_MINIMUM = binary(_chosen("less_equal", False), _chosen("greater", True))
RULES = {
    "negative": _negative,
    "absolute": unary(lambda p, x, y: p.elementwise("sign", x)),
    "exp": unary(lambda p, x, y: y),
    "log": unary(lambda p, x, y: p.elementwise("divide", p.constant(1, x.dtype), x)),
    "sqrt": _sqrt,
    "square": unary(lambda p, x, y: p.scaled("multiply", 2, x)),
    "sin": unary(lambda p, x, y: p.elementwise("cos", x)),
    "cos": unary(lambda p, x, y: p.elementwise("negative", p.elementwise("sin", x))),
    "tanh": unary(lambda p, x, y: p.scaled("subtract", 1, p.elementwise("square", y))),
    "sigmoid": unary(lambda p, x, y: times(p, y, p.scaled("subtract", 1, y))),
    "softplus": unary(lambda p, x, y: p.elementwise("sigmoid", x)),
    "add": binary(lambda at, g, x, y, node: g, lambda at, g, x, y, node: g),
    "subtract": binary(lambda at, g, x, y, node: g, lambda at, g, x, y, node: at.program.elementwise("negative", g)),
    "multiply": binary(
        lambda at, g, x, y, node: times(at.program, g, y), lambda at, g, x, y, node: times(at.program, g, x)
    ),
    "divide": binary(
        lambda at, g, x, y, node: at.program.elementwise("divide", g, y),
        lambda at, g, x, y, node: at.program.elementwise(
            "divide", times(at.program, at.program.elementwise("negative", g), node.outputs[0]), y
        ),
    ),
    "maximum": binary(_chosen("greater_equal", False), _chosen("less", True)),
    "minimum": _minimum,
    "sum": _sum,
    "mean": _mean,
    "select": _select,
    "cast": _cast,
    "dot": _dot,
    "batched_dot": _batched_dot,
    "transpose": _transpose,
    "reshape": _reshaped,
    "expand_dims": _reshaped,
    "squeeze": _reshaped,
    "identity": _alike,
    "to_dense": _alike,
    "spread": _spread,
    "slice": _slice,
    "concatenate": _concatenate,
    "pad": _pad,
    "gather": _gather,
    "convolution": _convolution,
    "pooling": _pooling,
}
Differentiation.rules = RULES
