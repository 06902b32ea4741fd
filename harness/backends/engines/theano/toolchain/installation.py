"""The BLAS that Theano's modules are linked with, the compiler, and the compile cache."""

import ctypes
import os
import shlex
import subprocess

import numpy as np
import theano

from harness.backends.engines.introspection import blas


def linked_names(flags):
    """File names of the libraries that linker flags ask for, in the order of the flags."""
    names = [flag[2:] for flag in flags.split() if flag.startswith("-l")]
    return [name[1:] if name.startswith(":") else "lib%s.so" % name for name in names]


def _linked(flags):
    """The libraries that linker flags ask for, as the loader finds them."""
    folders = [flag[2:] for flag in flags.split() if flag.startswith("-L")]
    for name in linked_names(flags):
        for path in [os.path.join(folder, name) for folder in folders] + [name]:
            try:
                yield ctypes.CDLL(path)
                break
            except OSError:
                continue


def blas_file():
    """The library whose sgemm computes the products, None if unknown."""
    flags = theano.config.blas.ldflags
    if not flags:
        return blas.file_of_numpy()
    return next(filter(None, (blas.file_of(library, "sgemm_") for library in _linked(flags))), None)


def cached_modules():
    """Number of compiled modules that the compile cache holds."""
    folder = theano.config.compiledir
    return sum(os.path.exists(os.path.join(folder, name, "key.pkl")) for name in os.listdir(folder))


def compiler():
    """The version of the C++ compiler, "none" where there is none."""
    if not theano.config.cxx:
        return "none"
    command = shlex.split(theano.config.cxx) + ["-dumpfullversion", "-dumpversion"]
    return subprocess.check_output(command, universal_newlines=True).strip()


def flushes_denormals():
    """Whether numbers below the smallest normal one become 0 in this thread."""
    return bool(np.multiply(np.float32(1e-38), np.float32(1e-2)) == 0)
