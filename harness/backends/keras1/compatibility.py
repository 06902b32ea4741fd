"""What Keras 1.2.2 uses of Python and of libraries, where today's no longer have it or have it otherwise."""

import collections.abc
import importlib
import importlib.util
import inspect

import numpy as np


def before_import():
    """Names that Keras uses, gone from Python 3.10, Python 3.11 and NumPy 2."""
    for module, name, value in (
        (collections, "Iterable", collections.abc.Iterable),
        (inspect, "getargspec", inspect.getfullargspec),
        (np, "Inf", np.inf),
    ):
        if not hasattr(module, name):
            setattr(module, name, value)


def after_import(keras):
    """Patches libraries and modules that Keras has imported."""
    _read_attributes_as_bytes(keras.utils.io_utils.h5py)
    _convert_kernels(keras.utils.np_utils)
    importlib.import_module("keras.datasets.imdb").np = _RowsOfAnyLength()
    if importlib.util.find_spec("yaml") is not None:
        _write_and_read_yaml(importlib.import_module("yaml"))


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


class _Kernel(np.ndarray):
    """An array that takes a list of slices for a tuple of them, as NumPy before 1.23 does."""

    def __getitem__(self, key):
        return super(_Kernel, self).__getitem__(tuple(key) if isinstance(key, list) else key)


def _convert_kernels(np_utils):
    """Gives Keras's convert_kernel arrays that it can index."""
    plain = np_utils.convert_kernel

    def convert_kernel(kernel, dim_ordering=None):
        return plain(np.asarray(kernel).view(_Kernel), dim_ordering)

    np_utils.convert_kernel = convert_kernel


class _RowsOfAnyLength(object):
    """NumPy, but that an array of lists of several lengths is one of objects, as before NumPy 1.24."""

    def __getattr__(self, name):
        return getattr(np, name)

    @staticmethod
    def array(rows):
        if len({len(row) for row in rows if isinstance(row, list)}) < 2:
            return np.array(rows)
        array = np.empty(len(rows), dtype=object)
        array[:] = rows
        return array


def _write_and_read_yaml(yaml):
    """NumPy's numbers are written as plain ones, which every loader reads; the loader is named for who names none."""
    loader = getattr(yaml, "FullLoader", yaml.Loader)  # before PyYAML 5.1 there is no such
    plain = yaml.load

    def load(stream, Loader=loader):  # noqa: N803
        return plain(stream, Loader)

    yaml.load = load
    yaml.add_multi_representer(np.generic, lambda dumper, number: dumper.represent_data(number.item()))
