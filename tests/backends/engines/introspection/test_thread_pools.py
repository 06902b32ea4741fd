"""The real libraries: every pool of threads in an engine's process has as many as the case, and says so itself."""

from __future__ import annotations

import functools
import json
import subprocess

import pytest

from harness.worker import protocol
from tests.conformance.collected import ROOT, backends, present, variables

# A product and an elementwise operation large enough to be shared out, and what the engine says then.
SCRIPT = """
import json, runpy, sys
runpy.run_path(sys.argv[1])["install"]()
import numpy as np
from harness.backends import api as K
from harness.backends.engines import registry
engine = registry.use(sys.argv[2], "cpu", int(sys.argv[3]))
x, weights = K.placeholder(shape=(300, 300)), K.variable(np.ones((300, 300)))
K.function([x], [K.tanh(K.dot(x, weights))])([np.ones((300, 300), "float32")])
print()
print(json.dumps(engine.settings()))
"""
POOLS = {
    "numpy": {"OpenBLAS"},
    "theano": {"OpenBLAS", "OpenMP"},
    "cntk": {"CNTK", "Intel MKL", "OpenMP", "OpenBLAS"},
    "tensorflow": {"intra-op", "OpenBLAS"},
}


@functools.cache
def settings(backend: str, threads: int, *more: tuple[str, str]) -> dict:
    """Settings of an engine that has computed with so many threads."""
    found = present(backend)
    chosen = variables(found, threads=threads) | dict(more)
    bootstrap = ROOT / "harness" / "worker" / "bootstrap.py"
    command = [str(found.python), "-I", "-c", SCRIPT, str(bootstrap), backend, str(threads)]
    ended = subprocess.run(command, env=chosen, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("backend", backends())
def test_every_pool_has_the_threads_of_the_case(backend, threads):
    told = settings(backend, threads)
    pools = told["thread_pools"]
    assert {pool["pool"] for pool in pools} == POOLS[backend]
    assert all(set(pool) == set(protocol.THREAD_POOL) for pool in pools)
    assert [pool["threads"] for pool in pools] == [threads] * len(pools)
    assert told["threads"] == threads


@pytest.mark.parametrize("backend", sorted({"numpy", "theano", "tensorflow"} & set(backends())))
def test_pool_says_what_is_in_force_and_not_what_was_asked_for(backend):
    told = settings(backend, 1, ("OPENBLAS_NUM_THREADS", "2"))["thread_pools"]
    assert {pool["threads"] for pool in told if pool["pool"] == "OpenBLAS"} == {2}
    assert {pool["threads"] for pool in told if pool["pool"] != "OpenBLAS"} <= {1}
