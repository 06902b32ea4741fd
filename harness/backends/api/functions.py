"""Compiled functions, gradients, and the values and updates of variables."""

import numpy as np

from harness.backends import active, operators, primitives, shapes
from harness.backends.api import checks
from harness.backends.api.compilation import Function
from harness.backends.api.composites import composite
from harness.backends.api.sparse import as_array
from harness.backends.api.tensors import eval
from harness.backends.errors import ShapeMismatch, TypeMismatch
from harness.backends.graph import Tensor, depends_on


def function(inputs, outputs, updates=(), **kwargs):
    """Compiles a graph.

    Parameters
    ----------
    inputs : list of placeholders               all that the graph needs; others are ignored
    outputs : list of tensors
    updates : list of (variable, new value)     as made by update, update_add, update_sub, moving_average_update
    Returns
    -------
    callable, list of arrays -> list of numpy arrays
    Raises
    ------
    TypeMismatch      inputs, outputs or updates is not a list of these, a placeholder is missing, or an argument is
                      not known
    ShapeMismatch     a new value has another shape than its variable

    Notes
    -----
    Differs: updates are simultaneous: outputs and new values all use the values from before the call. TensorFlow under
             Keras 1.2.2 leaves the order open. Of several updates of one variable the first counts, as under Theano: a
             layer that is used twice makes two. Other keywords are errors, as under Theano.
    Source:  keras 1.2.2, keras/backend/theano_backend.py, function.
    """
    if kwargs:
        raise TypeMismatch(
            "function: argument not known. Expected inputs, outputs and updates. Received %s."
            % ", ".join(sorted(kwargs))
        )
    for name, value in (("inputs", inputs), ("outputs", outputs), ("updates", updates)):
        if not isinstance(value, (list, tuple)):
            raise TypeMismatch("function: %s is not a list. Expected a list. Received %r." % (name, value))
    outputs = [checks.tensor("function", tensor, "an output") for tensor in outputs]
    first = {}
    for variable, new_value in map(_checked, updates):
        first.setdefault(variable, new_value)
    return Function(inputs, outputs, list(first.items()))


def _checked(update):
    """An update whose new value has the variable's dtype and shape."""
    if not isinstance(update, (list, tuple)) or len(update) != 2:
        raise TypeMismatch("update: no pair. Expected (variable, new value). Received %r." % (update,))
    variable, new_value = update
    if not isinstance(variable, Tensor) or not variable.is_variable:
        raise TypeMismatch(
            "update: target is not a variable. Expected one made by K.variable. Received %r." % (variable,)
        )
    new_value = operators.cast(operators.as_tensor(new_value, variable.dtype), variable.dtype)
    if not shapes.alike(new_value.shape, variable.shape):
        raise ShapeMismatch(
            "update: shapes differ. Expected the variable's %s. Received %s." % (variable.shape, new_value.shape)
        )
    return variable, new_value


def gradients(loss, variables):
    """d sum(loss) / d each of `variables`, which may be any tensors of the graph.

    Parameters
    ----------
    loss : tensor, floatx
    variables : list of tensors
    Returns
    -------
    list      a tensor of each one's shape, or None where loss does not depend on it
    Raises
    ------
    TypeMismatch      loss or a variable is no tensor of floats

    Notes
    -----
    Differs: Theano under Keras 1.2.2 wants a scalar loss, and raises for a tensor that loss does not depend on.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, gradients.
    """
    loss = checks.of_floats("gradients", loss, "loss")
    variables = [variables] if isinstance(variables, Tensor) else variables
    variables = [_differentiable(tensor) for tensor in variables]
    reached = depends_on([loss], {tensor.operation for tensor in variables})
    connected = [tensor for tensor in variables if tensor.operation in reached]
    found = dict(zip(connected, primitives.gradient(loss, connected) if connected else ()))
    return [found.get(tensor) for tensor in variables]


def _differentiable(tensor):
    """A tensor that gradients may be taken with respect to."""
    tensor = checks.of_floats("gradients", tensor, "a variable")
    if tensor.is_sparse and not tensor.is_variable:
        raise TypeMismatch("gradients: a sparse tensor. Expected dense ones. Received %r. Use K.to_dense." % (tensor,))
    return tensor


def stop_gradient(variables):
    """The tensor itself, through which no gradient flows."""
    return primitives.stop_gradient(checks.tensor("stop_gradient", variables))


def update(x, new_x):
    """The update that gives variable `x` the value `new_x`."""
    return x, new_x


def update_add(x, increment):
    """The update that adds `increment` to variable `x`."""
    return x, x + increment


def update_sub(x, decrement):
    """The update that subtracts `decrement` from variable `x`."""
    return x, x - decrement


def moving_average_update(variable, value, momentum):
    """The update that gives `variable` the value variable * momentum + value * (1 - momentum).

    Notes
    -----
    Source: keras 1.2.2, keras/backend/theano_backend.py, moving_average_update.
    """
    return variable, variable * momentum + value * (1.0 - momentum)


def print_tensor(x, message=""):
    """`x` itself; each call of a function that computes it prints the message and the value on standard output.

    Notes
    -----
    Numerics: in a step of K.rnn, K.map_fn or a fold nothing is printed: its values are not there one by one.
    Source:   keras 1.2.2, keras/backend/theano_backend.py, print_tensor.
    """
    x = checks.tensor("print_tensor", x)
    return composite("print", (x,), {"message": str(message)}, x)


def get_value(x):
    """The current value of a variable, a numpy array; of another tensor what K.eval gives.

    Notes
    -----
    Differs: Theano under Keras 1.2.2 takes variables only.
    """
    x = checks.tensor("get_value", x)
    return active.engine().get_value(x) if x.is_variable else eval(x)


def batch_get_value(xs):
    """The current values of variables, a list of numpy arrays; of other tensors as get_value."""
    xs = [checks.tensor("batch_get_value", x) for x in xs]
    if not all(x.is_variable for x in xs):
        return [get_value(x) for x in xs]
    return active.engine().get_values(xs)


def set_value(x, value):
    """Gives variable `x` a value of its shape; the array is cast to its dtype.

    Raises
    ------
    ShapeMismatch    the shape differs
    TypeMismatch     x is no variable

    Notes
    -----
    Differs: Theano under Keras 1.2.2 lets a value of another shape in; here none, as under TensorFlow.
    """
    active.engine().set_value(x, _fitting(x, value))


def _fitting(x, value):
    """The array that variable `x` can take."""
    if not isinstance(x, Tensor) or not x.is_variable:
        raise TypeMismatch("set_value: not a variable. Expected one made by K.variable. Received %r." % (x,))
    array = np.asarray(as_array(value), dtype=x.dtype)
    if array.shape != x.shape:
        raise ShapeMismatch("set_value: shapes differ. Expected %s. Received %s." % (x.shape, array.shape))
    return array


def get_variable_shape(x):
    """The shape of a variable, a tuple of ints."""
    return checks.tensor("get_variable_shape", x).shape


def batch_set_value(tuples):
    """Gives variables values: a list of (variable, value); none if one does not fit."""
    active.engine().set_values([(x, _fitting(x, value)) for x, value in tuples])
