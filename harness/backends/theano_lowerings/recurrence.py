"""Loops over time as theano.scan, and gradients as theano.grad."""

import theano
from theano import tensor as T

from harness.backends.graph import everything, schedule
from harness.backends.theano_lowerings.native_types import ones, with_ones

RANDOM = ("random_uniform", "random_normal")


class _Step(object):
    """The body of a scan in the form that theano.scan calls.

    patterns: of each state the axes known to be 1 both before and after a step, as its type may not change;
    extra: the body's outputs that are no new states, and so have to be collected besides
    """

    def __init__(self, engine, body, initial_states):
        self.engine, self.body = engine, body
        self.extra = [tensor for tensor in body.outputs if tensor not in body.new_states]
        self.patterns = [
            tuple(old and new for old, new in zip(ones(before), ones(after)))
            for before, after in zip(initial_states, body.new_states)
        ]

    def __call__(self, *arguments):
        """(new states and extra outputs, updates of random streams) of one time."""
        body = self.body
        placeholders = body.sequences + body.states + body.captures
        values = {tensor.operation: [native] for tensor, native in zip(placeholders, arguments)}
        with self.engine.collecting() as updates:
            natives = self.engine.lower(list(body.new_states) + self.extra, values)
        return self.typed(natives) + natives[len(self.patterns) :], updates

    def typed(self, natives):
        """The states among `natives`, in the types that they keep."""
        return [with_ones(native, pattern) for native, pattern in zip(natives, self.patterns)]

    def draws(self):
        """Whether a step makes random draws, whose state theano.scan has to find by itself."""
        operations = schedule(self.body.outputs + self.body.new_states, everything)
        return any(operation.name in RANDOM for operation in operations)


def _batch_first(native):
    return native.dimshuffle(1, 0, *range(2, native.ndim))


def _scan(engine, operation, *natives):
    """Scan's outputs: what each step emits, time as axis 1, then the final states."""
    body = operation.attributes["body"]
    first, last = len(body.sequences), len(body.sequences) + len(body.states)
    step = _Step(engine, body, operation.inputs[first:last])
    over_time, updates = theano.scan(
        step,
        sequences=[_batch_first(native) for native in natives[:first]],
        outputs_info=step.typed(natives[first:last]) + [None] * len(step.extra),
        non_sequences=list(natives[last:]),
        go_backwards=operation.attributes["go_backwards"],
        strict=not step.draws(),
        return_list=True,
    )
    engine.collect(updates)
    found = dict(zip(list(body.new_states) + step.extra, over_time))
    return [_batch_first(found[tensor]) for tensor in body.outputs] + [found[tensor][-1] for tensor in body.new_states]


def _gradient(engine, operation, loss, *wrt):
    total = T.sum(loss) if loss.ndim else loss
    return T.grad(total, list(wrt), disconnected_inputs="ignore")


LOWERINGS = {"scan": _scan, "gradient": _gradient}
