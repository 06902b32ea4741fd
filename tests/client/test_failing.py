"""Real libraries that fail: the fault is given to the inputs or to the library, alike on every backend."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from harness.orchestrator.core.paths import ROOT
from tests.client.runs import BACKENDS, HERE, LIMIT_S, environment, variables

OF_INPUTS = "function: not computed with these inputs. Expected inputs that fit together. Received "
# What Theano needs for a convolution, taken from it -> how it then fails.
WITHOUT_C = {
    "linker=py": "theano failed: CorrMM is computed by C code only.",
    "cxx=": "theano did not compile it: AbstractConv2d Theano optimization failed: there is no implementation",
    "blas.ldflags=-lnowhere": "theano did not compile it: Compilation failed (return status=1): ",
    "optimizer_excluding=conv_gemm": "theano did not compile it: AbstractConv2d Theano optimization failed: ",
}
# With these not even Theano itself is imported; it prints to standard output as well.
NOT_LOADED = {
    "cxx=/nowhere/g++": "No such file or directory: '/nowhere/g++'",
    "gcc.cxxflags=-nonsense": "Exception: Compilation failed (return status=1): g++: error: unrecognized",
}
LOADING = """
import runpy, sys
runpy.run_path(sys.argv[1])["install"]()
try:
    from harness import backend
except ImportError as error:
    sys.stderr.write("said: %s: %s\\n" % (type(error).__name__, error))
"""


@functools.cache
def failures(backend: str, *labels: str, flags: str = "") -> tuple[dict, subprocess.CompletedProcess]:
    """What failing.py tells, and its process; with other flags of Theano's it has a cache of its own."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = variables(backend)
        if flags:
            chosen["THEANO_FLAGS"] = f"optimizer=fast_compile,gcc.cxxflags=-O0,{flags},base_compiledir={folder}"
            chosen["THEANORC"] = os.devnull
        ended = subprocess.run(
            [str(environment(backend).python), "-I", str(HERE / "failing.py"), backend, folder, *labels],
            env={**chosen, "HOME": folder},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr[-4000:]
        return json.loads(Path(folder, "failures.json").read_text()), ended


def sentence(found: object, kind: str, start: str) -> str:
    """The message, of an error of a class, which begins like this and is one line."""
    assert isinstance(found, list), found
    assert found[0] == kind, found
    assert found[1].startswith(start), found
    assert "\n" not in found[1]
    return found[1]


@pytest.mark.parametrize("flags", NOT_LOADED)
def test_library_that_does_not_load_is_one_sentence(flags: str, tmp_path: Path) -> None:
    chosen = variables("theano")
    chosen.update(THEANO_FLAGS=f"{flags},base_compiledir={tmp_path}", THEANORC=os.devnull, KERAS_BACKEND="theano")
    ended = subprocess.run(
        [str(environment("theano").python), "-I", "-c", LOADING, ROOT / "harness" / "worker" / "bootstrap.py"],
        env={**chosen, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    (said,) = (line for line in ended.stderr.splitlines() if line.startswith("said: "))
    assert said.startswith("said: BackendNotHere: The theano backend, chosen by KERAS_BACKEND, cannot be loaded. ")
    assert NOT_LOADED[flags] in said
    assert ended.stdout == ""


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("label", "received", "wrong"),
    [
        ("sizes", "rows (4, 3) of (None, 3), others (5, 3)", "add: shapes do not broadcast. "),
        ("window", "images (1, 2, 2, 2)", "convolution: the window is larger than x. "),
        ("gradient", "images (1, 2, 2, 2)", "convolution: the window is larger than x. "),
    ],
)
def test_sizes_of_inputs_are_told_alike(backend: str, label: str, received: str, wrong: str) -> None:
    said = sentence(failures(backend)[0][label], "ComputationFailed", OF_INPUTS + received)
    assert f". What does not fit: {wrong}" in said


@pytest.mark.parametrize("backend", BACKENDS)
def test_size_that_is_an_inputs_value_is_told(backend: str) -> None:
    found = failures(backend)[0]["size_of_values"]
    if backend == "cntk":
        sentence(
            found, "UnsupportedOperation", "a size that is computed from values: not supported by the cntk backend"
        )
    else:
        assert ". The library says: " in sentence(found, "ComputationFailed", OF_INPUTS)


@pytest.mark.parametrize("backend", BACKENDS)
def test_library_that_fails_is_told_first(backend: str) -> None:
    found = failures(backend)[0]["library"]
    verbs = {"failed", "did not compile it"}
    assert any(found[1].startswith(f"function: {backend} {verb}: ") for verb in verbs), found
    sentence(found, "LibraryFailed", f"function: {backend} ")
    assert "inputs that fit" not in found[1]
    assert found[2] not in ("NoneType", "LibraryFailed")


@pytest.mark.parametrize("backend", BACKENDS)
def test_want_of_memory_is_told(backend: str) -> None:
    told = failures(backend)[0]
    sentence(told["memory"], "OutOfMemory", f"function: {backend} is out of memory: ")
    sentence(told["memory_of_a_variable"], "OutOfMemory", f"get_value: {backend} is out of memory: ")


@pytest.mark.parametrize("backend", BACKENDS)
def test_failures_leave_standard_output_alone(backend: str) -> None:
    assert failures(backend)[1].stdout == ""


@pytest.mark.parametrize("flags", WITHOUT_C)
def test_theano_without_c_is_told_as_the_cause(flags: str) -> None:
    labels = ("convolution", "no_inputs")
    told, ended = failures("theano", *labels, flags=flags)
    for label in labels:
        said = sentence(told[label], "LibraryFailed", f"function: {WITHOUT_C[flags]}")
        assert "inputs that fit" not in said
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    assert "Optimization failure" not in ended.stderr
