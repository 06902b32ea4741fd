"""The gradient of a loop: one theano.scan from the last time step to the first, then the products over all of them."""

import theano
from theano import tensor as T
from theano.gradient import DisconnectedType

from harness.backends.engines.theano.dtypes import cast, with_ones
from harness.backends.engines.theano.recurrence.step import FROM_RESULT


class BackwardPass(object):
    """The backward pass through a Loop.

    Attributes
    ----------
    given : dict                 tensor of the body -> what the loop was given for it
    cotangents : dict            place among the loop's outputs -> gradient of that output over time, where there is one
    elements, summed : lists of Tensor      of the body, differentiable: of its sequences, and of the captures whose
                                 gradients are added up step by step
    products : list of Operation      those whose captured matrix gets one product over all time steps
    """

    def __init__(self, step, inputs, outputs, cotangents):
        self.step, self.body, self.outputs = step, step.body, outputs
        self.given = dict(zip(step.placeholders, inputs))
        connected = [place for place, each in enumerate(cotangents) if not isinstance(each.type, DisconnectedType)]
        self.cotangents = {place: cotangents[place] for place in connected}
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
            left, cotangent = (each.reshape((-1, each.shape[-1]), ndim=2) for each in (next(results), next(results)))
            found[product.inputs[1]] = T.dot(left.T, cotangent)
        return found

    def scan(self):
        """Over time, last first: gradients of states, sums and elements; left factor and cotangent of each product."""
        body, given = self.body, self.given
        initial = self.step.typed([given[tensor] for tensor in body.states])
        before = [T.concatenate([T.shape_padleft(state), states[:-1]]) for state, states in zip(initial, self.outputs)]
        kept = self.outputs[len(self.step.results) :]
        begin = [native.zeros_like() for native in initial + [given[tensor] for tensor in self.summed]]
        return theano.scan(
            self.back,
            [given[tensor] for tensor in body.sequences] + before + list(kept) + list(self.cotangents.values()),
            begin + [None] * (len(self.elements) + 2 * len(self.products)),
            [given[tensor] for tensor in body.captures],
            go_backwards=True,
            strict=True,
            return_list=True,
        )[0]

    def back(self, *arguments):
        """One time step of the scan."""
        body, step = self.body, self.step
        groups = (body.sequences, body.states, step.kept, self.cotangents, body.states, self.summed, body.captures)
        elements, before, kept, cotangents, later, sums, captures = _parts(arguments, [len(group) for group in groups])
        # theano.scan hands over what the loop was given: the gradient of v would count that of a v + 2 beside it again
        captures = [T.tensor_copy(native) if isinstance(native.type, T.TensorType) else native for native in captures]
        backward = BackwardStep(step, elements + before + captures, kept)
        backward.add(enumerate(later))
        backward.add(zip(self.cotangents, cotangents))
        backward.pass_kept()
        added = [total + new for total, new in zip(sums, backward.gradients(self.summed))]
        products = [each for product in self.products for each in backward.factor_and_cotangent(product)]
        return step.typed(backward.gradients(body.states)) + added + backward.gradients(self.elements) + products


def _parts(items, counts):
    """`items` cut into lists of so many."""
    items = iter(items)
    return [[next(items) for _ in range(count)] for count in counts]


def floats(tensors):
    """Those of a float type, the only ones that have gradients."""
    return [tensor for tensor in tensors if "float" in tensor.dtype]


class BackwardStep(object):
    """The gradient of one step, whose kept results are known.

    What was kept stands for its operation wherever the step uses the result; its gradient is found first, and then
    passed on to the operation's inputs. The step's loss is a sum of (result * cotangent), with cotangents held fixed.
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
        self.losses, self.fixed = [], []

    def add(self, cotangents):
        """Adds cotangents, pairs of (place among the loop's outputs, cotangent)."""
        for place, cotangent in cotangents:
            self.add_loss(self.results[place], cotangent)

    def add_loss(self, native, cotangent):
        """Adds native * cotangent to the loss."""
        self.losses.append(T.sum(native * cotangent))
        self.fixed.append(cotangent)

    def pass_kept(self):
        """Passes the gradients of what was kept on, last first."""
        for operation, computed, native in reversed(self.kept):
            cotangent = self.gradient(native)
            if cotangent is None:
                continue
            if operation.name in FROM_RESULT:
                child = operation.inputs[0]
                gradient = cotangent * FROM_RESULT[operation.name](native)
                self.add_loss(self.values[child.operation][child.index], gradient)
            else:
                self.add_loss(computed, cotangent)

    def gradient(self, native):
        """The gradient of `native`, None where there is none; Theano's comes in the widest float type between."""
        unconnected = {"disconnected_inputs": "ignore", "return_disconnected": "None"}
        found = T.grad(sum(self.losses), native, consider_constant=self.fixed, **unconnected)
        return None if found is None else cast(found, native.dtype)

    def gradients(self, tensors):
        """Those of tensors of the body, zeros where the loss does not depend on them."""
        natives = [self.values[tensor.operation][tensor.index] for tensor in tensors]
        found = [self.gradient(native) for native in natives]
        return [native.zeros_like() if each is None else each for native, each in zip(natives, found)]

    def factor_and_cotangent(self, product):
        """The left factor of a product and the gradient of the product."""
        left = product.inputs[0]
        return self.values[left.operation][left.index], self.gradients(product.outputs)[0]
