"""The API's mutable settings: default float type, fuzz factor, image layout. Read through functions, never by value."""

import numbers

from harness.backends.errors import BackendError, shown
from harness.backends.plain_values import plain

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
    value = plain(value)
    if not any(value is each or (value == each and isinstance(value, type(each))) for each in allowed):
        listed = ", ".join(map(str, allowed))
        raise SettingError("%s: value not known. Expected one of %s. Received %s." % (name, listed, shown(value)))
    _values[name] = value


def set_number(name, value):
    """Sets `name` to a float; SettingError, and no change, for what is no number from 0 on."""
    value = plain(value)
    if not isinstance(value, numbers.Real) or isinstance(value, bool) or not value >= 0:
        raise SettingError("%s: not a number. Expected one from 0 on. Received %s." % (name, shown(value)))
    _values[name] = float(value)
