"""Recurrence over the time axis."""

from harness.backends.api.arguments import checks, shapes
from harness.backends.errors import ShapeMismatch, TypeMismatch, shown
from harness.backends.graph import operators, primitive_table, primitives, shape_rules
from harness.backends.graph.dynamic_sizes import DimensionOf
from harness.backends.graph.nodes import Operation, Tensor
from harness.backends.graph.traversal import depends_on, everything, schedule, substitute


def rnn(
    step_function,
    inputs,
    initial_states,
    go_backwards=False,
    mask=None,
    constants=None,
    unroll=False,
    input_length=None,
):
    """Runs a step over the time axis of a tensor.

    Parameters
    ----------
    step_function : callable       (x_t, states + constants) -> (output, new_states); x_t is (batch, ...)
    inputs : tensor, (batch, time, ...)
    initial_states : list of tensors, (batch, ...)
    go_backwards : bool            from the last time step to the first; outputs come in that order
    mask : tensor, (batch, time) or (batch, time, 1), or None      0 where a step is left out: its output repeats the
                                   one before (zeros at the first), its states stay
    constants : list of tensors    passed at each step
    unroll, input_length           accepted; the engine unrolls or loops, whichever is faster
    Returns
    -------
    (last_output, outputs, new_states)     (batch, ...), (batch, time, ...), list of final states
    Raises
    ------
    ShapeMismatch                  fewer than 3 axes, no times, or the step changes the number of states

    Notes
    -----
    Differs: Keras 1.2.2's TensorFlow loop puts the first state in place of the output of a masked step; here the output
             before it, as Theano does.
    Source:  keras 1.2.2, keras/backend/theano_backend.py, rnn.
    """
    inputs = checks.at_least("rnn", inputs, 3, "inputs", "(batch, time, ...)")
    checks.filled("rnn", inputs, (1,), "inputs")
    checks.function("rnn", "step_function", step_function)
    initial_states = checks.listed("rnn", initial_states, "initial_states", "a list of tensors")
    initial_states = [_of_batch("a state", state, inputs) for state in initial_states]
    mask = _checked_mask(inputs, mask)
    _check_ways(inputs, unroll, input_length)
    go_backwards = checks.flag("rnn", "go_backwards", go_backwards)
    constants = checks.listed("rnn", () if constants is None else constants, "constants", "a list of tensors")
    first = next(Operation.serials)
    x_t = _bound((inputs.shape[0],) + inputs.shape[2:], inputs.dtype)
    states = [_bound(state.shape, state.dtype) for state in initial_states]
    output, new_states = _stepped(step_function(x_t, states + list(constants)), x_t, states)
    if mask is None:
        trace = _Trace([x_t], states, [output], new_states, [inputs], list(initial_states))
    else:
        trace = _masked(x_t, states, output, new_states, inputs, initial_states, mask)
    emitted, finals = _scan(trace, first, go_backwards)
    return _last(trace, emitted, finals), emitted, finals[: len(states)]


def _of_batch(name, x, inputs):
    """A tensor of as many samples as the inputs have."""
    x = checks.at_least("rnn", x, 1, name, "(batch, ...)")
    checks.same_size("rnn", (name, x), ("inputs", inputs))
    return x


def _check_ways(inputs, unroll, input_length):
    """Raises TypeMismatch or ShapeMismatch unless these are arguments of rnn."""
    checks.flag("rnn", "unroll", unroll)
    if input_length is not None and not isinstance(input_length, Tensor):
        length = checks.whole("rnn", "input_length", input_length, 0)
        if inputs.shape[1] not in (None, length):
            raise ShapeMismatch(
                "rnn: input_length does not fit. Expected the number of time steps. Received inputs.shape=%s, "
                "input_length=%d." % (inputs.shape, length)
            )


def _stepped(found, x_t, states):
    """What a step returned, its states in the dtypes of those before."""
    if not isinstance(found, (list, tuple)) or len(found) != 2:
        raise TypeMismatch("rnn: the step returns no pair. Expected (output, new_states). Received %s." % shown(found))
    output = _of_batch("the step's output", found[0], x_t)
    new_states = checks.listed("rnn", found[1], "the step's new_states", "a list of tensors")
    return output, _checked_states(states, [checks.tensor("rnn", state, "a new state") for state in new_states])


def _checked_mask(inputs, mask):
    """The mask without a last axis of size 1, None if there is none."""
    if mask is None:
        return None
    mask = checks.ranked("rnn", mask, (2, 3), "mask", "(batch, time) or (batch, time, 1)")
    expected = inputs.shape[:2] + (1,) * (mask.ndim - 2)
    if not shape_rules.alike(mask.shape, expected):
        raise ShapeMismatch(
            "rnn: mask does not fit. Expected one number for each time step of each sample. Received inputs.shape=%s, "
            "mask.shape=%s." % (inputs.shape, mask.shape)
        )
    return primitives.squeeze(mask, 2) if mask.ndim == 3 else mask


class _Trace(object):
    """A step as recorded: bound placeholders, results, and the outer tensors that they run over."""

    def __init__(self, elements, states, outputs, new_states, sequences, initial_states):
        self.elements, self.states = elements, states
        self.outputs, self.new_states = outputs, new_states
        self.sequences, self.initial_states = sequences, initial_states


def _bound(shape, dtype):
    return primitives.placeholder(shape, dtype)


def _checked_states(states, new_states):
    """The new states in the dtypes of those before, whose shapes they must have."""
    if len(states) != len(new_states):
        raise ShapeMismatch(
            "rnn: the step changes the number of states. Expected %d. Received %d." % (len(states), len(new_states))
        )
    for state, new in zip(states, new_states):
        if not shape_rules.alike(state.shape, new.shape):
            raise ShapeMismatch(
                "rnn: the step changes the shape of a state. Expected %s. Received %s." % (state.shape, new.shape)
            )
    return [operators.cast(new, state.dtype) for state, new in zip(states, new_states)]


def _masked(x_t, states, output, new_states, inputs, initial_states, mask):
    """The step under a mask, with the output before it carried as one more state."""
    flag = _bound(mask.shape[:1], mask.dtype)
    before = _bound((inputs.shape[0],) + output.shape[1:], output.dtype)
    nothing = _nothing(x_t, states, output, inputs, initial_states)
    chosen = [_choose(flag, new, old) for new, old in zip([output] + list(new_states), [before] + states)]
    return _Trace(
        [x_t, flag],
        states + [before],
        [chosen[0]],
        chosen[1:] + [chosen[0]],
        [inputs, mask],
        list(initial_states) + [nothing],
    )


def _nothing(x_t, states, output, inputs, initial_states):
    """Zeros in the shape of the step's output; where the graph does not know it, that of the first time step."""
    if None not in output.shape[1:]:
        return primitives.fill(inputs, (DimensionOf(0),) + output.shape[1:], 0, output.dtype)
    first = primitives.slice_(inputs, (slice(None), 0) + (slice(None),) * (inputs.ndim - 2))
    (like,) = substitute([output], dict(zip([x_t] + states, [first] + list(initial_states))))
    return primitives.fill(like, shapes.unknown_as_dimensions(like), 0, output.dtype)


def _choose(flag, new, old):
    """`new` in the rows where the flag is not 0, else `old`."""
    condition = operators.truth(flag)
    for axis in range(1, new.ndim):
        condition = primitives.expand_dims(condition, axis)
    return primitives.select(condition, new, old)


def _scan(trace, first, go_backwards):
    """The scan of a trace: (outputs over time, list of final states)."""
    results = trace.outputs + trace.new_states
    captures = _captures(results, trace.elements + trace.states, first)
    inner = [_bound(tensor.shape, tensor.dtype) for tensor in captures]
    results = substitute(results, dict(zip(captures, inner)))
    body = primitives.Body(tuple(trace.elements), tuple(trace.states), tuple(inner), results[:1], results[1:])
    tensors = primitives.scan(body, trace.sequences, trace.initial_states, captures, go_backwards)
    return tensors[0], list(tensors[1:])


def _captures(results, bound, first):
    """Outer tensors that the step uses: what does not vary from step to step is computed once, outside.

    Draws made by the step itself, which are those later than `first`, vary at each step.
    """
    order = schedule(results, everything)
    drawn = {operation for operation in order if operation.name in primitive_table.RANDOM and operation.serial > first}
    varying = depends_on(results, {tensor.operation for tensor in bound} | drawn, everything)
    used = [tensor for operation in order if operation in varying for tensor in everything(operation)]
    used += list(results)
    outer = [tensor for tensor in used if tensor.operation not in varying and tensor.operation.name != "constant"]
    return list(dict.fromkeys(outer))


def _last(trace, emitted, finals):
    """The last output: a final state where the output is one, which saves storing all of them."""
    for new_state, final in zip(trace.new_states, finals):
        if new_state is trace.outputs[0]:
            return final
    rest = (slice(None),) * (emitted.ndim - 2)
    return primitives.slice_(emitted, (slice(None), -1) + rest)
