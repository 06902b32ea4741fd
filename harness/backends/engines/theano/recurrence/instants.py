"""One time of the way back through a loop."""

from theano import tensor as T

from harness.backends.engines.theano.dtypes import cast
from harness.backends.engines.theano.recurrence.slopes import SLOPES


def floats(tensors):
    """Those of a float type, the only ones that have gradients."""
    return [tensor for tensor in tensors if "float" in tensor.dtype]


class Instant(object):
    """The gradient of one step, whose kept results are known.

    What was kept stands for its operation wherever the step uses the result; its slope is found first, and then passed
    on to the operation's inputs. What the loss owes to the step is a sum of (result * slope), with slopes held fixed.
    """

    def __init__(self, step, natives, kept):
        self.step, self.values = step, step.bound(natives)
        self.kept = []  # (operation, its result as computed from what was kept before it, its result as kept)
        for operation, native in zip(step.kept, kept):
            computed = step.engine.lower(operation.outputs[:1], self.values)[0]
            self.values[operation] = [native]
            self.kept.append((operation, computed, native))
        results = step.typed(step.engine.lower(step.results, self.values))
        self.results = results + [computed for _, computed, _ in self.kept]
        self.owed, self.fixed = [], []

    def add(self, slopes):
        """Adds slopes, pairs of (place among the loop's outputs, slope)."""
        for place, slope in slopes:
            self.owe(self.results[place], slope)

    def owe(self, native, slope):
        """Adds native * slope to the loss."""
        self.owed.append(T.sum(native * slope))
        self.fixed.append(slope)

    def pass_kept(self):
        """Passes the slopes of what was kept on, last first."""
        for operation, computed, native in reversed(self.kept):
            slope = self.slope(native)
            if slope is None:
                continue
            if operation.name in SLOPES:
                child = operation.inputs[0]
                self.owe(self.values[child.operation][child.index], slope * SLOPES[operation.name](native))
            else:
                self.owe(computed, slope)

    def slope(self, native):
        """What the loss owes to `native`, None where nothing; Theano's comes in the widest float type on the way."""
        unconnected = {"disconnected_inputs": "ignore", "return_disconnected": "None"}
        slope = T.grad(sum(self.owed), native, consider_constant=self.fixed, **unconnected)
        return None if slope is None else cast(slope, native.dtype)

    def slopes(self, tensors):
        """Of tensors of the body, zeros where the loss does not depend on them."""
        natives = [self.values[tensor.operation][tensor.index] for tensor in tensors]
        found = [self.slope(native) for native in natives]
        return [native.zeros_like() if slope is None else slope for native, slope in zip(natives, found)]

    def factor_and_slope(self, product):
        """The left factor of a product and the slope of the product."""
        left = product.inputs[0]
        return self.values[left.operation][left.index], self.slopes(product.outputs)[0]
