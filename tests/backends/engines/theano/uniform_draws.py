"""Run in Theano's environment: draws compiled to C and by NumPy, two calls each, as JSON lists by type."""

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import theano

runpy.run_path(str(Path(sys.argv[1], "bootstrap.py")))["install"]()

# after bootstrap, which lets -I find the package
from harness.backends.engines.theano.random import CountedUniform, uniform  # noqa: E402

KEY, SIZES = 2**62 + 12345, (3, 5)


def by_numpy(dtype):
    """Two calls of the operation's perform."""
    state, calls = np.array([KEY, 0], dtype="int64"), []
    for _ in range(2):
        drawn, after = [None], [None]
        CountedUniform(dtype, 2).perform(None, [state, np.array(SIZES)], [drawn, after])
        state = after[0]
        calls.append(drawn[0].tolist())
    return calls


def compiled(dtype):
    """Two calls of a function."""
    draw = theano.function([], uniform(KEY, SIZES, dtype))
    return [draw().tolist() for _ in range(2)]


found = {dtype: [compiled(dtype), by_numpy(dtype)] for dtype in ("float32", "float64")}
sys.stdout.write(json.dumps(found))
