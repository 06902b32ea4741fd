"""A model's weights in a file that every backend reads: save_weights, load_weights.

The file is NumPy's .npz without pickled objects: an array a weight, named as the weight is, and `contents.json`:

    {"format": "harness weights", "version": 1, "weights": [{"name", "dtype", "shape", "stored"}, ...]}

in the order of the model; `stored` is that of layouts.Layout. Only the arrays and contents.json are in it, so
that `numpy.load(path)["conv/kernel"]` reads one without this module.
"""

import json
import os
import uuid
import zipfile
from typing import Any, NamedTuple

import numpy as np

from harness.backends import api as K
from harness.backends.errors import BackendError
from harness.backends.weights.layouts import AS_IN_THE_MODEL, Layout

FORMAT = "harness weights"
VERSION = 1  # 1: the first
CONTENTS = "contents.json"
SUFFIX = ".npy"


class WeightsError(BackendError):
    """Weights cannot be written, or a file cannot be read into them."""


class Weight(NamedTuple):
    """A variable of a model with its name in files; names may have slashes in them: conv_1/kernel."""

    name: str
    variable: Any
    layout: Layout = AS_IN_THE_MODEL

    def canonical(self):
        """The variable's value as a file holds it."""
        return self.layout.to_canonical(K.get_value(self.variable))


def save_weights(path, weights):
    """Writes the values of all weights to a file, which is there whole or not at all; one that was there is replaced.

    Parameters
    ----------
    path : str or path
    weights : list of Weight    names are unique
    Raises
    ------
    WeightsError                a name occurs twice, a weight is no variable, or the file cannot be written
    """
    _check(weights)
    arrays = [np.asarray(weight.canonical(), order="C") for weight in weights]
    contents = {"format": FORMAT, "version": VERSION, "weights": _described(weights, arrays)}
    temporary = "%s.%s.part" % (os.fspath(path), uuid.uuid4().hex)
    try:
        _write(temporary, contents, arrays)
        os.replace(temporary, os.fspath(path))
    except OSError as error:
        raise WeightsError(
            "weights: %s could not be written: %s. Expected a folder with room." % (path, error.strerror)
        ) from error
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)


def load_weights(path, weights):
    """Gives all weights the values in a file; none is changed unless all can be.

    Values are cast to the variables' float or integer types.

    Parameters
    ----------
    path : str or path
    weights : list of Weight    with the file's names, in any order, shapes and layouts
    Raises
    ------
    WeightsError                the file is missing, is none of save_weights or a newer one's, or does not fit
    """
    _check(weights)
    found = _read(path)
    _match_names(path, [weight.name for weight in weights], list(found))
    for weight in weights:
        _match(path, weight, *found[weight.name])
    K.batch_set_value([(weight.variable, weight.layout.to_native(found[weight.name][1])) for weight in weights])


def _check(weights):
    """Raises WeightsError unless these are variables with names of their own."""
    names = [weight.name for weight in weights]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise WeightsError("weights: names repeat. Expected one weight each. Received %s twice." % ", ".join(repeated))
    for weight in weights:
        if not getattr(weight.variable, "is_variable", False):
            raise WeightsError(
                "weights: %r is not a variable. Expected one made by K.variable. Received %r."
                % (weight.name, weight.variable)
            )


def _described(weights, arrays):
    """What contents.json says of each weight."""
    return [
        {"name": weight.name, "dtype": array.dtype.name, "shape": list(array.shape), "stored": weight.layout.stored}
        for weight, array in zip(weights, arrays)
    ]


def _write(path, contents, arrays):
    """Writes a new file and waits until the disk has it."""
    with open(path, "xb") as file:
        with zipfile.ZipFile(file, "w") as archive:
            with archive.open(CONTENTS, "w") as member:
                member.write(json.dumps(contents, indent=1).encode("utf-8"))
            for entry, array in zip(contents["weights"], arrays):
                with archive.open(entry["name"] + SUFFIX, "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())


def _read(path):
    """Name -> (what the file holds, in words; array)."""
    try:
        with zipfile.ZipFile(os.fspath(path)) as archive:
            contents = json.loads(archive.read(CONTENTS).decode("utf-8"))
            _check_version(path, contents)
            return {entry["name"]: (entry["stored"], _array(archive, entry["name"])) for entry in contents["weights"]}
    except OSError as error:
        raise WeightsError(
            "weights: %s could not be read: %s. Expected a file of save_weights." % (path, error.strerror)
        ) from error
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError) as error:
        raise WeightsError(
            "weights: %s is not whole, or no file of weights. Expected one of save_weights. Received one with: %s"
            % (path, error)
        ) from error


def _check_version(path, contents):
    """Raises for contents that this module does not know."""
    if contents["format"] != FORMAT:
        raise ValueError("format %r" % (contents["format"],))
    if contents["version"] > VERSION:
        raise WeightsError(
            "weights: %s is of a newer harness. Expected version %d or older. Received version %s. Update the harness."
            % (path, VERSION, contents["version"])
        )


def _array(archive, name):
    """One weight; zipfile finds out if its bytes are not those that were written."""
    with archive.open(name + SUFFIX) as member:
        return np.lib.format.read_array(member, allow_pickle=False)


def _match_names(path, wanted, stored):
    """Raises WeightsError unless the file has the model's names and no others."""
    missing = [name for name in wanted if name not in stored]
    extra = [name for name in stored if name not in wanted]
    if missing or extra:
        raise WeightsError(
            "weights: %s is of another model. Expected %s. Received a file that lacks %s and has %s besides."
            % (path, *(", ".join(names) or "none" for names in (wanted, missing, extra)))
        )


def _match(path, weight, stored, array):
    """Raises WeightsError unless the weight can take the stored array."""
    native = np.broadcast_to(np.zeros((), weight.variable.dtype), weight.variable.shape)  # takes no memory
    expected = weight.layout.to_canonical(native).shape
    for what, wanted, received, fits in (
        ("layout", weight.layout.stored, stored, weight.layout.stored == stored),
        ("shape", expected, array.shape, expected == array.shape),
        ("dtype", weight.variable.dtype, array.dtype, np.can_cast(array.dtype, weight.variable.dtype, "same_kind")),
    ):
        if not fits:
            raise WeightsError(
                "weights: %r of %s has another %s. Expected %s. Received %s."
                % (weight.name, path, what, wanted, received)
            )
