"""Numbers, names and lists as users write them, converted to Python's own: no engine ever sees a NumPy scalar."""

import collections.abc

import numpy as np

WITHOUT_ORDER = (type, str, bytes, collections.abc.Mapping, collections.abc.Set)


def plain(value):
    """A scalar of NumPy's, or an array without axes, as Python's bool, int, float or str; anything else as it is."""
    if not isinstance(value, (np.generic, np.ndarray)) or value.ndim:
        return value
    return float(value) if value.dtype.kind == "f" else value.item()  # a longdouble's item is one itself


def listed(values):
    """A list or tuple as it is, any other values in an order (a range, an array, a generator) as a list, else None."""
    if isinstance(values, (list, tuple)):
        return values
    if isinstance(values, np.ndarray):
        return values.tolist() if values.ndim else None
    if not isinstance(values, collections.abc.Iterable) or isinstance(values, WITHOUT_ORDER):
        return None
    try:
        ordered = iter(values)
    except TypeError:  # a tensor of the graph refuses it so
        return None
    return list(ordered)


def several(values):
    """As `listed`; one value alone as a list of it."""
    found = listed(values)
    return [values] if found is None else found
