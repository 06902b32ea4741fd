"""Keras 1.2.2, unmodified, on K: `stand_in()` imports it with K as its module `keras.backend`.

The backend is the one that `harness.backend` takes; docs/guides/keras-1-models.md says how to bring a model.
"""

import collections.abc
import importlib
import importlib.util
import inspect
import os
import re
import sys
import types

import numpy as np

from harness.backends import api
from harness.backends.errors import BackendError
from harness.backends.graph import Tensor

VERSION = "1.2.2"


class KerasNotFit(BackendError, ImportError):
    """Keras cannot be stood under: it is not here, another version, or imported already."""


def stand_in():
    """Imports Keras 1.2.2 with K as its backend.

    Keras is told that its backend is tensorflow, whatever computes: only there does it infer the shape of a Lambda
    layer, have separable convolutions, and leave kernels unflipped, as K does.

    Returns
    -------
    module                `keras`
    Raises
    ------
    KerasNotFit           Keras is imported already, not on the path, or another version
    """
    _check()
    os.environ["TF_USE_LEGACY_KERAS"] = "1"  # else TensorFlow imports the keras on the path, for itself
    importlib.import_module("harness.backend")  # chooses the engine
    backend = types.ModuleType("keras.backend", api.__doc__)
    backend.__dict__.update((name, value) for name, value in vars(api).items() if not name.startswith("_"))
    backend.backend, backend.stack = lambda: "tensorflow", _stack
    Tensor.set_shape = lambda tensor, shape: None  # Keras's recurrent layers state a shape that K knows
    sys.modules["keras.backend"] = backend
    _give_back_what_is_gone()
    keras = _import_keras()
    keras.backend = backend
    _read_attributes_as_bytes(keras.utils.io_utils.h5py)
    return keras


def _check():
    """KerasNotFit unless Keras 1.2.2 can be imported, which it must not be yet."""
    if "keras" in sys.modules:
        raise KerasNotFit(
            "Keras is imported already. Expected stand_in() before it. Received keras %s. "
            "Call harness.keras1.stand_in() first." % getattr(sys.modules["keras"], "__version__", "without a version")
        )
    spec = importlib.util.find_spec("keras")
    if spec is None or spec.origin is None:
        raise KerasNotFit(
            "Keras is not here. Expected keras %s on sys.path. Received none. Install it with: "
            "pip install --no-deps --target FOLDER keras==%s six, and put FOLDER first in sys.path."
            % (VERSION, VERSION)
        )
    with open(spec.origin) as source:
        found = re.search(r"^__version__ = '(.*)'", source.read(), re.MULTILINE)
    if found is None or found.group(1) != VERSION:
        raise KerasNotFit(
            "Keras is another version. Expected keras %s. Received %s in %s. Put the folder with %s first on the path."
            % (VERSION, found.group(1) if found else "another", spec.origin, VERSION)
        )


def _stack(x):
    """K.stack; a list with plain sizes in it stays one, for K.reshape."""
    return api.stack(x) if all(isinstance(each, Tensor) for each in x) else x


def _give_back_what_is_gone():
    """Names that Keras uses, gone from Python 3.10, Python 3.11 and NumPy 2."""
    for module, name, value in (
        (collections, "Iterable", collections.abc.Iterable),
        (inspect, "getargspec", inspect.getfullargspec),
        (np, "Inf", np.inf),
    ):
        if not hasattr(module, name):
            setattr(module, name, value)


def _read_attributes_as_bytes(h5py):
    """Keras decodes what it reads from a file's attributes, which h5py 3 has decoded already."""
    if h5py is None:
        return
    plain = h5py.AttributeManager.__getitem__

    def read(attributes, name):
        value = plain(attributes, name)
        if isinstance(value, np.ndarray) and value.dtype == object:
            return [each.encode("utf8") for each in value]
        return value.encode("utf8") if isinstance(value, str) else value

    h5py.AttributeManager.__getitem__ = read


class _TensorFlow1(types.ModuleType):
    """What Keras imports as TensorFlow 1: no optimizer is one of its own, and nothing else is here."""

    train = types.SimpleNamespace(Optimizer=())

    def __getattr__(self, name):
        raise AttributeError(
            "TensorFlow 1 is not here. Expected a model that uses keras.backend alone. Received tensorflow.%s, "
            "which the TensorBoard callback asks for. Leave it out." % name
        )


def _import_keras():
    """Imports Keras; two modules that it imports, and does not need, are lent to it meanwhile."""
    version_parser = types.SimpleNamespace(parse_version=str)  # of TensorFlow's version, in TensorBoard
    lent = {"tensorflow": _TensorFlow1("tensorflow"), "pkg_resources": version_parser}
    own = {name: sys.modules[name] for name in lent if name in sys.modules}
    sys.modules.update(lent)
    try:
        return importlib.import_module("keras")
    finally:
        for name in lent:
            del sys.modules[name]
        sys.modules.update(own)
