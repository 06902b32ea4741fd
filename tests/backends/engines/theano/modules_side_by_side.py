"""Run in Theano's environment with a new compile cache: prints how the modules of functions were made, as JSON."""

import json
import os
import runpy
import sys
import tempfile
import threading
from pathlib import Path

CACHE = tempfile.TemporaryDirectory()
os.environ["THEANO_FLAGS"] += ",base_compiledir=" + CACHE.name

import numpy as np  # noqa: E402 - Theano reads its settings when it is imported
import theano  # noqa: E402
from theano import tensor  # noqa: E402
from theano.gof import cmodule  # noqa: E402

runpy.run_path(str(Path(sys.argv[1], "bootstrap.py")))["install"]()

from harness.backends.engines.theano.toolchain import module_compilation  # noqa: E402

compile_str = cmodule.GCC_compiler.compile_str
makers = []  # for each call of g++, whether the main thread waited for it


def noted(module_name, src_code, location=None, **options):
    in_main = threading.current_thread() is threading.main_thread()
    # Constants are folded before a function is made, and Theano's own scan_perform is the module of no operation.
    if module_compilation._making and not module_name.startswith("scan_perform"):
        makers.append(in_main)
    if FAILING in src_code and not in_main:
        raise RuntimeError("planted")
    return compile_str(module_name, src_code, location, **options)


FAILING = "nowhere"
cmodule.GCC_compiler.compile_str = staticmethod(noted)
module_compilation.processors = lambda: 2
module_compilation.prepare()

x = tensor.fmatrix()
loop, _ = theano.scan(lambda row, state: tensor.tanh(row + state) * 0.5, sequences=x, outputs_info=[x[0]])
function = theano.function([x], [loop, tensor.dot(x, x), x.sum(axis=0)])
value = np.arange(9, dtype="float32").reshape(3, 3)
state, states = value[0], []
for row in value:
    state = np.tanh(row + state) * np.float32(0.5)
    states.append(state)
found = function(value)
right = all(map(np.allclose, found, (np.stack(states), value.dot(value), value.sum(axis=0))))
beside, in_turn = makers.count(False), makers.count(True)
del makers[:]
theano.function([x], [loop, tensor.dot(x, x), x.sum(axis=0)])
again = len(makers)
FAILING = "log1p"
logarithms = theano.function([x], tensor.log1p(x))
answer = {
    "right": right,
    "beside": beside,
    "in_turn": in_turn,
    "again": again,
    "after_a_failure": bool(np.allclose(logarithms(value), np.log1p(value))),
    "makers_after_a_failure": sorted(makers),
    "left": [path.name for path in Path(CACHE.name).glob("module-*")],
    "threads": threading.active_count(),
}
sys.stdout.write(json.dumps(answer) + "\n")
