"""What Theano computes with here: the BLAS that its modules are linked with, the compiler, the compile cache."""

import ctypes
import os
import shlex
import subprocess

import numpy as np
import theano


class _Place(ctypes.Structure):
    """Dl_info of dladdr(3)."""

    _fields_ = [
        ("file", ctypes.c_char_p),
        ("base", ctypes.c_void_p),
        ("symbol", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
    ]


def _file_of(library, symbol):
    """The file from which `library`, or what it is linked with, has the function `symbol`; None if it has none."""
    if not hasattr(library, symbol):
        return None
    place = _Place()
    address = ctypes.cast(getattr(library, symbol), ctypes.c_void_p)
    return place.file.decode() if ctypes.CDLL(None).dladdr(address, ctypes.byref(place)) else None


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
    """The library whose sgemm computes the products, None if it cannot be told."""
    flags = theano.config.blas.ldflags
    if not flags:
        return _file_of(ctypes.CDLL(np.core._multiarray_umath.__file__), "cblas_sgemm")
    return next(filter(None, (_file_of(library, "sgemm_") for library in _linked(flags))), None)


def _openblas():
    """The BLAS in use if it is an OpenBLAS, else None."""
    path = blas_file()
    library = ctypes.CDLL(path) if path else None
    return library if hasattr(library, "openblas_get_config") else None


def blas():
    """What computes the products, in words: version and kernels of an OpenBLAS, else the file's name."""
    library, path = _openblas(), blas_file()
    way = "" if theano.config.blas.ldflags else "through numpy.dot: "
    if library is None:
        return way + (os.path.basename(path) if path else "unknown")
    library.openblas_get_config.restype = ctypes.c_char_p
    return way + library.openblas_get_config().decode("ascii").strip()


def blas_threads():
    """Threads that the BLAS uses, None if it is no OpenBLAS."""
    library = _openblas()
    return None if library is None else library.openblas_get_num_threads()


def limit_blas_threads(threads):
    """Gives an OpenBLAS so many threads; a BLAS of another make reads its own variable."""
    library = _openblas()
    if library is not None:
        library.openblas_set_num_threads(int(threads))


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
