"""Losses of predictions and targets. Those of float16 are computed in float32 and rounded once."""

import numpy as np

from harness.backends import settings
from harness.backends.api.arguments import checks
from harness.backends.api.arrays.indexing import hits
from harness.backends.api.math import arithmetic, reductions
from harness.backends.errors import ShapeMismatch
from harness.backends.graph import dtypes, operators, primitives, shape_rules
from harness.backends.graph.composites import composite


def _checked_pair(op, output, target):
    """Both as tensors of the output's float type; raises ShapeMismatch unless they can have one shape."""
    output = checks.at_least(op, checks.of_floats(op, output, "output"), 1, "output")
    target = operators.cast(checks.tensor(op, target, "target"), output.dtype)
    if not shape_rules.alike(output.shape, target.shape):
        raise ShapeMismatch(
            "%s: shapes differ. Expected one shape. Received output.shape=%s, target.shape=%s."
            % (op, output.shape, target.shape)
        )
    return output, target


def _limits(dtype):
    """(least, largest) probability whose logarithm is taken: those that the dtype tells from 0 and from 1, at most."""
    eps, kind = settings.get("epsilon"), np.finfo(dtype)
    return max(eps, float(kind.tiny)), min(1.0 - eps, 1.0 - float(kind.epsneg))


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
    Numerics: eps = epsilon(), and 1 - eps is below 1: at most 1 - 6e-8 in float32. A class whose target is 0 counts for
              nothing, even if its logit is -inf.
    Differs:  for logits Keras 1.2.2 clips under Theano, not under TensorFlow; here log-softmax, unclipped. The order is
              (output, target), as in all of Keras 1; Keras 2 swaps them.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, categorical_crossentropy.
    """
    output, target = _checked_pair("categorical_crossentropy", output, target)
    from_logits = checks.flag("categorical_crossentropy", "from_logits", from_logits)
    wide, share = operators.widened(output), operators.widened(target)
    logs = _logs(wide, from_logits)
    if from_logits:
        logs = primitives.select(operators.comparison("equal", share, 0.0), _finite(logs), logs)
    expansion = operators.cast(-reductions.sum(share * logs, axis=-1), output.dtype)
    attributes = {"from_logits": from_logits, "epsilon": settings.get("epsilon")}
    return composite("categorical_crossentropy", (output, target), attributes, expansion)


def _finite(logs):
    """Logarithms with the lowest number in place of -inf."""
    return arithmetic.maximum(logs, float(np.finfo(logs.dtype).min))


def _logs(output, from_logits):
    """The logarithms of the probabilities of each row's classes."""
    if from_logits:
        shifted = output - primitives.stop_gradient(reductions.max(output, axis=-1, keepdims=True))
        return shifted - arithmetic.log(reductions.sum(arithmetic.exp(shifted), axis=-1, keepdims=True))
    rows = output / reductions.sum(output, axis=-1, keepdims=True)
    return arithmetic.log(arithmetic.clip(rows, *_limits(rows.dtype)))


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
    if not shape_rules.alike(output.shape[:-1], target.shape):
        raise ShapeMismatch(
            "%s: shapes do not fit. Expected target.shape == output.shape[:-1]. Received output.shape=%s, "
            "target.shape=%s." % (op, output.shape, target.shape)
        )
    if output.shape[-1] is None:
        raise ShapeMismatch("%s: number of classes unknown. Expected a static last size. Received %r." % (op, output))
    from_logits = checks.flag(op, "from_logits", from_logits)
    whole = _whole(target, output.shape[-1])
    logs = _logs(operators.widened(output), from_logits)
    chosen = primitives.select(hits(whole, output.shape[-1]), logs, primitives.constant(0.0, logs.dtype))
    return operators.cast(-reductions.sum(chosen, axis=-1), output.dtype)


def _whole(target, count):
    """Class numbers as integers; of floats those beyond all classes become the nearest that is none."""
    if target.dtype not in dtypes.FLOATS:
        return operators.cast(target, "int32") if target.dtype == "bool" else target
    return operators.cast(arithmetic.clip(target, -1.0, float(count)), "int32")


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
    Numerics: eps = epsilon(), and 1 - eps is below 1: at most 1 - 6e-8 in float32; for logits
              log(1 + e^x) - x * target, which cannot overflow, and is nan for an infinite one.
    Differs:  the order is (output, target), as in all of Keras 1; Keras 2 swaps them.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, binary_crossentropy.
    """
    output, target = _checked_pair("binary_crossentropy", output, target)
    from_logits = checks.flag("binary_crossentropy", "from_logits", from_logits)
    wide, share = operators.widened(output), operators.widened(target)
    if from_logits:
        loss = primitives.unary("softplus", wide) - wide * share
    else:
        p = arithmetic.clip(wide, *_limits(wide.dtype))
        loss = -(share * arithmetic.log(p) + (1.0 - share) * arithmetic.log(1.0 - p))
    expansion = operators.cast(loss, output.dtype)
    attributes = {"from_logits": from_logits, "epsilon": settings.get("epsilon")}
    return composite("binary_crossentropy", (output, target), attributes, expansion)
