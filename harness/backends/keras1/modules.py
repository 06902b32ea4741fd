"""The modules that stand in for Keras 1.2.2's `keras.backend` and those in it: all of them are K.

The private names that programs import from there, such as `_EPSILON`, follow K's settings, and setting them changes
these. A module of K's alone: the functions themselves are in `api`.
"""

import builtins
import functools
import importlib
import importlib.util
import inspect
import json
import os
import sys
import types
import warnings

import numpy as np

from harness.backends import api, keras_json, settings
from harness.backends.api import config, session
from harness.backends.api.control import learning_phase
from harness.backends.api.conv import layouts
from harness.backends.graph import operators, shape_rules
from harness.backends.graph.nodes import Tensor

PACKAGE = "keras.backend"
NAMES = [PACKAGE] + ["%s.%s" % (PACKAGE, part) for part in ("common", "tensorflow_backend", "theano_backend")]
NAME = "tensorflow"  # whatever computes, see keras1.stand_in
# whose kernels Theano reverses: it convolves, where all others correlate
TURNED = ("conv2d", "conv3d", "atrous_conv2d", "deconv2d")


class TensorFlow1(types.ModuleType):
    """What Keras imports as TensorFlow 1: no optimizer is one of its own, and nothing else is here."""

    train = types.SimpleNamespace(Optimizer=())

    def __getattr__(self, name):
        raise AttributeError(
            "TensorFlow 1 is not here. Expected a model that uses keras.backend alone. Received tensorflow.%s, "
            "which the TensorBoard callback asks for. Leave it out." % name
        )


def _setting(name, change):
    """A name whose value is a setting of K's."""
    return property(lambda module: settings.get(name), lambda module, value: change(value))


class BackendModule(types.ModuleType):
    """`keras.backend` or a module in it."""

    _FLOATX = _setting("floatx", config.set_floatx)
    _EPSILON = _setting("epsilon", config.set_epsilon)
    _IMAGE_DIM_ORDERING = _setting("image_dim_ordering", config.set_image_dim_ordering)
    _LEGACY_WEIGHT_ORDERING = _setting("legacy_weight_ordering", config.set_legacy_weight_ordering)
    _LEARNING_PHASE = property(lambda module: learning_phase.learning_phase())
    _SESSION = property(lambda module: session.get_session(), lambda module, value: session.set_session(value))

    def __getattr__(self, name):
        raise AttributeError(
            "%s has no such name here. Expected a function of K, which stands in the place of Keras's own backends. "
            "Received %s." % (self.__name__, name)
        )


def made():
    """The modules, by name."""
    named = {name: BackendModule(name, api.__doc__) for name in NAMES}
    for module in named.values():
        module.__dict__.update((name, value) for name, value in vars(api).items() if not name.startswith("_"))
        module.__dict__.update(backend=lambda: NAME, stack=_stack, **_beside_functions())
    named[PACKAGE].__dict__.update(_places())
    named[PACKAGE + ".theano_backend"].__dict__.update((name, _turning(getattr(api, name))) for name in TURNED)
    return named


def _beside_functions():
    """What Keras's modules have besides functions of K, and show to whoever imports them."""
    return {
        "py_all": builtins.all,
        "np": np,
        "os": os,
        "sys": sys,
        "json": json,
        "warnings": warnings,
        "tf": TensorFlow1("tensorflow"),
        "th_sparse_module": types.SimpleNamespace(),  # true: sparse matrices are available
        "_BACKEND": NAME,
        "_MANUAL_VAR_INIT": False,
        "_to_tensor": lambda x, dtype: operators.cast(operators.as_tensor(x, dtype, "_to_tensor", "x"), dtype),
        "_normalize_axis": _normalize_axis,
    }


def _places():
    """Where keras.json is, and what it says."""
    values, path = keras_json.load()
    path = path or os.path.expanduser(os.path.join("~", ".keras", "keras.json"))
    folder = os.path.dirname(path)
    return {"_config": values, "_config_path": path, "_keras_dir": folder, "_keras_base_dir": os.path.dirname(folder)}


def _stack(x):
    """K.stack; a list with plain sizes in it stays one, for K.reshape."""
    return api.stack(x) if all(isinstance(each, Tensor) for each in x) else x


def _normalize_axis(axis, ndim):
    """Axes counted from 0, as Keras has them: an int, a list, or None for all."""
    if axis is None:
        return None
    if isinstance(axis, (list, tuple)):
        return [shape_rules.normalize_axis("_normalize_axis", each, ndim) for each in axis]
    return shape_rules.normalize_axis("_normalize_axis", axis, ndim)


def _turning(function):
    """A convolution whose kernel is reversed along the axes of space, as Theano does."""
    parameters = inspect.signature(function)

    @functools.wraps(function)
    def turned(*arguments, **named):
        given = parameters.bind(*arguments, **named)
        ordering = layouts.chosen(function.__name__, given.arguments.get("dim_ordering", "default"))
        kernel = given.arguments["kernel"]
        space = range(2, kernel.ndim) if ordering == "th" else range(kernel.ndim - 2)
        given.arguments["kernel"] = api.reverse(kernel, list(space))
        return function(*given.args, **given.kwargs)

    return turned


class Finder(object):
    """Gives whoever imports or reloads these modules the ones that are made."""

    def __init__(self, modules):
        self.modules = modules

    def find_spec(self, name, path=None, target=None):
        if name not in self.modules:
            return None
        return importlib.util.spec_from_loader(name, self, is_package=name == PACKAGE)

    def create_module(self, spec):
        return self.modules[spec.name]

    def exec_module(self, module):
        """Nothing is to be done: a module is made whole."""


def install():
    """Puts the modules in the place of Keras's own, which must not be imported yet."""
    sys.meta_path.insert(0, Finder(made()))


def import_all():
    """Imports them, `keras.backend` first: Keras's own has them as its attributes."""
    return [importlib.import_module(name) for name in NAMES][0]
