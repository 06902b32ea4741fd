"""Losses of predictions and targets, and whether a prediction is among the best."""

from harness.backends import operators, primitives, settings, shapes
from harness.backends.api import arithmetic, checks, reductions
from harness.backends.api.composites import composite
from harness.backends.api.indicators import one_hot
from harness.backends.errors import ShapeMismatch


def _checked_pair(op, output, target):
    """Both as tensors of the output's float type; raises ShapeMismatch unless they can have one shape."""
    output = checks.at_least(op, checks.of_floats(op, output, "output"), 1, "output")
    target = operators.cast(checks.tensor(op, target, "target"), output.dtype)
    if not shapes.alike(output.shape, target.shape):
        raise ShapeMismatch(
            "%s: shapes differ. Expected one shape. Received output.shape=%s, target.shape=%s."
            % (op, output.shape, target.shape)
        )
    return output, target


def categorical_crossentropy(output, target, from_logits=False):
    """Cross-entropy of each row, in nats.

    loss[i] = -sum_j target[i, j] * log(clip(p[i, j], eps, 1 - eps)), p = output / sum_j output

    Parameters
    ----------
    output : tensor, (..., classes), floatx     probabilities, or logits if from_logits
    target : tensor, (..., classes), floatx     rows sum to 1
    Returns
    -------
    tensor, (...), floatx                       >= 0
    Raises
    ------
    ShapeMismatch                               ranks or known dimensions differ

    Notes
    -----
    Numerics: eps = epsilon().
    Differs:  for logits Keras 1.2.2 clips under Theano, not under TensorFlow; here log-softmax, unclipped. The order is
              (output, target), as in all of Keras 1; Keras 2 swaps them.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, categorical_crossentropy.
    """
    output, target = _checked_pair("categorical_crossentropy", output, target)
    from_logits = checks.flag("categorical_crossentropy", "from_logits", from_logits)
    expansion = -reductions.sum(target * _logs(output, from_logits), axis=-1)
    attributes = {"from_logits": from_logits, "epsilon": settings.get("epsilon")}
    return composite("categorical_crossentropy", (output, target), attributes, expansion)


def _logs(output, from_logits):
    """The logarithms of the probabilities of each row's classes."""
    if from_logits:
        shifted = output - primitives.stop_gradient(reductions.max(output, axis=-1, keepdims=True))
        return shifted - arithmetic.log(reductions.sum(arithmetic.exp(shifted), axis=-1, keepdims=True))
    rows = output / reductions.sum(output, axis=-1, keepdims=True)
    eps = settings.get("epsilon")
    return arithmetic.log(arithmetic.clip(rows, eps, 1.0 - eps))


def sparse_categorical_crossentropy(output, target, from_logits=False):
    """categorical_crossentropy with the number of the right class in place of a row of 0 and 1.

    Parameters
    ----------
    output : tensor, (..., classes), floatx     probabilities, or logits if from_logits; the number of classes known
    target : tensor, (...) or (..., 1)          class numbers, integers or floats that are whole
    Returns
    -------
    tensor, (...), floatx                       >= 0; 0 for a number that is no class
    Raises
    ------
    ShapeMismatch                               shapes do not fit, or the number of classes is unknown

    Notes
    -----
    Numerics: as for categorical_crossentropy.
    Differs:  the shape of the result is output's without the classes under both; TensorFlow under Keras 1.2.2
              renormalises after clipping, Theano before; here before, as categorical_crossentropy does. The order is
              (output, target), as in all of Keras 1; Keras 2 swaps them.
    Source:   keras 1.2.2, keras/backend/theano_backend.py, sparse_categorical_crossentropy.
    """
    op = "sparse_categorical_crossentropy"
    output = checks.at_least(op, checks.of_floats(op, output, "output"), 1, "output")
    target = checks.tensor(op, target, "target")
    if target.ndim == output.ndim and target.shape[-1] in (1, None):
        target = primitives.squeeze(target, target.ndim - 1)
    if not shapes.alike(output.shape[:-1], target.shape):
        raise ShapeMismatch(
            "%s: shapes do not fit. Expected target.shape == output.shape[:-1]. Received output.shape=%s, "
            "target.shape=%s." % (op, output.shape, target.shape)
        )
    if output.shape[-1] is None:
        raise ShapeMismatch("%s: number of classes unknown. Expected a static last size. Received %r." % (op, output))
    from_logits = checks.flag(op, "from_logits", from_logits)
    whole = operators.cast(target, "int64") if target.dtype in shapes.FLOATS + ("bool",) else target
    rows = operators.cast(one_hot(whole, output.shape[-1]), output.dtype)
    return -reductions.sum(rows * _logs(output, from_logits), axis=-1)


def binary_crossentropy(output, target, from_logits=False):
    """Cross-entropy of each element, in nats.

    loss = -(target * log(p) + (1 - target) * log(1 - p)), p = clip(output, eps, 1 - eps)

    Parameters
    ----------
    output : tensor, floatx      probabilities, or logits if from_logits
    target : tensor, floatx      in [0, 1]
    Returns
    -------
    tensor, output.shape, floatx
    Raises
    ------
    ShapeMismatch                ranks or known dimensions differ

    Notes
    -----
    Numerics: eps = epsilon(); for logits log(1 + e^x) - x * target, which cannot overflow.
    Differs:  the order is (output, target), as in all of Keras 1; Keras 2 swaps them.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, binary_crossentropy.
    """
    output, target = _checked_pair("binary_crossentropy", output, target)
    from_logits = checks.flag("binary_crossentropy", "from_logits", from_logits)
    if from_logits:
        expansion = primitives.unary("softplus", output) - output * target
    else:
        eps = settings.get("epsilon")
        p = arithmetic.clip(output, eps, 1.0 - eps)
        expansion = -(target * arithmetic.log(p) + (1.0 - target) * arithmetic.log(1.0 - p))
    attributes = {"from_logits": from_logits, "epsilon": settings.get("epsilon")}
    return composite("binary_crossentropy", (output, target), attributes, expansion)
