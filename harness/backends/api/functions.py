"""Compiled functions, gradients, and the values and updates of variables."""

import numpy as np

from harness.backends import active, operators, pooling_first, primitives
from harness.backends.errors import ShapeMismatch, TypeMismatch
from harness.backends.graph import depends_on
from harness.backends.shapes import broadcast


class Function(object):
    """A compiled graph: called with a list of arrays, one for each input, it returns a list of numpy arrays."""

    def __init__(self, inputs, outputs, updates):
        self.inputs = list(inputs)
        engine, outputs, updates = active.engine(), list(outputs), [_checked(*pair) for pair in updates]
        if engine.simplifies:
            outputs, updates = pooling_first.simplified(outputs, updates)
        self.compiled = engine.function(self.inputs, outputs, updates)

    def __call__(self, inputs):
        if len(inputs) != len(self.inputs):
            raise ShapeMismatch(
                "function: wrong number of inputs. Expected %d. Received %d." % (len(self.inputs), len(inputs))
            )
        return self.compiled(inputs)


def _checked(variable, new_value):
    """An update whose new value has the variable's dtype and shape."""
    if not variable.is_variable:
        raise TypeMismatch("update: target is not a variable. Expected one made by K.variable. Received %r." % variable)
    new_value = operators.cast(operators.as_tensor(new_value, variable.dtype), variable.dtype)
    if len(new_value.shape) != len(variable.shape) or broadcast("update", new_value.shape, variable.shape) != (
        variable.shape
    ):
        raise ShapeMismatch(
            "update: shapes differ. Expected the variable's %s. Received %s." % (variable.shape, new_value.shape)
        )
    return variable, new_value


def function(inputs, outputs, updates=()):
    """Compiles a graph.

    Parameters
    ----------
    inputs : list of placeholders
    outputs : list of tensors
    updates : list of (variable, new value)     as made by update, update_add, update_sub
    Returns
    -------
    callable, list of arrays -> list of numpy arrays
    Raises
    ------
    TypeMismatch      inputs or outputs is not a list, or an update's target is not a variable
    ShapeMismatch     two updates of one variable, or a new value of another shape

    Notes
    -----
    Differs: updates are simultaneous: outputs and new values all use the values from before the call. TensorFlow under
             Keras 1.2.2 leaves the order open.
    Source:  keras 1.2.2, keras/backend/theano_backend.py, function.
    """
    for name, value in (("inputs", inputs), ("outputs", outputs)):
        if not isinstance(value, (list, tuple)):
            raise TypeMismatch("function: %s is not a list. Expected a list of tensors. Received %r." % (name, value))
    targets = [variable for variable, _ in updates]
    if len(set(targets)) != len(targets):
        raise ShapeMismatch("function: a variable is updated twice. Expected one update each. Received %r." % targets)
    return Function(inputs, outputs, updates)


def gradients(loss, variables):
    """d sum(loss) / d each of `variables`, which may be any tensors of the graph.

    Parameters
    ----------
    loss : tensor, floatx
    variables : list of tensors
    Returns
    -------
    list      a tensor of each one's shape, or None where loss does not depend on it

    Notes
    -----
    Differs: Theano under Keras 1.2.2 raises for a tensor that loss does not depend on.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, gradients.
    """
    reached = depends_on([loss], {tensor.operation for tensor in variables})
    connected = [tensor for tensor in variables if tensor.operation in reached]
    found = dict(zip(connected, primitives.gradient(loss, connected) if connected else ()))
    return [found.get(tensor) for tensor in variables]


def stop_gradient(variables):
    """The tensor itself, through which no gradient flows."""
    return primitives.stop_gradient(variables)


def update(x, new_x):
    """The update that gives variable `x` the value `new_x`."""
    return x, new_x


def update_add(x, increment):
    """The update that adds `increment` to variable `x`."""
    return x, x + increment


def update_sub(x, decrement):
    """The update that subtracts `decrement` from variable `x`."""
    return x, x - decrement


def get_value(x):
    """The current value of a variable, a numpy array."""
    if not x.is_variable:
        raise TypeMismatch("get_value: not a variable. Expected one made by K.variable. Received %r. Use K.eval." % x)
    return active.engine().get_value(x)


def batch_get_value(xs):
    """The current values of variables, a list of numpy arrays."""
    return [get_value(x) for x in xs]


def set_value(x, value):
    """Gives variable `x` a value of its shape; the array is cast to its dtype.

    Raises
    ------
    ShapeMismatch    the shape differs
    """
    array = np.asarray(value, dtype=x.dtype)
    if array.shape != x.shape:
        raise ShapeMismatch("set_value: shapes differ. Expected %s. Received %s." % (x.shape, array.shape))
    active.engine().set_value(x, array)


def batch_set_value(tuples):
    """Gives variables values: a list of (variable, value)."""
    for x, value in tuples:
        set_value(x, value)
