"""The session: what holds the values of variables, and what a new one resets."""

import itertools

from harness.backends.api.control import learning_phase
from harness.backends.engines import registry
from harness.backends.engines.contract import Engine
from harness.backends.errors import TypeMismatch, shown
from harness.backends.plain_values import plain

_uids = {}  # prefix -> its numbers to come; taken in one step, whatever other threads do


def get_uid(prefix=""):
    """1, 2, 3, ... for the first, second, third call with a prefix.

    Returns
    -------
    int
    Raises
    ------
    TypeMismatch     prefix is not a str

    Notes
    -----
    Source: keras 1.2.2, keras/backend/common.py, get_uid.
    """
    prefix = plain(prefix)
    if not isinstance(prefix, str):
        raise TypeMismatch("get_uid: prefix is not a text. Expected a str. Received %s." % shown(prefix))
    return next(_uids.setdefault(prefix, itertools.count(1)))


def reset_uids():
    """Lets get_uid begin at 1 again, for every prefix.

    Returns
    -------
    None

    Notes
    -----
    Source: keras 1.2.2, keras/backend/common.py, reset_uids.
    """
    _uids.clear()


def get_session():
    """The engine in use, which holds the values of all variables.

    Returns
    -------
    Engine     what set_session takes

    Notes
    -----
    Differs: under Keras 1.2.2 TensorFlow's own session, and not there under Theano; here every backend has one.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, get_session.
    """
    return registry.engine()


def set_session(session):
    """Puts an engine in use, one that get_session returned.

    Returns
    -------
    None
    Raises
    ------
    TypeMismatch      something else

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, set_session.
    """
    if not isinstance(session, Engine):
        raise TypeMismatch("set_session: no engine. Expected what get_session returned. Received %s." % shown(session))
    registry.resume(session)


def clear_session():
    """Begins anew: a fresh engine without variables, get_uid at 1, the learning phase an input again.

    Returns
    -------
    None

    Notes
    -----
    Numerics: a variable that the engine before has held has no value in the fresh one, and asking for it is an error:
              make it again. One not used yet keeps its first value. Functions compiled before go on with the engine
              before, and its values.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, clear_session.
    """
    registry.restart()
    learning_phase.forget()
    reset_uids()


def manual_variable_initialization(value):
    """Says whether variables are to be initialised by the caller; here they have their first value as soon as made.

    Returns
    -------
    None
    Raises
    ------
    TypeMismatch      not a bool

    Notes
    -----
    Differs: with True TensorFlow under Keras 1.2.2 leaves variables without values. No backend here does, so that there
             is nothing to change.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, manual_variable_initialization.
    """
    if not isinstance(plain(value), bool):
        raise TypeMismatch(
            "manual_variable_initialization: not a bool. Expected True or False. Received %r." % (value,)
        )
