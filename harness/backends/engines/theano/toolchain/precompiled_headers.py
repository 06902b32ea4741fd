"""The headers that all of Theano's modules include, compiled once for each compile cache.

g++ reads them again for every module, which is two fifths of a module's time: 0.63 s, and 0.38 s without (AMD EPYC).
"""

import hashlib
import os
import shutil
import subprocess
import tempfile

import theano
from theano.gof.cmodule import GCC_compiler, std_include_dirs

# Theano also tries what g++ can do, -fopenmp for one, on little programs that are told no folder of these headers.
HEADER = """#if __has_include(<Python.h>) && __has_include(<numpy/arrayobject.h>)
#include <Python.h>
#include <iostream>
#include "theano_mod_helper.h"
#include <math.h>
#include <numpy/arrayobject.h>
#include <numpy/arrayscalars.h>
#include <vector>
#include <algorithm>
#endif
"""
# As Theano compiles modules, which must be alike for g++ to take what was compiled; with the flags of the user after.
FLAGS = ["-shared", "-O3", "-fno-math-errno", "-fvisibility=hidden"]
VARIANTS = {"plain": [], "parallel": ["-fopenmp"]}  # g++ takes the one that fits a module

_included = []  # the header that g++ is told to include, once there is one


def include():
    """Has g++ take the compiled headers from now on, and compiles them if they are not there yet."""
    if _included or not theano.config.cxx or " " in theano.config.base_compiledir:
        return
    flags = FLAGS + GCC_compiler.compile_args()
    digest = hashlib.sha256((HEADER + " ".join(flags)).encode()).hexdigest()[:12]
    folder = os.path.join(theano.config.base_compiledir, "headers-" + digest)
    if os.path.exists(folder) or _compiled(flags, folder):
        _included.append(os.path.join(folder, "all.h"))
        theano.config.gcc.cxxflags += " -include " + _included[0]


def _compiled(flags, folder):
    """Compiles all variants into `folder`; whether it is there then."""
    unfinished = tempfile.mkdtemp(prefix="headers-", dir=theano.config.base_compiledir)
    header = os.path.join(unfinished, "all.h")
    os.mkdir(header + ".gch")
    with open(header, "w") as file:
        file.write(HEADER)
    compilers = [_compiler(flags + more, header, name) for name, more in VARIANTS.items()]
    codes = [compiler.wait() for compiler in compilers]
    if not any(codes) and not os.path.exists(folder):
        os.rename(unfinished, folder)
    else:
        shutil.rmtree(unfinished)
    return os.path.exists(folder)


def _compiler(flags, header, name):
    """A g++ at work on one variant."""
    command = [theano.config.cxx] + flags + ["-I" + place for place in std_include_dirs()]
    command += ["-x", "c++-header", header, "-o", os.path.join(header + ".gch", name)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
