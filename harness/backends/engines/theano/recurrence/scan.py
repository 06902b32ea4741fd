"""Loops over time as theano.scan, and gradients as theano.grad."""

import theano
from theano import tensor as T

from harness.backends.engines.theano.recurrence.loop import Loop
from harness.backends.engines.theano.recurrence.step import Step


def _time_first(native):
    """Axes 0 and 1 exchanged; its own inverse."""
    return native.dimshuffle(1, 0, *range(2, native.ndim))


def _scan(engine, operation, *natives):
    """Scan's outputs: what each step emits, time as axis 1, then the final states."""
    body = operation.attributes["body"]
    first, last = len(body.sequences), len(body.sequences) + len(body.states)
    step = Step(engine, body, operation.inputs[first:last])
    sequences = [_time_first(native) for native in natives[:first]]
    if operation.attributes["go_backwards"]:
        sequences = [sequence[::-1] for sequence in sequences]
    run = _loop if step.is_differentiable() else _plain
    over_time = run(engine, step, sequences, step.typed(natives[first:last]), list(natives[last:]))
    found = dict(zip(step.results, over_time))
    return [_time_first(found[tensor]) for tensor in body.outputs] + [found[tensor][-1] for tensor in body.new_states]


def _loop(engine, step, sequences, states, captures):
    """With our own gradient."""
    return Loop(step)(*(sequences + states + captures), return_list=True)


def _plain(engine, step, sequences, states, captures):
    """With Theano's gradient."""
    info = states + [None] * (len(step.results) - len(states))
    over_time, updates = theano.scan(step, sequences, info, captures, strict=not step.draws(), return_list=True)
    engine.collect(updates)
    return over_time


def _gradient(engine, operation, loss, *wrt):
    total = T.sum(loss) if loss.ndim else loss
    return T.grad(total, list(wrt), disconnected_inputs="ignore")


LOWERINGS = {"scan": _scan, "gradient": _gradient}
