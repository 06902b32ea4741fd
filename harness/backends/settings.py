"""The API's mutable settings: default float type, fuzz factor, image layout. Read through functions, never by value."""

import numbers

from harness.backends.errors import BackendError

FLOATX = ("float16", "float32", "float64")
DIM_ORDERINGS = ("tf", "th")

_values = {"floatx": "float32", "epsilon": 1e-7, "image_dim_ordering": "tf", "legacy_weight_ordering": False}


class SettingError(BackendError, ValueError):
    """A setting got a value that it cannot have."""


def get(name):
    """Current value of a setting."""
    return _values[name]


def choose(name, value, allowed):
    """Sets `name` to one of `allowed`; SettingError, and no change, otherwise."""
    if not any(value is each or (value == each and isinstance(value, type(each))) for each in allowed):
        listed = ", ".join(map(str, allowed))
        raise SettingError("%s: value not known. Expected one of %s. Received %r." % (name, listed, value))
    _values[name] = value


def set_number(name, value):
    """Sets `name` to a float; SettingError, and no change, for what is no number."""
    if not isinstance(value, numbers.Real):
        raise SettingError("%s: not a number. Expected a number. Received %r." % (name, value))
    _values[name] = float(value)
