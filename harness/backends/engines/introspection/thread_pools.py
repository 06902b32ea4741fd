"""The pools of threads in this process that share out the work of one operation, each with the number that it answers.

A pool has `pool` (its name), `file` (of the library that keeps it, None if it is the framework's own) and `threads`;
None: unknown. A library is asked only if it is loaded: what has computed nothing yet may have no pool.
"""

import ctypes
import os
import re

from harness.backends.engines.introspection import blas

# Pool -> the function that tells its threads, under the names of the libraries that have one.
ASKED = (
    ("OpenBLAS", ["%sopenblas_get_num_threads%s" % affixes for affixes in blas.OPENBLAS_NAMES]),
    ("Intel MKL", ["MKL_Get_Max_Threads"]),
    ("BLIS", ["bli_thread_get_num_threads"]),
    ("OpenMP", ["omp_get_max_threads"]),
)
LIBRARIES = re.compile(r"/lib[^/]*(openblas|mkl|blis|gomp|iomp|omp)[^/]*\.so[^/]*$", re.IGNORECASE)


def pool(name, threads, file=None):
    """One element of the list."""
    return {"pool": name, "file": file, "threads": threads}


def of_libraries():
    """The pools of all libraries in this process."""
    with open("/proc/self/maps") as maps:
        paths = {line.split(None, 5)[-1].rstrip("\n") for line in maps if "/" in line}
    found = []
    for path in sorted(filter(LIBRARIES.search, paths)):
        library = ctypes.CDLL(path)
        # a library answers for those that it is linked with, too: each is asked itself
        found += [
            pool(name, getattr(library, function)(), os.path.basename(path))
            for name, functions in ASKED
            for function in functions
            if hasattr(library, function) and same(blas.file_of(library, function), path)
        ]
    return found


def same(first, second):
    """Whether two paths, the first None if there is none, lead to one file."""
    return first is not None and os.path.realpath(first) == os.path.realpath(second)


def unnamed_threads():
    """How many threads of this process have no name of their own but the first one's."""
    names = []
    for task in os.listdir("/proc/self/task"):
        try:
            with open("/proc/self/task/%s/comm" % task) as file:
                names.append((int(task), file.read()))
        except OSError:  # it has ended
            continue
    own = dict(names)[os.getpid()]
    return sum(name == own for _, name in names)
