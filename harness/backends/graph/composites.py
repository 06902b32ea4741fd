"""How a function of K becomes one operation that engines may know by name."""

from harness.backends.graph.nodes import Operation


def composite(name, inputs, attributes, expansion):
    """One operation `name` on `inputs` that stands for the tensor `expansion`, built of the same inputs."""
    specs = [(expansion.shape, expansion.dtype)]
    return Operation(name, inputs, attributes, specs, expansion=(expansion,)).outputs[0]
