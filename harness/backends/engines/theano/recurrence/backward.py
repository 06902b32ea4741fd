"""The gradient of a loop: one theano.scan from the last time to the first, then the products over all times."""

import theano
from theano import tensor as T
from theano.gradient import DisconnectedType

from harness.backends.engines.theano.dtypes import with_ones
from harness.backends.engines.theano.recurrence.instants import Instant, floats


class WayBack(object):
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
        instant = Instant(step, elements + before + captures, kept)
        instant.add(enumerate(later))
        instant.add(zip(self.slopes, slopes))
        instant.pass_kept()
        added = [total + slope for total, slope in zip(sums, instant.slopes(self.summed))]
        products = [each for product in self.products for each in instant.factor_and_slope(product)]
        return step.typed(instant.slopes(body.states)) + added + instant.slopes(self.elements) + products


def _parts(items, counts):
    """`items` cut into lists of so many."""
    items = iter(items)
    return [[next(items) for _ in range(count)] for count in counts]
