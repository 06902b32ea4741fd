"""Choosing between two tensors: by a condition, and by whether the graph is run to train."""

from harness.backends import operators, primitives, shapes
from harness.backends.api import checks
from harness.backends.api.composites import composite
from harness.backends.api.phases import learning_phase
from harness.backends.errors import ShapeMismatch


def switch(condition, then_expression, else_expression):
    """`then_expression` where the condition is not 0, else `else_expression`.

    Parameters
    ----------
    condition : tensor                   a scalar, or of the first axes of the branches
    then_expression, else_expression     tensors of shapes that broadcast, or callables that return them
    Returns
    -------
    tensor, the branches' common shape and the wider of their dtypes
    Raises
    ------
    ShapeMismatch                        the condition has more axes than the branches, or shapes do not broadcast

    Notes
    -----
    Numerics: both branches are computed, as Theano does under Keras 1.2.2 (TensorFlow computes one): what is nan in the
              one that is not taken does not show, but its gradient may.
    Source:   keras 1.2.2, keras/backend/theano_backend.py, switch.
    """
    condition = checks.tensor("switch", condition, "condition")
    one, other, shape = _branches("switch", then_expression, else_expression)
    rank = len(shape)
    if condition.ndim > rank or (condition.ndim and not _fits(condition.shape, shape)):
        raise ShapeMismatch(
            "switch: condition does not fit the branches. Expected no axes, or the first of theirs. Received "
            "condition.shape=%s, branches of %s." % (condition.shape, shape)
        )
    chosen = operators.truth(condition)
    for _ in range(rank - condition.ndim if condition.ndim else 0):
        chosen = primitives.expand_dims(chosen, chosen.ndim)
    return primitives.select(chosen, one, other)


def _branches(op, *branches):
    """Two branches, what they return if they can be called, as tensors of one dtype, and their common shape."""
    tensors = [checks.tensor(op, branch() if callable(branch) else branch, "a branch") for branch in branches]
    one, other = operators.promote(*tensors)
    return one, other, shapes.broadcast(op, one.shape, other.shape)


def _fits(condition, shape):
    """Whether the sizes of a condition are the first of a shape, or 1."""
    return all(size in (1, None) or other in (size, 1, None) for size, other in zip(condition, shape))


def in_train_phase(x, alt):
    """`x` while the graph is run to train, else `alt`.

    Parameters
    ----------
    x, alt : tensors             of one shape, or callables that return them
    Returns
    -------
    tensor, the shape of both    the wider dtype; once set_learning_phase has fixed the phase: the one branch, as it is
    Raises
    ------
    ShapeMismatch                the branches have two shapes
    TypeMismatch                 a branch is no tensor

    Notes
    -----
    Numerics: a function is compiled for each phase that it is called in, with the one branch alone; the other is not
              computed, but by NumPy, which computes what is written.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, in_train_phase.
    """
    return _in_phase("in_train_phase", x, alt)


def _in_phase(op, x, alt):
    phase = learning_phase()
    if isinstance(phase, int):
        chosen = x if phase else alt
        return chosen() if callable(chosen) else chosen
    one, other, _ = _branches(op, x, alt)
    if not shapes.alike(one.shape, other.shape):
        raise ShapeMismatch(
            "%s: the branches have two shapes. Expected one. Received %s and %s." % (op, one.shape, other.shape)
        )
    expansion = switch(phase, one, other)
    chosen = composite("in_train_phase", (phase, one, other), {}, expansion)
    chosen._uses_learning_phase = True
    return chosen


def in_test_phase(x, alt):
    """`x` while the graph is run to test or predict, else `alt`.

    Parameters
    ----------
    x, alt : tensors             of one shape, or callables that return them
    Returns
    -------
    tensor, the shape of both    the wider dtype; once set_learning_phase has fixed the phase: the one branch, as it is
    Raises
    ------
    ShapeMismatch                the branches have two shapes
    TypeMismatch                 a branch is no tensor

    Notes
    -----
    Numerics: as for in_train_phase, the other way round.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, in_test_phase.
    """
    return _in_phase("in_test_phase", alt, x)
