"""Settings of K and the name of the backend in use."""

import numpy as np

from harness.backends import active, settings
from harness.backends.api import checks


def backend():
    """Name of the backend in use, e.g. 'tensorflow'."""
    return active.engine().backend


def epsilon():
    """The fuzz factor of numeric expressions, a float, 1e-7 at the start."""
    return settings.get("epsilon")


def set_epsilon(e):
    """Sets the fuzz factor.

    Parameters
    ----------
    e : float

    Notes
    -----
    Differs: Keras 1.2.2 binds the value when its modules are imported, so its cross-entropies never see a change; here
             every later graph does.
    """
    settings.set_number("epsilon", e)


def floatx():
    """The default float type: 'float16', 'float32' or 'float64'."""
    return settings.get("floatx")


def set_floatx(floatx):
    """Sets the default float type; SettingError, and no change, for any other name."""
    settings.choose("floatx", floatx, settings.FLOATX)


def cast_to_floatx(x):
    """A numpy array of `x` in the default float type."""
    return np.array(checks.array("cast_to_floatx", x, "x"), dtype=settings.get("floatx"))


def image_dim_ordering():
    """The default image layout: 'tf' (channels last) or 'th' (channels first)."""
    return settings.get("image_dim_ordering")


def set_image_dim_ordering(dim_ordering):
    """Sets the default image layout; SettingError, and no change, for any other name."""
    settings.choose("image_dim_ordering", dim_ordering, settings.DIM_ORDERINGS)


def legacy_weight_ordering():
    """Whether a model library is to keep weights in the order of Keras before 1.0: a flag, False at the start."""
    return settings.get("legacy_weight_ordering")


def set_legacy_weight_ordering(value):
    """Sets the flag of legacy_weight_ordering; nothing here is computed otherwise for it.

    Raises
    ------
    SettingError     not a bool

    Notes
    -----
    Source: keras 1.2.2, keras/backend/common.py, set_legacy_weight_ordering.
    """
    settings.choose("legacy_weight_ordering", value, (True, False))
