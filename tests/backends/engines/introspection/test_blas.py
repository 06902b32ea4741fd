"""The real libraries: the BLAS that an engine names is the one in its process, with the kernels that really run."""

from __future__ import annotations

import functools
import json
import subprocess

import pytest

from harness.orchestrator.analysis.diagnostics.libraries import INSTRUCTION_SETS
from harness.orchestrator.analysis.diagnostics.rules import diagnostics
from harness.orchestrator.monitoring.processor import processor
from harness.worker import protocol
from tests.conformance.collected import ROOT, backends, present, variables

# One product of two matrices, and what the engine says then.
SCRIPT = """
import json, runpy, sys
runpy.run_path(sys.argv[1])["install"]()
import numpy as np
from harness.backends import api as K
from harness.backends.engines import registry
engine = registry.use(sys.argv[2], "cpu", 1)
x, weights = K.placeholder(shape=(128, 256)), K.variable(np.ones((256, 128)))
product = K.function([x], [K.dot(x, weights)])([np.ones((128, 256), "float32")])[0]
assert (product == 256).all()
with open("/proc/self/maps") as maps:
    files = sorted({line.split()[-1] for line in maps if "/" in line})
print()
print(json.dumps({"settings": engine.settings(), "files": files}))
"""
FILES = {"OpenBLAS": "openblas", "Intel MKL": "libmklml", "oneDNN": "libtensorflow"}
LIBRARIES = {"numpy": "OpenBLAS", "theano": "OpenBLAS", "cntk": "Intel MKL", "tensorflow": "oneDNN"}
# What makes each library take its narrowest kernels.
NARROW = {
    "numpy": {"OPENBLAS_CORETYPE": "Nehalem"},
    "theano": {"OPENBLAS_CORETYPE": "Barcelona"},
    "tensorflow": {"ONEDNN_MAX_CPU_ISA": "SSE41"},
}
x86 = pytest.mark.skipif("sse2" not in processor().flags, reason="instruction sets are distinguished on x86 only")


@functools.cache
def answer(backend: str, profile: str, *more: tuple[str, str]) -> dict:
    """Settings of an engine that has computed, and the files of its process."""
    found = present(backend)
    chosen = variables(found, profile=profile, threads=1) | dict(more)
    command = [found.python, "-I", "-c", SCRIPT, ROOT / "harness" / "worker" / "bootstrap.py", backend]
    ended = subprocess.run(list(map(str, command)), env=chosen, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


def found_in(backend: str, profile: str, blas: dict) -> list[str]:
    """The diagnostics of a run that says so of its BLAS."""
    case = {"backend": backend, "workload": "mnist_mlp", "profile": profile}
    return [one.sentence for one in diagnostics([{"case": case, "settings": {"blas": blas}}])]


@pytest.mark.parametrize("backend", backends())
def test_blas_is_the_one_in_the_process(backend):
    told = answer(backend, "tuned")
    blas = told["settings"]["blas"]
    assert set(blas) == set(protocol.BLAS)
    assert blas["library"] == LIBRARIES[backend]
    assert any(FILES[blas["library"]] in file for file in told["files"])
    assert blas["threads"] == told["settings"]["threads"] == 1


@pytest.mark.parametrize("backend", backends())
def test_settings_say_dtype_and_layout_in_force(backend):
    settings = answer(backend, "tuned")["settings"]
    assert (settings["dtype"], settings["image_layout"]) == ("float32", "tf")


@x86
@pytest.mark.parametrize("profile", ["stock", "tuned"])
@pytest.mark.parametrize("backend", backends())
def test_kernels_use_no_more_than_the_processor_offers(backend, profile):
    blas = answer(backend, profile)["settings"]["blas"]
    assert 0 <= INSTRUCTION_SETS.index(blas["instruction_set"]) <= INSTRUCTION_SETS.index(blas["offered"])


@x86
@pytest.mark.parametrize("backend", sorted(set(NARROW) & set(backends())))
def test_finding_when_a_library_is_held_to_its_narrowest_kernels(backend):
    blas = answer(backend, "stock", *NARROW[backend].items())["settings"]["blas"]
    assert blas["instruction_set"] == "sse"
    assert bool(found_in(backend, "stock", blas)) == (blas["offered"] != "sse")


@x86
@pytest.mark.parametrize("backend", backends())
def test_no_finding_in_profile_tuned(backend):
    assert found_in(backend, "tuned", answer(backend, "tuned")["settings"]["blas"]) == []


@x86
def test_stock_cntk_takes_its_slow_path_on_processors_that_are_not_intels():
    blas = answer("cntk", "stock")["settings"]["blas"]
    slow = processor().vendor != "GenuineIntel" and blas["offered"] != "sse"
    assert bool(found_in("cntk", "stock", blas)) == slow
    if slow:
        assert (blas["kernels"], blas["instruction_set"]) == ("def", "sse")
