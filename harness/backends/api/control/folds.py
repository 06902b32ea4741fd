"""Functions applied to the elements of a tensor along axis 0, one after another."""

from harness.backends.api.arguments import checks, shapes
from harness.backends.api.control.rnn import rnn
from harness.backends.errors import ShapeMismatch
from harness.backends.graph import operators, primitives, shape_rules


def _elements(op, elems):
    """The elements as times of one sample: (1, n, ...), with 3 axes or more, and how to take one of them."""
    elems = checks.at_least(op, elems, 1, "elems")
    series = primitives.expand_dims(elems, 0)
    scalars = elems.ndim == 1
    return primitives.expand_dims(series, 2) if scalars else series, lambda x: _unwrapped(x, scalars)


def _unwrapped(x, scalars):
    """An element of one sample without its batch axis, and without the axis that scalars have in a series."""
    x = primitives.squeeze(x, 0)
    return primitives.squeeze(x, 0) if scalars else x


def map_fn(fn, elems, name=None):
    """fn(x) of each element x of `elems` along axis 0, along a new axis 0.

    Parameters
    ----------
    fn : callable        tensor -> tensor
    elems : tensor or array, (n, ...)
    Returns
    -------
    tensor, (n,) + the shape of fn's results
    Raises
    ------
    ShapeMismatch        elems has no axis, or is known to hold nothing

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, map_fn.
    """
    checks.function("map_fn", "fn", fn)
    elems = checks.filled("map_fn", checks.at_least("map_fn", elems, 1, "elems"), (0,), "elems")
    series, element = _elements("map_fn", elems)

    def step(x, states):
        return primitives.expand_dims(checks.tensor("map_fn", fn(element(x)), "fn's result"), 0), []

    return primitives.squeeze(rnn(step, series, [])[1], 0)


def foldl(fn, elems, initializer=None, name=None):
    """fn(... fn(fn(initializer, x[0]), x[1]) ...): the elements of `elems` along axis 0, gathered into one tensor.

    Parameters
    ----------
    fn : callable        (tensor so far, element) -> tensor of the first one's shape and dtype
    elems : tensor or array, (n, ...)
    initializer : tensor or None      None: the first element, and the others follow
    Returns
    -------
    tensor, the initializer's shape
    Raises
    ------
    ShapeMismatch        elems has no axis, or is known to hold nothing and there is no initializer; or fn changes the
                         shape

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, foldl.
    """
    return _folded("foldl", fn, elems, initializer, from_last=False)


def foldr(fn, elems, initializer=None, name=None):
    """fn(... fn(fn(initializer, x[-1]), x[-2]) ...): as foldl, from the last element to the first.

    Parameters
    ----------
    fn : callable                    (tensor so far, element) -> tensor of the first one's shape
    elems : tensor or array, (n, ...)
    initializer : tensor or None     None: the last element, and the others follow
    Returns
    -------
    tensor, the initializer's shape and dtype
    Raises
    ------
    ShapeMismatch                    elems has no axis, or is known to hold nothing and there is no initializer; or fn
                                     changes the shape
    TypeMismatch                     fn cannot be called, or returns no tensor

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, foldr.
    """
    return _folded("foldr", fn, elems, initializer, from_last=True)


def _folded(op, fn, elems, initializer, from_last):
    checks.function(op, "fn", fn)
    elems = checks.at_least(op, elems, 1, "elems")
    if initializer is not None:
        return _run(op, fn, elems, checks.tensor(op, initializer, "initializer"), from_last)
    elems = checks.filled(op, checks.at_least(op, elems, 1, "elems"), (0,), "elems")
    rest = (slice(None),) * (elems.ndim - 1)
    first = primitives.slice_(elems, (-1 if from_last else 0,) + rest)
    if elems.shape[0] is not None:
        others = primitives.slice_(elems, (slice(None, -1) if from_last else slice(1, None),) + rest)
        return _run(op, fn, others, first, from_last)
    others, alone = _others(op, elems, from_last)
    return primitives.select(alone, first, _run(op, fn, others, first, from_last))


def _others(op, elems, from_last):
    """An open number of elements but the one that is first in line, and whether there is none: itself is there then.

    No library has a recurrence over nothing whose gradient is there too.
    """
    number = operators.index(primitives.sizes(elems), 0)
    (size,), sources = shapes.attribute(op, (operators.binary("maximum", number - 1, 1),))
    places = primitives.count(sources, size)
    if not from_last:
        places = places + operators.cast(operators.comparison("greater", number, 1), "int32")
    return primitives.gather(elems, places), operators.comparison("equal", number, 1)


def _run(op, fn, elems, initializer, from_last):
    """fn over all the elements, of which there may be none if their number is known."""
    if elems.shape[0] == 0:
        return initializer
    series, element = _elements(op, elems)

    def step(x, states):
        found = checks.tensor(op, fn(primitives.squeeze(states[0], 0), element(x)), "fn's result")
        found = primitives.expand_dims(_as_before(op, found, initializer), 0)
        return found, [found]

    return primitives.squeeze(rnn(step, series, [primitives.expand_dims(initializer, 0)], go_backwards=from_last)[0], 0)


def _as_before(op, found, initializer):
    """fn's result in the initializer's dtype; ShapeMismatch if it has another shape."""
    if not shape_rules.alike(found.shape, initializer.shape):
        raise ShapeMismatch(
            "%s: fn changes the shape. Expected the initializer's %s. Received %s."
            % (op, initializer.shape, found.shape)
        )
    return operators.cast(found, initializer.dtype)
