"""Which engine `from harness import backend as K` computes with: that of KERAS_BACKEND, else of keras.json.

The device is that of HARNESS_DEVICE, else the CPU; the threads are those of OMP_NUM_THREADS, else the library's own
choice. `harness exec` and `harness shell` set all three.
"""

import contextlib
import os
import platform
import re
import sys

from harness.backends import keras_json
from harness.backends.api import config
from harness.backends.engines import failures, registry, startup_output
from harness.backends.errors import BackendError
from harness.backends.settings import SettingError


class BackendNotHere(BackendError, ImportError):
    """The library of the chosen backend cannot be imported by this interpreter."""


def start():
    """Puts keras.json's settings in force, loads the engine of the user's choice, and says on stderr which it is.

    Returns
    -------
    Engine

    Raises
    ------
    SettingError     keras.json or a variable has a value that cannot be
    BackendNotHere   this is not the interpreter of that backend
    """
    values, path = keras_json.load()
    config.set_floatx(values["floatx"])
    config.set_epsilon(values["epsilon"])
    config.set_image_dim_ordering(values["image_dim_ordering"])
    chosen = os.environ.get("KERAS_BACKEND")
    backend, chooser = (chosen, "KERAS_BACKEND") if chosen else (values["backend"], path or "default")
    engine = _load(backend, chooser)
    sys.stderr.write(engine.announcement + "\n")
    return engine


def _load(backend, chooser):
    """The engine of `backend`; `chooser` says who chose it: a variable, a file, "default"."""
    if backend not in registry.known_backends():
        expected = ", ".join(registry.known_backends())
        raise SettingError(
            "%s: backend not known. Expected one of %s. Received backend=%.200r. Name one of these."
            % (chooser, expected, backend)
        )
    device, threads = _device(), _threads()
    try:
        with startup_output.kept_back(backend, device), contextlib.redirect_stdout(sys.stderr):
            return registry.use(backend, device, threads)
    except Exception as cause:  # an old framework misses names of a newer NumPy, its compiler, ...
        if isinstance(cause, BackendError):
            raise
        raise BackendNotHere(_sentence(backend, chooser, cause)) from (
            None if isinstance(cause, ImportError) else cause
        )


def _sentence(backend, chooser, cause):
    """What to do with a backend that does not load."""
    reason = "%s: %s" % (type(cause).__name__, failures.first_line(cause).rstrip("."))
    where = "Python %s at %s" % (platform.python_version(), sys.executable)
    return (
        "The %s backend, chosen by %s, cannot be loaded. Expected an interpreter that has its library. "
        "Received %s: %s. Run it in its own with: harness shell %s, or: harness exec %s script.py."
        % (backend, chooser, where, reason, backend, backend)
    )


def _device():
    """The device to compute on."""
    device = os.environ.get("HARNESS_DEVICE") or "cpu"
    if not re.match(r"(cpu|gpu(:\d+)?)\Z", device):
        raise SettingError(
            "HARNESS_DEVICE: device not known. Expected cpu, gpu or gpu:N. Received %r. Name one of these." % device
        )
    return device


def _threads():
    """The threads a library may use, None for its own choice."""
    text = os.environ.get("OMP_NUM_THREADS", "")
    return int(text) if text.isdecimal() and int(text) > 0 else None
