"""The body of a scan in the forms that theano.scan calls."""

from theano import tensor as T

from harness.backends.engines.theano.dtypes import ones, with_ones
from harness.backends.graph.passes.scan_weights import shared_factors
from harness.backends.graph.primitive_table import RANDOM
from harness.backends.graph.traversal import schedule

# Operations whose gradient follows from their own result -> that function of the result.
FROM_RESULT = {
    "tanh": lambda result: 1 - T.sqr(result),
    "sigmoid": lambda result: result * (1 - result),
    "exp": lambda result: result,
}


class Step(object):
    """The body of a scan.

    Attributes
    ----------
    results : list of Tensor       new states, then the body's outputs that are none and have to be collected besides
    patterns : list of tuples      of each state the axes known to be 1 before and after a step: its type may not change
    kept : list of Operation       those whose results the backward pass needs, in order
    factors : dict                 captured matrix -> the product that is all it is used for
    """

    def __init__(self, engine, body, initial_states):
        self.engine, self.body = engine, body
        self.placeholders = body.sequences + body.states + body.captures
        self.results = list(body.new_states) + [tensor for tensor in body.outputs if tensor not in body.new_states]
        self.patterns = [
            tuple(old and new for old, new in zip(ones(before), ones(after)))
            for before, after in zip(initial_states, body.new_states)
        ]
        self.order = schedule(self.results, engine.children)
        self.kept = _worth_keeping(engine, self.order)
        self.factors = shared_factors(engine, body)

    def __call__(self, *arguments):
        """(results, updates of random streams) of one time step."""
        with self.engine.collecting() as updates:
            natives = self.engine.lower(self.results, self.bound(arguments))
        return self.typed(natives), updates

    def keeping(self, *arguments):
        """Results and all that is kept, of one time step."""
        values = self.bound(arguments)
        natives = self.engine.lower(self.results, values)
        return self.typed(natives) + [values[operation][0] for operation in self.kept]

    def bound(self, arguments):
        """The values of the body's placeholders."""
        return {tensor.operation: [native] for tensor, native in zip(self.placeholders, arguments)}

    def typed(self, natives):
        """`natives`, the first of which are states, with the states in the types that they keep."""
        count = len(self.patterns)
        return [with_ones(*pair) for pair in zip(natives, self.patterns)] + list(natives[count:])

    def is_differentiable(self):
        """Whether all states have gradients and nothing is drawn, which going back would have to draw again."""
        return not self.draws() and all("float" in tensor.dtype for tensor in self.body.states)

    def draws(self):
        """Whether a step makes random draws, whose state theano.scan has to find by itself."""
        return any(operation.name in RANDOM for operation in self.order)


def _worth_keeping(engine, order):
    """Products, each with what the same call of the BLAS adds to it, and results that tell their own gradient."""
    clients = {}
    for operation in order:
        for tensor in engine.children(operation):
            clients.setdefault(tensor.operation, []).append(operation)
    found = [operation for operation in order if operation.name in FROM_RESULT]
    for product in (operation for operation in order if operation.name == "dot"):
        after = clients.get(product, [])
        found.append(after[0] if len(after) == 1 and after[0].name == "add" else product)
    return sorted(set(found), key=order.index)
