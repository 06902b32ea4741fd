"""Run in Theano's environment: prints the variants of compiled headers that g++ takes for a module, as -H tells."""

import runpy
import subprocess
import sys
from pathlib import Path

import theano
from theano.gof.cmodule import GCC_compiler, std_include_dirs

runpy.run_path(str(Path(sys.argv[1], "bootstrap.py")))["install"]()

# after bootstrap, which lets -I find the package
from harness.backends.engines.theano.toolchain import precompiled_headers  # noqa: E402

precompiled_headers.include()
module = Path(theano.config.base_compiledir, "module.cpp")
module.write_text("#include <Python.h>\n#include <numpy/arrayobject.h>\n")
for variant, flags in sorted(precompiled_headers.VARIANTS.items()):
    command = ["g++", "-H", "-shared", "-O3", "-fno-math-errno", *flags, *GCC_compiler.compile_args()]
    command += ["-fvisibility=hidden", *(f"-I{place}" for place in std_include_dirs())]
    command += [str(module), "-o", f"{module}.so"]
    told = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=True).stderr
    taken = [line for line in told.splitlines() if line.startswith("! ") and line.endswith(f"/{variant}")]
    sys.stdout.write(f"{taken}\n")
# Theano asks once whether g++ knows -fopenmp, and compiles all without if it seems not to.
openmp = theano.gof.OpenMPOp(openmp=True)
openmp.update_self_openmp()
sys.stdout.write(f"openmp {openmp.openmp}\n")
