"""Connectionist temporal classification: the loss of label sequences that are shorter than the input.

Blank is the last class. Labels lie between blanks, (blank, l1, blank, l2, ..., blank), and a path moves through them:
stays, goes to the next, or skips a blank between two labels that differ. (Graves et al. 2006, section 4.1)
"""

from harness.backends.api.arguments import checks, shapes
from harness.backends.api.control.rnn import rnn
from harness.backends.api.ctc.beam_search import SMOOTHING
from harness.backends.api.math import arithmetic, reductions
from harness.backends.errors import ShapeMismatch
from harness.backends.graph import operators, primitives
from harness.backends.graph.composites import composite
from harness.backends.graph.dynamic_sizes import DimensionOf

NEVER = -1e30  # logarithm of the probability 0: finite, so that differences of two are no nan


def ctc_batch_cost(y_true, y_pred, input_length, label_length):
    """The negative logarithm of the probability of each sample's labels, summed over all paths.

    Parameters
    ----------
    y_true : tensor, (batch, labels)              class numbers; what lies behind a sample's own labels does not matter
    y_pred : tensor, (batch, time, classes)       probabilities, as softmax gives them; blank is the last class
    input_length : tensor, (batch, 1)             how many time steps of each sample count
    label_length : tensor, (batch, 1)             how many labels of each sample count
    Returns
    -------
    tensor, (batch, 1), y_pred's dtype            in nats; inf for labels that no path can say
    Raises
    ------
    ShapeMismatch                                 ranks do not fit, or the number of classes is unknown

    Notes
    -----
    Numerics: 1e-8 is added to the probabilities, which are then normalised again, as TensorFlow does; those of float16
              are computed in float32.
    Differs:  Theano under Keras 1.2.2 gives (1, batch), and values less by about log(time), see ctc_cost.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, ctc_batch_cost.
    """
    op = "ctc_batch_cost"
    labels = operators.cast(checks.ranked(op, y_true, 2, "y_true", "(batch, labels)"), "int32")
    y_pred = checks.ranked(op, checks.of_floats(op, y_pred, "y_pred"), 3, "y_pred", "(batch, time, classes)")
    predictions = "y_pred", y_pred
    checks.same_size(op, ("y_true", labels), predictions)
    times, count = (
        lengths(op, "input_length", input_length, predictions),
        lengths(op, "label_length", label_length, predictions),
    )
    places = _between_blanks(labels, checks.known(op, y_pred, 2, "y_pred", "number of classes") - 1)
    wide = operators.widened(y_pred)
    ended = _walked(_log_probabilities(wide, places), _may_skip(places, wide.dtype), _counted(wide, times))
    return operators.cast(-_at_the_end(ended, count), y_pred.dtype)


def lengths(op, name, given, of):
    """One number for each sample of a tensor, which `of` names and holds: (batch, 1), int32."""
    given = checks.ranked(op, given, (1, 2), name, "(batch, 1)")
    checks.same_size(op, (name, given), of)
    if given.ndim == 2 and given.shape[1] not in (1, None):
        raise ShapeMismatch(
            "%s: %s is not one number for each sample. Expected (batch, 1). Received %s.shape=%s."
            % (op, name, name, given.shape)
        )
    return operators.cast(given if given.ndim == 2 else primitives.expand_dims(given, 1), "int32")


def _between_blanks(labels, blank):
    """(batch, 2 * labels + 1): each label behind a blank, and a blank at the end."""
    blanks = primitives.fill(labels, (DimensionOf(0), shapes.of_axis(labels, 1)), blank, "int32")
    pairs = primitives.concatenate([primitives.expand_dims(each, 2) for each in (blanks, labels)], 2)
    twice = -1 if labels.shape[1] is None else 2 * labels.shape[1]
    last = primitives.fill(labels, (DimensionOf(0), 1), blank, "int32")
    return primitives.concatenate([primitives.reshape(pairs, (DimensionOf(0), twice)), last], 1)


def _log_probabilities(y_pred, places):
    """(batch, time, places): the log probability of each place's class at each time step; NEVER of no class."""
    smoothed = y_pred + SMOOTHING
    logs = arithmetic.log(smoothed / reductions.sum(smoothed, axis=-1, keepdims=True))
    classes = primitives.constant([[[number] for number in range(y_pred.shape[2])]], "int32")
    is_class = operators.comparison("equal", primitives.expand_dims(places, 1), classes)  # (batch, classes, places)
    hits = operators.cast(is_class, y_pred.dtype)
    return primitives.batched_dot(logs, hits) + (1.0 - reductions.sum(hits, axis=1, keepdims=True)) * NEVER


def _shifted(x, count, value):
    """x along axis 1, `count` places later, with `value` before."""
    return primitives.slice_(primitives.pad(x, ((0, 0), (count, 0)), value), (slice(None), slice(None, -count)))


def _may_skip(places, dtype):
    """1 at labels that differ from the label before, else 0; the first label has none before."""
    differs = operators.comparison("not_equal", places, _shifted(places, 2, -1))
    position = primitives.count(places, shapes.of_axis(places, 1))
    third = operators.comparison("greater_equal", position, 2)
    return operators.cast(differs, dtype) * operators.cast(third, dtype)


def _counted(y_pred, times):
    """(batch, time): whether a time counts."""
    return operators.comparison("less", primitives.count(y_pred, shapes.of_axis(y_pred, 1)), times)


def log_sum(logs, axis):
    """The logarithm of a sum, from the logarithms of the summands."""
    largest = primitives.stop_gradient(reductions.max(logs, axis, keepdims=True))
    total = arithmetic.log(reductions.sum(arithmetic.exp(logs - largest), axis, keepdims=True)) + largest
    return primitives.squeeze(total, axis)


def _walked(log_p, may_skip, counted):
    """(batch, places): the logarithm of the probability of all paths that are at a place after the last time step."""

    def step(now, states):
        before, skipping = states
        skipped = _shifted(before, 2, NEVER) * skipping + NEVER * (1.0 - skipping)
        ways = [primitives.expand_dims(way, 2) for way in (before, _shifted(before, 1, NEVER), skipped)]
        after = now + log_sum(primitives.concatenate(ways, 2), 2)
        return after, [after]

    return rnn(step, log_p, [_start(log_p)], mask=counted, constants=[may_skip])[2][0]


def _start(log_p):
    """(batch, places): before the first time step all is at the first place."""
    size = shapes.of_axis(log_p, 2)
    zeros = primitives.fill(log_p, (DimensionOf(0), size), 0, log_p.dtype)
    elsewhere = operators.comparison("not_equal", primitives.count(log_p, size), 0)
    return zeros + operators.cast(elsewhere, log_p.dtype) * NEVER


def _at_the_end(ended, count):
    """(batch, 1): of all paths those that end at the last label or at the blank behind it; -inf if there is none."""
    position = primitives.count(ended, shapes.of_axis(ended, 1))
    never = primitives.constant(NEVER, ended.dtype)
    ends = []
    for place in (2 * count, 2 * count - 1):
        there = primitives.select(operators.comparison("equal", position, place), ended, never)
        ends.append(reductions.max(there, axis=1, keepdims=True))
    total = primitives.expand_dims(log_sum(primitives.concatenate(ends, 1), 1), 1)
    impossible = operators.comparison("less", total, NEVER / 2)
    return primitives.select(impossible, primitives.constant(float("-inf"), ended.dtype), total)


def ctc_label_dense_to_sparse(labels, label_lengths):
    """Labels without what lies behind each sample's own: a sparse tensor.

    Parameters
    ----------
    labels : tensor, (batch, labels)
    label_lengths : tensor, (batch,) or (batch, 1)
    Returns
    -------
    tensor, labels.shape, labels' dtype      sparse; as a dense one it has zeros behind each sample's labels
    Raises
    ------
    ShapeMismatch                            ranks do not fit

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, ctc_label_dense_to_sparse.
    """
    op = "ctc_label_dense_to_sparse"
    labels = checks.ranked(op, labels, 2, "labels", "(batch, labels)")
    count = lengths(op, "label_lengths", label_lengths, ("labels", labels))
    own = operators.comparison("less", primitives.count(labels, shapes.of_axis(labels, 1)), count)
    kept = primitives.select(own, labels, primitives.constant(0, labels.dtype))
    return composite(op, (labels, count), {"sparse": True}, kept)
