"""Keras 1.2.2, unmodified, on K: `stand_in()` imports it with K as its module `keras.backend`.

The backend is the one that `harness.backend` takes; docs/guides/keras-1-models.md says how to bring a model.
"""

import importlib
import importlib.util
import os
import re
import sys
import types

from harness.backends.errors import BackendError
from harness.backends.keras1 import compatibility, modules, tensors

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
    modules.install()
    tensors.install()
    compatibility.before_import()
    keras = _import_keras()
    modules.import_all()
    compatibility.after_import(keras)
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


def _import_keras():
    """Imports Keras; two modules that it imports, and does not need, are lent to it meanwhile."""
    version_parser = types.SimpleNamespace(parse_version=str)  # of TensorFlow's version, in TensorBoard
    lent = {"tensorflow": modules.TensorFlow1("tensorflow"), "pkg_resources": version_parser}
    own = {name: sys.modules[name] for name in lent if name in sys.modules}
    sys.modules.update(lent)
    try:
        return importlib.import_module("keras")
    finally:
        for name in lent:
            del sys.modules[name]
        sys.modules.update(own)
