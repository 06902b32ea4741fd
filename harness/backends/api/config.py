"""Settings of K and the name of the backend in use."""

import numpy as np

from harness.backends import settings
from harness.backends.api.arguments import checks
from harness.backends.engines import registry


def backend():
    """Name of the backend in use, e.g. 'tensorflow'.

    Returns
    -------
    str

    Notes
    -----
    Source: keras 1.2.2, keras/backend/__init__.py, backend.
    """
    return registry.engine().backend


def epsilon():
    """The fuzz factor of numeric expressions, 1e-7 at the start.

    Returns
    -------
    float

    Notes
    -----
    Source: keras 1.2.2, keras/backend/common.py, epsilon.
    """
    return settings.get("epsilon")


def set_epsilon(e):
    """Sets the fuzz factor.

    Parameters
    ----------
    e : float
    Returns
    -------
    None
    Raises
    ------
    SettingError     no number from 0 on; nothing changes

    Notes
    -----
    Differs: Keras 1.2.2 binds the value when its modules are imported, so its cross-entropies never see a change; here
             every later graph does.
    Source:  keras 1.2.2, keras/backend/common.py, set_epsilon.
    """
    settings.set_number("epsilon", e)


def floatx():
    """The default float type.

    Returns
    -------
    str, 'float16', 'float32' or 'float64'

    Notes
    -----
    Source: keras 1.2.2, keras/backend/common.py, floatx.
    """
    return settings.get("floatx")


def set_floatx(floatx):
    """Sets the default float type.

    Returns
    -------
    None
    Raises
    ------
    SettingError     another name; nothing changes

    Notes
    -----
    Source: keras 1.2.2, keras/backend/common.py, set_floatx.
    """
    settings.choose("floatx", floatx, settings.FLOATX)


def cast_to_floatx(x):
    """`x` in the default float type.

    Returns
    -------
    numpy array, np.shape(x), floatx
    Raises
    ------
    TypeMismatch     x is no array of numbers: a tensor is none, use K.cast

    Notes
    -----
    Source: keras 1.2.2, keras/backend/common.py, cast_to_floatx.
    """
    return np.array(checks.array("cast_to_floatx", x, "x"), dtype=settings.get("floatx"))


def image_dim_ordering():
    """The default image layout.

    Returns
    -------
    str, 'tf' (channels last) or 'th' (channels first)

    Notes
    -----
    Source: keras 1.2.2, keras/backend/common.py, image_dim_ordering.
    """
    return settings.get("image_dim_ordering")


def set_image_dim_ordering(dim_ordering):
    """Sets the default image layout.

    Returns
    -------
    None
    Raises
    ------
    SettingError     another name than 'tf' and 'th'; nothing changes

    Notes
    -----
    Source: keras 1.2.2, keras/backend/common.py, set_image_dim_ordering.
    """
    settings.choose("image_dim_ordering", dim_ordering, settings.DIM_ORDERINGS)


def legacy_weight_ordering():
    """Whether a model library is to keep weights in the order of Keras before 1.0; False at the start.

    Returns
    -------
    bool

    Notes
    -----
    Source: keras 1.2.2, keras/backend/common.py, legacy_weight_ordering.
    """
    return settings.get("legacy_weight_ordering")


def set_legacy_weight_ordering(value):
    """Sets the flag of legacy_weight_ordering; nothing here is computed otherwise for it.

    Returns
    -------
    None
    Raises
    ------
    SettingError     not a bool

    Notes
    -----
    Source: keras 1.2.2, keras/backend/common.py, set_legacy_weight_ordering.
    """
    settings.choose("legacy_weight_ordering", value, (True, False))
