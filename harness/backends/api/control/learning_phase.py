"""The learning phase, training or test: an input of a function, or a constant."""

import numbers

from harness.backends.errors import shown
from harness.backends.graph import primitives
from harness.backends.plain_values import plain
from harness.backends.settings import SettingError

TEST, TRAIN = 0, 1

_phases = {}  # "now": the placeholder, or the fixed phase


def learning_phase():
    """The phase: an input that functions are given 0 (test) or 1 (train) for, or the fixed number.

    Returns
    -------
    tensor, (), uint8     a placeholder; an int once set_learning_phase has fixed it

    Notes
    -----
    Differs: bool under TensorFlow in Keras 1.2.2; here uint8 as under Theano, so that formulas may compute with it.
    Source:  keras 1.2.2, keras/backend/theano_backend.py, learning_phase.
    """
    if "now" not in _phases:
        _phases.setdefault(
            "now", primitives.placeholder((), "uint8", "keras_learning_phase")
        )  # of two threads the first
    return _phases["now"]


def set_learning_phase(value):
    """Fixes the phase to 0 (test) or 1 (train) for all graphs built from now on, until clear_session.

    Returns
    -------
    None
    Raises
    ------
    SettingError      another value

    Notes
    -----
    Differs: nothing takes it back under Theano in Keras 1.2.2.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, set_learning_phase.
    """
    value = plain(value)
    if not isinstance(value, numbers.Integral) or value not in (TEST, TRAIN):
        raise SettingError("learning_phase: value not known. Expected 0 or 1. Received %s." % shown(value))
    _phases["now"] = int(value)


def forget():
    """Makes the phase an input again, of functions that are built from now on."""
    _phases.clear()
