"""Choosing between two tensors: by a condition, and by the learning phase."""

from harness.backends.api.arguments import checks, shapes
from harness.backends.api.control.learning_phase import learning_phase
from harness.backends.errors import ShapeMismatch
from harness.backends.graph import operators, primitives, shape_rules
from harness.backends.graph.composites import composite


def switch(condition, then_expression, else_expression):
    """`then_expression` where the condition is not 0, else `else_expression`.

    Parameters
    ----------
    condition : tensor                   a scalar, or of the first axes of the branches; with more axes than theirs,
                                         it broadcasts with them
    then_expression, else_expression     tensors or numbers of shapes that broadcast, or callables that return them
    Returns
    -------
    tensor, the branches' common shape, or that of a condition with more axes; the wider of their dtypes
    Raises
    ------
    ShapeMismatch                        the condition does not fit the branches, or shapes do not broadcast

    Notes
    -----
    Numerics: both branches are computed, as Theano does under Keras 1.2.2 (TensorFlow computes one): what is nan in the
              one that is not taken does not show, but its gradient may.
    Source:   keras 1.2.2, keras/backend/theano_backend.py, switch.
    """
    condition = checks.tensor("switch", condition, "condition")
    one, other, shape = _branches("switch", then_expression, else_expression)
    if condition.ndim > len(shape):
        shape_rules.broadcast("switch", condition.shape, shape)
    elif condition.ndim and not _fits(condition.shape, shape):
        raise ShapeMismatch(
            "switch: condition does not fit the branches. Expected no axes, or the first of theirs. Received "
            "condition.shape=%s, branches of %s." % (condition.shape, shape)
        )
    chosen = operators.truth(condition)
    while 0 < chosen.ndim < len(shape):
        chosen = primitives.expand_dims(chosen, chosen.ndim)
    return primitives.select(chosen, one, other)


def _branches(op, *branches):
    """Two branches, what they return if they can be called, as tensors of one dtype, and their common shape."""
    values = [checks.operand(op, "a branch", branch() if callable(branch) else branch) for branch in branches]
    one, other = operators.promote(*values, op=op)
    return one, other, shape_rules.broadcast(op, one.shape, other.shape)


def _fits(condition, shape):
    """Whether the sizes of a condition are the first of a shape, or 1."""
    return all(size in (1, None) or other in (size, 1, None) for size, other in zip(condition, shape))


def in_train_phase(x, alt):
    """`x` while the graph is run to train, else `alt`.

    Parameters
    ----------
    x, alt : tensors             of one shape, one of them perhaps a number; or callables that return them
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
    one, other = _as_large(one, other), _as_large(other, one)
    if not shape_rules.alike(one.shape, other.shape):
        raise ShapeMismatch(
            "%s: the branches have two shapes. Expected one. Received %s and %s." % (op, one.shape, other.shape)
        )
    expansion = switch(phase, one, other)
    chosen = composite("in_train_phase", (phase, one, other), {}, expansion)
    chosen._uses_learning_phase = True
    return chosen


def _as_large(number, other):
    """A scalar in the shape of the other branch; a tensor with axes as it is."""
    if number.ndim or not other.ndim:
        return number
    zeros = primitives.fill((other,), shapes.unknown_as_dimensions(other), 0, number.dtype)
    return operators.binary("add", zeros, number)


def in_test_phase(x, alt):
    """`x` while the graph is run to test or predict, else `alt`.

    Parameters
    ----------
    x, alt : tensors             of one shape, one of them perhaps a number; or callables that return them
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
