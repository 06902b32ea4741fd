"""Making composites: operations that stand for several others, and that an engine may compute by name."""

from harness.backends.graph import operators
from harness.backends.graph.nodes import Operation, Tensor


def composite(name, inputs, attributes, expansion):
    """One operation `name` on `inputs` that stands for the tensor `expansion`, built of the same inputs."""
    specs = [(expansion.shape, expansion.dtype)]
    return Operation(name, inputs, attributes, specs, expansion=(expansion,)).outputs[0]


def relu(x, alpha, max_value=None):
    """max(0, x) + alpha * min(0, x), limited to max_value; of numbers a composite, of tensors what it stands for."""
    expansion = operators.binary("maximum", 0, x)
    if isinstance(alpha, Tensor) or alpha:
        below = operators.binary("multiply", operators.binary("minimum", 0, x), alpha, op="relu")
        expansion = operators.binary("add", expansion, below, op="relu")
    if max_value is not None:
        expansion = operators.binary("minimum", expansion, max_value, op="relu")
    if isinstance(alpha, Tensor) or isinstance(max_value, Tensor):
        return expansion
    return composite("relu", (x,), {"alpha": alpha, "max_value": max_value}, expansion)
