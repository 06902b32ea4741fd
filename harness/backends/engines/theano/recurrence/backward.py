"""The gradient of a loop: one theano.scan from the last time to the first, then the products over all times."""

import theano
from theano import tensor as T
from theano.gradient import DisconnectedType

from harness.backends.engines.theano.dtypes import cast, with_ones
from harness.backends.engines.theano.recurrence.step import FROM_RESULT


class BackwardPass(object):
    """The way back through a Loop.

    Attributes
    ----------
    given : dict                 tensor of the body -> what the loop was given for it
    slopes : dict                place among the loop's outputs -> slope of that output over time, where there is one
    elements, summed : lists of Tensor      of the body, differentiable: of its sequences, and of the captures whose
                                 gradients are added up time by time
    products : list of Operation      those whose captured matrix gets one product over all times
    """

    def __init__(self, step, inputs, outputs, slopes):
        self.step, self.body, self.outputs = step, step.body, outputs
        self.given = dict(zip(step.placeholders, inputs))
        connected = [place for place, slope in enumerate(slopes) if not isinstance(slope.type, DisconnectedType)]
        self.slopes = {place: slopes[place] for place in connected}
        self.elements = floats(step.body.sequences)
        self.summed = floats(tensor for tensor in step.body.captures if tensor not in step.factors)
        self.products = list(step.factors.values())

    def gradients(self):
        """Of every input of the loop, in order."""
        found = {tensor: native.zeros_like(theano.config.floatX) for tensor, native in self.given.items()}
        found.update(self.found())
        return [with_ones(found[tensor], self.given[tensor].broadcastable) for tensor in self.step.placeholders]

    def found(self):
        """Tensor of the body -> gradient of what the loop was given for it, where there is one."""
        results = iter(self.scan())
        found = {tensor: next(results)[-1] for tensor in list(self.body.states) + self.summed}
        found.update((tensor, next(results)[::-1]) for tensor in self.elements)
        for product in self.products:
            left, slope = (each.reshape((-1, each.shape[-1]), ndim=2) for each in (next(results), next(results)))
            found[product.inputs[1]] = T.dot(left.T, slope)
        return found

    def scan(self):
        """Over time, last first: slopes of states, sums and elements; left factor and slope of each product."""
        body, given = self.body, self.given
        initial = self.step.typed([given[tensor] for tensor in body.states])
        before = [T.concatenate([T.shape_padleft(state), states[:-1]]) for state, states in zip(initial, self.outputs)]
        kept = self.outputs[len(self.step.results) :]
        begin = [native.zeros_like() for native in initial + [given[tensor] for tensor in self.summed]]
        return theano.scan(
            self.back,
            [given[tensor] for tensor in body.sequences] + before + list(kept) + list(self.slopes.values()),
            begin + [None] * (len(self.elements) + 2 * len(self.products)),
            [given[tensor] for tensor in body.captures],
            go_backwards=True,
            strict=True,
            return_list=True,
        )[0]

    def back(self, *arguments):
        """One time of the scan."""
        body, step = self.body, self.step
        groups = (body.sequences, body.states, step.kept, self.slopes, body.states, self.summed, body.captures)
        elements, before, kept, slopes, later, sums, captures = _parts(arguments, [len(group) for group in groups])
        # theano.scan hands over what the loop was given: the gradient of v would count that of a v + 2 beside it again
        captures = [T.tensor_copy(native) if isinstance(native.type, T.TensorType) else native for native in captures]
        backward = BackwardStep(step, elements + before + captures, kept)
        backward.add(enumerate(later))
        backward.add(zip(self.slopes, slopes))
        backward.pass_kept()
        added = [total + slope for total, slope in zip(sums, backward.slopes(self.summed))]
        products = [each for product in self.products for each in backward.factor_and_slope(product)]
        return step.typed(backward.slopes(body.states)) + added + backward.slopes(self.elements) + products


def _parts(items, counts):
    """`items` cut into lists of so many."""
    items = iter(items)
    return [[next(items) for _ in range(count)] for count in counts]


def floats(tensors):
    """Those of a float type, the only ones that have gradients."""
    return [tensor for tensor in tensors if "float" in tensor.dtype]


class BackwardStep(object):
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
            if operation.name in FROM_RESULT:
                child = operation.inputs[0]
                self.owe(self.values[child.operation][child.index], slope * FROM_RESULT[operation.name](native))
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
