"""The engine that K computes with: loaded by name, one at a time."""

import importlib
import os

from harness.backends.engines.contract import Engine
from harness.backends.errors import BackendError

_engines = []  # the one in use, if any


class UnknownBackend(BackendError, ValueError):
    """No engine has this name."""


def known_backends():
    """Names of the backends that have a folder with an engine here, sorted."""
    folder = os.path.dirname(os.path.abspath(__file__))
    return sorted(name for name in os.listdir(folder) if os.path.isfile(os.path.join(folder, name, "engine.py")))


def use(backend, device="cpu", threads=None):
    """Loads the engine of `backend` and makes it the one in use.

    Parameters
    ----------
    backend : str          one of known_backends(); its library must be importable here
    device : str           cpu, gpu or gpu:N
    threads : int or None  threads the library may use; None leaves its own choice
    Returns
    -------
    Engine
    Raises
    ------
    UnknownBackend         no such engine
    """
    if backend not in known_backends():
        raise UnknownBackend(
            "backend not known. Expected one of %s. Received %r." % (", ".join(known_backends()), backend)
        )
    module = importlib.import_module("harness.backends.engines.%s.engine" % backend)
    made = module.create(device=device, threads=threads)
    made.made_with = (backend, device, threads)
    resume(made)
    return made


def resume(engine):
    """Puts an engine that use() returned in use again."""
    _engines[:] = [engine]


def restart():
    """A fresh engine of the backend, on the device and with the threads of the one in use; plain, if that is."""
    before = engine()
    fresh = use(*(before.made_with or [before.backend]))
    if before.plain:
        fresh.evaluate_plainly()
    return fresh


def engine():
    """The engine in use; NumPy, which is always there, if none was chosen."""
    if not _engines:
        with Engine.lock:
            return _engines[0] if _engines else use("numpy")
    return _engines[0]
