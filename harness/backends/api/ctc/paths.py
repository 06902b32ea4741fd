"""Theano's way to the CTC loss of one sample, which Keras 1.x makes public step by step. Blank is -1: the last class.

Vectors keep their whole length here, where Theano cuts them to the part in use: what is not in use is marked.
"""

from harness.backends.api.arguments import checks
from harness.backends.api.arrays import shaping
from harness.backends.api.control.rnn import rnn
from harness.backends.api.ctc.loss import NEVER
from harness.backends.api.math import arithmetic, reductions
from harness.backends.errors import ShapeMismatch
from harness.backends.graph import operators, primitives

BLANK = -1
ALPHA = 1e-4  # share of an even distribution that is mixed in


def ctc_interleave_blanks(Y):
    """Labels between blanks: (-1, l1, -1, l2, ..., -1).

    Parameters
    ----------
    Y : tensor, (labels,), integers, their number known
    Returns
    -------
    tensor, (2 * labels + 1,), Y's dtype
    Raises
    ------
    TypeMismatch      Y has no integers
    ShapeMismatch     Y has not 1 axis, or its length is unknown

    Notes
    -----
    Source: keras 1.2.2, keras/backend/theano_backend.py, ctc_interleave_blanks.
    """
    return _between_blanks(_labels("ctc_interleave_blanks", Y))


def _between_blanks(Y):
    if Y.shape[0] == 0:
        return primitives.constant([BLANK], Y.dtype)
    blanks = primitives.fill(None, Y.shape, BLANK, Y.dtype)
    pairs = primitives.reshape(shaping.stack([blanks, Y]), (2, Y.shape[0]))
    flat = primitives.reshape(primitives.transpose(pairs, (1, 0)), (2 * Y.shape[0],))
    return primitives.pad(flat, ((0, 1),), BLANK)


def _labels(op, Y, name="Y"):
    """A vector of integers of known length."""
    Y = checks.ranked(op, checks.of_integers(op, Y, name), 1, name)
    checks.known(op, Y, 0, name, "length")
    return Y


def ctc_create_skip_idxs(Y):
    """The places of labels whose next label is another one: from there a path may skip the blank between.

    Parameters
    ----------
    Y : tensor, (places,), integers         labels between blanks, their number known
    Returns
    -------
    tensor, ((places - 3) // 2,), int32     1, 3, 5, ...; -1 for a label that is followed by itself; under 5 places:
                                            (1,), a -1 alone
    Raises
    ------
    TypeMismatch                            Y has no integers
    ShapeMismatch                           Y has not 1 axis, or its length is unknown

    Notes
    -----
    Differs: Theano leaves out what is -1 here.
    Source:  keras 1.2.2, keras/backend/theano_backend.py, ctc_create_skip_idxs.
    """
    Y = _labels("ctc_create_skip_idxs", Y)
    count = max((Y.shape[0] - 3) // 2, 0)
    if count == 0:
        return primitives.constant([BLANK], "int32")
    places = primitives.constant([2 * number + 1 for number in range(count)], "int32")
    ends = slice(1, 2 * count, 2), slice(3, 2 * count + 2, 2)
    differs = operators.comparison("not_equal", *[primitives.slice_(Y, (part,)) for part in ends])
    return primitives.select(differs, places, primitives.constant(BLANK, "int32"))


def ctc_update_log_p(skip_idxs, zeros, active, log_p_curr, log_p_prev):
    """One time of the way: how probable it is to be at each place.

    Parameters
    ----------
    skip_idxs : tensor, (labels,), int32       places that may be skipped from, -1 for none
    zeros : tensor, (places,), floats          zeros
    active : tensor, (), int32                 how many places could be reached before
    log_p_curr : tensor, (places,), floats     of each place the logarithm of its class's probability now
    log_p_prev : tensor, (places,), floats     that of being there before
    Returns
    -------
    (active, log_p)                            (), int32 and (places,): the same now; places beyond `active` are 0 in
                                               log_p
    Raises
    ------
    TypeMismatch                               no integers, or no floats, where they are wanted
    ShapeMismatch                              ranks do not fit, or lengths differ or are unknown

    Notes
    -----
    Source: keras 1.2.2, keras/backend/theano_backend.py, ctc_update_log_p.
    """
    op = "ctc_update_log_p"
    skips = _labels(op, skip_idxs, "skip_idxs")
    zeros, log_p_curr, log_p_prev = _vectors(op, zeros=zeros, log_p_curr=log_p_curr, log_p_prev=log_p_prev)
    active = operators.cast(checks.ranked(op, checks.of_integers(op, active, "active"), 0, "active"), "int32")
    size = log_p_curr.shape[0]
    position = primitives.count(None, size)
    skipping = operators.cast(operators.comparison("less", skips, active), "int32") * (skips + 1) - 1
    farthest = reductions.max(skipping) + 3
    reached = arithmetic.minimum(arithmetic.maximum(active + 1, farthest), size)
    before, common = _shares(log_p_prev, operators.comparison("less", position, active))
    skipped = _landed(before, skipping, position)
    total = before + _later(before) + skipped
    within = operators.comparison("less", position, reached)
    # 1 keeps the logarithm finite where its result is not used
    logs = arithmetic.log(primitives.select(within, total, zeros + 1.0)) + common
    return reached, primitives.select(within, log_p_curr + logs, zeros)


def _vectors(op, **tensors):
    """Vectors of floats, of one known length."""
    found = [checks.ranked(op, checks.of_floats(op, each, name), 1, name) for name, each in tensors.items()]
    if len({tensor.shape for tensor in found}) > 1 or found[0].shape[0] is None:
        raise ShapeMismatch(
            "%s: lengths differ. Expected one known length. Received %s."
            % (op, ", ".join("%s.shape=%s" % (name, tensor.shape) for name, tensor in zip(tensors, found)))
        )
    return found


def _shares(logs, used):
    """(e^(logs - common) where used, else 0; common, the largest of those used)."""
    never = primitives.constant(NEVER, logs.dtype)
    common = reductions.max(primitives.select(used, logs, never))
    return arithmetic.exp(primitives.select(used, logs, never) - common), common


def _later(x):
    """x one place later, 0 at the first."""
    return primitives.slice_(primitives.pad(x, ((1, 0),)), (slice(None, -1),))


def _landed(before, skipping, position):
    """Of each place what reaches it by a skip."""
    from_there = operators.comparison("equal", primitives.expand_dims(skipping + 2, 1), position)  # (labels, places)
    two_later = primitives.slice_(primitives.pad(before, ((2, 0),)), (slice(None, -2),))
    allowed = primitives.expand_dims(operators.comparison("greater_equal", skipping, 0), 1)
    marks = operators.cast(from_there, before.dtype) * operators.cast(allowed, before.dtype)
    return two_later * reductions.max(marks, axis=0)


def ctc_path_probs(predict, Y, alpha=ALPHA):
    """The logarithm of the probability of all paths through each place at each time step, and where there are any.

    Parameters
    ----------
    predict : tensor, (time, classes), floats     probabilities; the number of classes known
    Y : tensor, (places,), integers               labels between blanks of -1, their number known
    alpha : float                                 share of an even distribution that is mixed in
    Returns
    -------
    (log_probs, mask)                             (time, places), floats and bool
    Raises
    ------
    TypeMismatch                                  predict has no floats, Y no integers, or alpha is not a number
    ShapeMismatch                                 ranks do not fit, a size is unknown, or alpha is not in [0, 1]

    Notes
    -----
    Source: keras 1.2.2, keras/backend/theano_backend.py, ctc_path_probs.
    """
    op = "ctc_path_probs"
    alpha = checks.number(op, "alpha", alpha, 0, 1)
    predict = _heard(op, predict)
    log_probs, mask = _path_probs(predict, _labels(op, Y), alpha)
    return operators.cast(log_probs, predict.dtype), mask


def _heard(op, predict):
    """Probabilities (time, classes), the number of classes known."""
    predict = checks.ranked(op, checks.of_floats(op, predict, "predict"), 2, "predict", "(time, classes)")
    checks.known(op, predict, 1, "predict", "number of classes")
    return predict


def _path_probs(predict, Y, alpha):
    """ctc_path_probs; of float16 in float32."""
    predict = operators.widened(predict)
    logs = arithmetic.log((1.0 - alpha) * _of_places(predict, Y) + alpha / Y.shape[0])
    backwards = slice(None, None, -1)
    turned = primitives.slice_(logs, (backwards, backwards))
    forth, forth_reached = _way(logs, ctc_create_skip_idxs(Y))
    back, back_reached = _way(turned, ctc_create_skip_idxs(primitives.slice_(Y, (backwards,))))
    back = primitives.slice_(back, (backwards, backwards))
    position = primitives.count(None, Y.shape[0])
    here = operators.cast(operators.comparison("less", position, forth_reached), "int32")
    there = operators.cast(operators.comparison("less", position, back_reached), "int32")
    mask = operators.comparison("greater", here * primitives.slice_(there, (backwards, backwards)), 0)
    return forth + back - logs, mask


def _of_places(predict, Y):
    """(time, places): the probability of each place's class."""
    classes = predict.shape[1]
    numbers = primitives.constant([[number] for number in range(classes)], Y.dtype)
    places = primitives.select(operators.comparison("less", Y, 0), Y + classes, Y)
    return primitives.dot(predict, operators.cast(operators.comparison("equal", places, numbers), predict.dtype))


def _way(logs, skips):
    """(log_p (time, places), active (time, 1)) of ctc_update_log_p at every time step."""
    size = logs.shape[1]
    zeros = primitives.fill(None, (size,), 0.0, logs.dtype)

    def step(now, states):
        active = operators.cast(primitives.reshape(primitives.slice_(states[0], (0, slice(0, 1))), ()), "int32")
        before = primitives.slice_(states[0], (0, slice(1, None)))
        reached, after = ctc_update_log_p(skips, zeros, active, primitives.squeeze(now, 0), before)
        count = primitives.reshape(operators.cast(reached, logs.dtype), (1,))
        state = primitives.expand_dims(primitives.concatenate([count, after], 0), 0)
        return state, [state]

    start = primitives.constant([[1.0] + [0.0] * size], logs.dtype)
    found = primitives.squeeze(rnn(step, primitives.expand_dims(logs, 0), [start])[1], 0)
    counts = primitives.slice_(found, (slice(None), slice(0, 1)))
    return primitives.slice_(found, (slice(None), slice(1, None))), operators.cast(counts, "int32")


def ctc_cost(predict, Y):
    """Theano's CTC loss of one sample: minus the logarithm of the probability of all paths, summed over all time steps.

    Parameters
    ----------
    predict : tensor, (time, classes), floats     probabilities; blank is the last class; the number of classes known
    Y : tensor, (labels,), integers               their number known
    Returns
    -------
    tensor, (), floats
    Raises
    ------
    TypeMismatch                                  predict has no floats, or Y no integers
    ShapeMismatch                                 ranks do not fit, or a size is unknown

    Notes
    -----
    Numerics: every path is counted once for each time step, so the value is about log(time) less than ctc_batch_cost's.
    Source:   keras 1.2.2, keras/backend/theano_backend.py, ctc_cost.
    """
    op = "ctc_cost"
    predict = _heard(op, predict)
    log_probs, mask = _path_probs(predict, _between_blanks(_labels(op, Y)), ALPHA)
    shares, common = _shares(log_probs, mask)
    return operators.cast(-(arithmetic.log(reductions.sum(shares)) + common), predict.dtype)
