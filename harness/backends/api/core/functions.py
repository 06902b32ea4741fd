"""Compiled functions, gradients, and the values and updates of variables."""

import contextlib
import warnings

from harness.backends.api.arguments import checks
from harness.backends.api.core.compiled import Function
from harness.backends.api.core.sparse import as_array
from harness.backends.api.core.tensors import evaluated
from harness.backends.engines import failures, registry
from harness.backends.errors import ShapeMismatch, TypeMismatch, UnknownArgument, shown
from harness.backends.graph import operators, primitives, shape_rules
from harness.backends.graph.composites import composite
from harness.backends.graph.nodes import Tensor
from harness.backends.graph.traversal import depends_on
from harness.backends.plain_values import plain

# What theano.function takes besides inputs, outputs and updates: a model hands on the keywords of its `compile`.
OF_THEANO = frozenset(
    ("mode", "givens", "no_default_updates", "accept_inplace", "name", "rebuild_strict")
    + ("allow_input_downcast", "profile", "on_unused_input")
)


def function(inputs, outputs, updates=(), **kwargs):
    """Compiles a graph.

    Parameters
    ----------
    inputs : list of placeholders     all that the graph needs; others are ignored
    outputs : list of tensors
    updates : list of (variable, new value)     as made by update, update_add, update_sub, moving_average_update
    kwargs                            arguments of theano.function, such as mode: ignored, with a UserWarning
    Returns
    -------
    callable, list of arrays -> list of numpy arrays
    Raises
    ------
    TypeMismatch      inputs, outputs or updates is not a list of these, or a placeholder is missing
    ShapeMismatch     a new value has another shape than its variable, or an input comes twice
    UnknownArgument   a keyword that theano.function does not have

    Notes
    -----
    Numerics: what the callable is given becomes the placeholder's dtype as NumPy's astype does it: for an int 1.7 is 1,
              for a uint8 300 is 44. Calls from several threads, and what reads or sets values there, wait for each
              other: one function runs at a time, and none sees half of another's updates. Graphs are built without
              waiting. A call that fails may have made some of its updates under TensorFlow, and none elsewhere.
    Differs:  updates are simultaneous: outputs and new values all use the values from before the call. TensorFlow under
              Keras 1.2.2 leaves the order open. Of several updates of one variable the first counts, as under Theano: a
              layer that is used twice makes two. TensorFlow ignores every keyword, Theano obeys its own and refuses
              all others with a ValueError; here those of Theano are ignored, others refused.
    Source:   keras 1.2.2, keras/backend/theano_backend.py, function.
    """
    if kwargs:
        _ignore(kwargs)
    inputs = checks.listed("function", inputs, "inputs", "a list of placeholders")
    outputs = checks.listed("function", outputs, "outputs", "a list of tensors")
    outputs = [checks.tensor("function", tensor, "an output") for tensor in outputs]
    first = {}
    for pair in checks.listed("function", updates, "updates", "a list of pairs"):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise TypeMismatch(
                "function: an update is no pair. Expected (variable, new value). Received %s." % shown(pair)
            )
        first.setdefault(*_fitting("function", "an update's target", *pair))
    return Function(inputs, outputs, list(first.items()))


def _ignore(keywords):
    """Says that keywords of Theano's are ignored; UnknownArgument for others."""
    unknown = sorted(set(keywords) - OF_THEANO)
    if unknown:
        raise UnknownArgument(
            "function: argument not known. Expected inputs, outputs, updates, and what theano.function takes. "
            "Received %s." % ", ".join(unknown)
        )
    warnings.warn(
        "function: keywords are ignored. Expected inputs, outputs and updates. Received %s. Each library is set up by "
        "its own configuration." % ", ".join("%s=%s" % (name, shown(keywords[name])) for name in sorted(keywords)),
        stacklevel=3,
    )


def _fitting(op, name, variable, new_value):
    """A variable and its new value in the variable's dtype, whose shape it has."""
    checks.variable(op, variable, name)
    new_value = operators.as_tensor(new_value, variable.dtype, op, "a new value")
    if not shape_rules.alike(new_value.shape, variable.shape):
        raise ShapeMismatch(
            "%s: shapes differ. Expected the variable's %s. Received %s." % (op, variable.shape, new_value.shape)
        )
    return variable, operators.cast(new_value, variable.dtype)


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
    Numerics: what an operation does not choose gets 0, even of an infinity or nan: in maximum, minimum, max, min, clip,
              relu, switch, and in pow with an exponent of 0. Elsewhere 0 times an infinite gradient is nan.
    Differs:  Theano under Keras 1.2.2 wants a scalar loss, and raises for a tensor that loss does not depend on. A
              gradient of a gradient is a graph as any other on TensorFlow and Theano; NumPy and CNTK differentiate
              once and refuse it when the function is compiled (UnsupportedOperation).
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, gradients.
    """
    loss = checks.of_floats("gradients", loss, "loss")
    variables = [variables] if isinstance(variables, Tensor) else variables
    variables = checks.listed("gradients", variables, "variables", "a list of tensors")
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
    """The tensor itself, through which no gradient flows.

    Returns
    -------
    tensor, its shape and dtype

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, stop_gradient.
    """
    return primitives.stop_gradient(checks.tensor("stop_gradient", variables, "variables"))


def update(x, new_x):
    """The update that gives variable `x` the value `new_x`.

    Returns
    -------
    (variable, new value)     a pair for K.function and models, the new value in x's dtype
    Raises
    ------
    TypeMismatch              x is no variable, or the other no tensor
    ShapeMismatch             the new value has another shape than x

    Notes
    -----
    Source: keras 1.2.2, keras/backend/theano_backend.py, update.
    """
    return _fitting("update", "x", x, new_x)


def update_add(x, increment):
    """The update that adds `increment` to variable `x`.

    Returns
    -------
    (variable, new value)     a pair for K.function and models, the new value in x's dtype
    Raises
    ------
    TypeMismatch              x is no variable, or the other no tensor
    ShapeMismatch             the new value has another shape than x

    Notes
    -----
    Source: keras 1.2.2, keras/backend/theano_backend.py, update_add.
    """
    return _moved("update_add", "add", x, increment)


def _moved(op, name, x, by):
    """The update of x by an operation of primitive_table.BINARY."""
    return _fitting(op, "x", x, operators.binary(name, checks.variable(op, x), by, op=op))


def update_sub(x, decrement):
    """The update that subtracts `decrement` from variable `x`.

    Returns
    -------
    (variable, new value)     a pair for K.function and models, the new value in x's dtype
    Raises
    ------
    TypeMismatch              x is no variable, or the other no tensor
    ShapeMismatch             the new value has another shape than x

    Notes
    -----
    Source: keras 1.2.2, keras/backend/theano_backend.py, update_sub.
    """
    return _moved("update_sub", "subtract", x, decrement)


def moving_average_update(variable, value, momentum):
    """The update that gives `variable` the value variable * momentum + value * (1 - momentum).

    Returns
    -------
    (variable, new value)     a pair for K.function and models, the new value in the variable's dtype
    Raises
    ------
    TypeMismatch              variable is none, or value or momentum is no tensor
    ShapeMismatch             the new value has another shape than the variable

    Notes
    -----
    Source: keras 1.2.2, keras/backend/theano_backend.py, moving_average_update.
    """
    op = "moving_average_update"
    checks.variable(op, variable, "variable")
    value, momentum = checks.tensor(op, value, "value"), checks.operand(op, "momentum", momentum)
    kept = operators.binary("multiply", variable, momentum, op=op)
    new = operators.binary("multiply", value, 1.0 - momentum, op=op)
    return _fitting(op, "variable", variable, operators.binary("add", kept, new, op=op))


def print_tensor(x, message=""):
    """`x` itself; each call of a function that computes it prints the message and the value on standard output.

    Parameters
    ----------
    message : str     what stands before the value
    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch      x is no tensor, or message no str

    Notes
    -----
    Numerics: it prints once a call, when all is computed, if an output or update depends on the result, not on x alone.
              In a step of K.rnn, K.map_fn or a fold nothing is printed: its values are not there one by one.
    Source:   keras 1.2.2, keras/backend/theano_backend.py, print_tensor.
    """
    x, message = checks.tensor("print_tensor", x), plain(message)
    if not isinstance(message, str):
        raise TypeMismatch("print_tensor: message is not a text. Expected a str. Received %s." % shown(message))
    return composite("print", (x,), {"message": message}, x)


def get_value(x):
    """The current value of a variable; of another tensor what K.eval gives.

    Returns
    -------
    numpy array, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     x is no tensor, or depends on a placeholder

    Notes
    -----
    Differs: Theano under Keras 1.2.2 takes variables only.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, get_value.
    """
    return _value("get_value", checks.tensor("get_value", x))


def _value(op, x):
    if not x.is_variable:
        return evaluated(op, x)
    with _locked(op, x) as engine:
        return engine.get_value(x)


@contextlib.contextmanager
def _locked(op, given):
    """The engine, for this thread alone; what its library raises while values are read or set is one sentence."""
    engine = registry.engine()
    with engine.lock, failures.of_values(op, engine, given):
        yield engine


def batch_get_value(xs):
    """The current values of variables; of other tensors what K.eval gives.

    Parameters
    ----------
    xs : list of tensors
    Returns
    -------
    list of numpy arrays, one for each
    Raises
    ------
    TypeMismatch     xs is not a list of tensors, or one depends on a placeholder

    Notes
    -----
    Differs: Theano under Keras 1.2.2 takes variables only.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, batch_get_value.
    """
    op = "batch_get_value"
    xs = checks.listed(op, xs, "xs", "a list of variables")
    xs = [checks.tensor(op, x, "xs[%d]" % place) for place, x in enumerate(xs)]
    if not all(x.is_variable for x in xs):
        return [_value(op, x) for x in xs]
    with _locked(op, "%d variables" % len(xs)) as engine:
        return engine.get_values(xs)


def set_value(x, value):
    """Gives variable `x` a value of its shape; the array is cast to its dtype.

    Returns
    -------
    None
    Raises
    ------
    ShapeMismatch     the shape differs
    TypeMismatch      x is no variable, or value no array of numbers

    Notes
    -----
    Differs: Theano under Keras 1.2.2 lets a value of another shape in; here none, as under TensorFlow.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, set_value.
    """
    array = _taken("set_value", x, value)
    with _locked("set_value", x) as engine:
        engine.set_value(x, array)


def _taken(op, x, value):
    """The array that variable `x` can take."""
    checks.variable(op, x)
    array = checks.array(op, as_array(value), "value")
    if array.shape != x.shape:
        raise ShapeMismatch("%s: shapes differ. Expected %s. Received %s." % (op, x.shape, array.shape))
    return array.astype(x.dtype, copy=False)


def get_variable_shape(x):
    """The shape of a variable, or the static one of another tensor.

    Returns
    -------
    tuple of ints     None for a size of a placeholder's that is not known

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, get_variable_shape.
    """
    return checks.tensor("get_variable_shape", x).shape


def batch_set_value(tuples):
    """Gives variables values, each cast to its variable's dtype.

    Parameters
    ----------
    tuples : list of (variable, value)
    Returns
    -------
    None
    Raises
    ------
    ShapeMismatch     a shape differs; no variable is changed
    TypeMismatch      no list of pairs, no variable, or no array of numbers; no variable is changed

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, batch_set_value.
    """
    op = "batch_set_value"
    fitting = []
    for pair in checks.listed(op, tuples, "tuples", "a list of pairs"):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise TypeMismatch("%s: no pair. Expected (variable, value). Received %s." % (op, shown(pair)))
        fitting.append((pair[0], _taken(op, *pair)))
    with _locked(op, "%d variables" % len(fitting)) as engine:
        engine.set_values(fitting)
