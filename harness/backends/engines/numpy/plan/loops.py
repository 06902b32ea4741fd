"""Scans as loops: a node whose body runs once a time step, and the loop that goes back through one.

The gradient of a loop is a loop as well. What it needs of the forward pass is one more output of that, stacked over
time; and the gradient of a matrix that every step multiplies with is one product over all steps, behind the loop.
"""

from harness.backends.engines.numpy.plan.derivatives import RULES, Differentiation
from harness.backends.engines.numpy.plan.program import VIEWS, Program, consumers


class Body(object):
    """What a loop does in each step.

    Attributes
    ----------
    program : Program
    sequences : list of (Value, bool)      a step's element of each sequence; whether they come from last to first
    carried : list of (Value, Value)       a value before a step, and behind it
    captures : list of Value               the same in all steps
    stacked : list of (Value, bool)        results that are kept for each step; whether from last to first
    before : list of int                   carried values that are kept as they are before each step
    """

    def __init__(self, program):
        self.program = program
        self.sequences, self.carried, self.captures, self.stacked, self.before = [], [], [], [], []

    def placeholder(self, shape, dtype):
        """A value that each step is given."""
        return self.program.one("input", (), shape, dtype)


class Loop(object):
    """The sizes of a loop's outputs: those stacked over time, the last carried values, those kept before each step."""

    def __init__(self, node):
        self.node, self.body = node, node.attributes["body"]

    @property
    def times(self):
        """Number of steps."""
        return self.node.attributes["times"]

    def kept(self, value):
        """The loop's output that has a body's value of every step."""
        body, node = self.body, self.node
        for place, (carried, _) in enumerate(body.carried):
            if carried is value:
                return self.kept_before(place)
        for (stacked, backwards), output in zip(body.stacked, node.attributes["outputs"]["stacked"]):
            if stacked is value and not backwards:
                return output
        body.stacked.append((value, False))
        node.attributes["outputs"]["stacked"].append(node.add_output(stacked_shape(value, self.times), value.dtype))
        return node.outputs[-1]

    def kept_before(self, place):
        """The same of a carried value."""
        outputs = self.node.attributes["outputs"]["before"]
        if place not in outputs:
            value = self.body.carried[place][0]
            outputs[place] = self.node.add_output(stacked_shape(value, self.times), value.dtype)
            self.body.before.append(place)
        return outputs[place]


def stacked_shape(value, times):
    """The sizes of a value over all steps: time is the second axis, or the only one."""
    return value.shape[:1] + (times,) + value.shape[1:]


def add_loop(program, body, times, sequences, initials, captures):
    """The node of a loop."""
    specs = [(stacked_shape(value, times), value.dtype) for value, _ in body.stacked]
    specs += [(value.shape, value.dtype) for value, _ in body.carried]
    outputs = {"stacked": None, "finals": None, "before": {}}
    made = program.add(
        "loop",
        list(sequences) + list(initials) + list(captures),
        {"body": body, "times": times, "outputs": outputs},
        specs,
    )
    outputs["stacked"], outputs["finals"] = made[: len(body.stacked)], made[len(body.stacked) :]
    return made[0].node


def differentiate(at, node, *cotangents):
    """The rule of a loop."""
    return _Backward(at, node, dict(zip(node.outputs, cotangents))).run()


class _Backward(object):
    """Makes the loop that goes back through `node`."""

    def __init__(self, at, node, cotangents):
        self.at, self.node, self.cotangents = at, node, cotangents
        self.loop, self.forward = Loop(node), node.attributes["body"]
        self.inner = Program()
        self.body = Body(self.inner)
        self.sequences, self.initials, self.captures = [], [], []
        self.uses = consumers(self.forward.program.nodes)
        self.looks = []  # nodes that only look at what other nodes take

    def parts(self):
        """The loop's inputs: (of sequences, of carried values, of captures)."""
        first, second = len(self.forward.sequences), len(self.forward.sequences) + len(self.forward.carried)
        return self.node.inputs[:first], self.node.inputs[first:second], self.node.inputs[second:]

    def run(self):
        """The gradients of the loop's inputs."""
        forward, wanted = self.forward, self.wanted()
        differentiation = Differentiation(self.inner, forward.program, wanted)
        factors = self.factors(differentiation)
        self.begin(differentiation)
        differentiation.run()
        return self.finish(differentiation, factors)

    def wanted(self):
        """Placeholders of the body that a gradient is asked for, or that carry one from step to step."""
        sequences, initials, captures = self.parts()
        at, forward = self.at, self.forward
        found = [value for (value, _), outer in zip(forward.sequences, sequences) if outer in at.reached]
        found += [value for value, _ in forward.carried if value.dtype.kind == "f"]
        return found + [value for value, outer in zip(forward.captures, captures) if outer in at.reached]

    def factors(self, differentiation):
        """capture -> the product whose right factor it is, where that is its one use; none flows to it."""
        results = {value for value, _ in self.forward.stacked} | {value for _, value in self.forward.carried}
        found = {}
        for value in self.forward.captures:
            uses = self.uses.get(value, [])
            if (
                value in differentiation.sources
                and value not in results
                and len(uses) == 1
                and is_factor(uses[0], value)
            ):
                found[value] = uses[0]
        differentiation.reached -= set(found)
        return found

    def begin(self, differentiation):
        """The gradients that come from outside: of what was stacked, and of the step behind."""
        outputs = self.node.attributes["outputs"]
        for (value, backwards), output in zip(self.forward.stacked, outputs["stacked"]):
            cotangent = self.cotangents.get(output)
            if cotangent is not None:
                differentiation.flow(value, self.sequence(cotangent, value, not backwards))
        for (_, value), final in zip(self.forward.carried, outputs["finals"]):
            if value.dtype.kind == "f":
                cotangent = self.cotangents.get(final)
                self.initials.append(
                    self.at.program.zeros(final.shape, final.dtype) if cotangent is None else cotangent
                )
                self.body.carried.append((self.body.placeholder(value.shape, value.dtype), None))
                differentiation.flow(value, self.body.carried[-1][0])

    def sequence(self, outer, like, backwards, placeholder=None):
        """The step's element of a stacked outer value."""
        placeholder = placeholder or self.body.placeholder(like.shape, like.dtype)
        self.body.sequences.append((placeholder, backwards))
        self.sequences.append(outer)
        return placeholder

    def finish(self, differentiation, factors):
        """Adds the loop, and what follows it."""
        body, forward, total = self.body, self.forward, differentiation.total
        floats = [value for value, _ in forward.carried if value.dtype.kind == "f"]
        body.carried = [
            (before, total(value) or self.inner.zeros(value.shape, value.dtype))
            for (before, _), value in zip(body.carried, floats)
        ]
        sequences, _, captures = self.parts()
        to_sequences = self.stack_sequences(differentiation, sequences)
        to_captures = self.add_up(differentiation, factors)
        products = self.stack_products(differentiation, factors)
        if not body.stacked and not body.carried:
            return [None] * len(self.node.inputs)
        self.bind_outside()
        node = add_loop(self.at.program, body, self.loop.times, self.sequences, self.initials, self.captures)
        outputs = node.attributes["outputs"]
        found = [None if place is None else outputs["stacked"][place] for place in to_sequences]
        finals = iter(outputs["finals"])
        for value, _ in forward.carried:
            found.append(next(finals) if value.dtype.kind == "f" else None)
        for value in forward.captures:
            found.append(outputs["finals"][to_captures[value]] if value in to_captures else None)
            if value in products:
                found[-1] = self.product(outputs["stacked"], *products[value])
        return found

    def stack_sequences(self, differentiation, sequences):
        """For each sequence the number of its gradient among the stacked results, None if none flows."""
        places = []
        for (value, backwards), outer in zip(self.forward.sequences, sequences):
            cotangent = differentiation.total(value) if outer in self.at.reached else None
            places.append(None if cotangent is None else self.stacked(cotangent, not backwards))
        return places

    def stacked(self, value, backwards):
        """The number of a result among those that are stacked."""
        if (value, backwards) not in self.body.stacked:
            self.body.stacked.append((value, backwards))
        return self.body.stacked.index((value, backwards))

    def add_up(self, differentiation, factors):
        """capture -> number among the carried values: the sum of its gradients over the steps."""
        places = {}
        for value in self.forward.captures:
            cotangent = None if value in factors else differentiation.found.get(value) and differentiation.total(value)
            if cotangent is not None:
                before = self.body.placeholder(value.shape, value.dtype)
                places[value] = len(self.body.carried)
                self.body.carried.append((before, self.inner.elementwise("add", before, cotangent)))
                self.initials.append(self.at.program.zeros(value.shape, value.dtype))
        return places

    def stack_products(self, differentiation, factors):
        """capture -> (left factor over all steps, number of the stacked gradient of the product)."""
        found = {}
        for value, node in factors.items():
            cotangent = differentiation.total(node.outputs[0])
            if cotangent is not None:
                outer, backwards = self.outside(node.inputs[0])
                found[value] = outer, self.stacked(cotangent, backwards)
        return found

    def product(self, stacked, left, place):
        """The gradient of a right factor."""
        program, right = self.at.program, stacked[place]
        flat = [program.reshape(each, (each.shape[0] * each.shape[1], each.shape[2])) for each in (left, right)]
        return program.dot(program.transpose(flat[0], (1, 0)), flat[1])

    def outside(self, value):
        """(value of the forward body over all steps, whether a step back takes it from the last one)."""
        sequences, _, _ = self.parts()
        for (element, backwards), outer in zip(self.forward.sequences, sequences):
            if element is value:
                return outer, not backwards
        return self.loop.kept(value), True

    def bind_outside(self):
        """Binds what the nodes take of the forward body; what is only another look at something is made anew."""
        own = {value for node in self.inner.nodes for value in node.outputs}
        again = {}
        for node in list(self.inner.nodes):
            for place, value in enumerate(node.inputs):
                if value not in own:
                    node.inputs[place] = self.brought(value, again)
        for results, place in ((self.body.carried, 1), (self.body.stacked, 0)):
            for number, pair in enumerate(results):
                value = pair[place] if pair[place] in own else self.brought(pair[place], again)
                results[number] = pair[:place] + (value,) + pair[place + 1 :]
        self.inner.nodes[:0] = self.looks
        for node in list(self.inner.nodes):
            if node.name == "transpose" and node.inputs[0] in self.body.captures:
                self.turn_outside(node)

    def turn_outside(self, node):
        """Turns a matrix once, in front of the loop: a product with it takes two thirds of the time, in each step."""
        program, outer = self.at.program, self.captures[self.body.captures.index(node.inputs[0])]
        turned = program.transpose(outer, node.attributes["pattern"])
        self.captures.append(program.one("copy", (turned,), turned.shape, turned.dtype))
        self.body.captures.append(self.body.placeholder(turned.shape, turned.dtype))
        node.name, node.inputs, node.attributes = "identity", [self.body.captures[-1]], {}

    def brought(self, value, again):
        """A value of the forward body, in this one."""
        if value not in again:
            again[value] = self.bring(value, again)
        return again[value]

    def bring(self, value, again):
        """See brought."""
        node = value.node
        if node.name == "constant":
            return value
        if node.name in VIEWS:
            return self.looked_at(node, self.brought(node.inputs[0], again))
        captures = self.parts()[2]
        for capture, outer in zip(self.forward.captures, captures):
            if capture is value:
                self.captures.append(outer)
                self.body.captures.append(self.body.placeholder(value.shape, value.dtype))
                return self.body.captures[-1]
        return self.sequence(*self.of_time(value))

    def of_time(self, value):
        """The arguments of `sequence` for a value of the forward body."""
        outer, backwards = self.outside(value)
        return outer, value, backwards

    def looked_at(self, node, value):
        """A view's node made again, before all nodes that take it."""
        spec = [(node.outputs[0].shape, node.outputs[0].dtype)]
        (found,) = self.inner.add(node.name, [value], node.attributes, spec, node.operation)
        self.looks.append(self.inner.nodes.pop())
        return found


def is_factor(node, value):
    """Whether a node is the product of a matrix with the matrix `value`."""
    return node.name == "dot" and node.inputs[1] is value and node.inputs[0] is not value and node.inputs[0].ndim == 2


RULES["loop"] = differentiate
