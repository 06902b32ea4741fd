"""Every engine starts and computes without a word of its library's: the streams are the user's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.client.runs import BACKENDS, HERE, LIMIT_S, environment, variables

ANNOUNCEMENTS = {
    "numpy": "Using NumPy backend.\n",
    "tensorflow": "Using TensorFlow backend.\n",
    "theano": "Using Theano backend.\n",
    "cntk": "Using CNTK backend\n",
}
SAID = "float32 is done\nfloat64 is done\nfloat16 is done\nprinted [1.]\n"
NOISE = {"tensorflow": "oneDNN custom operations are on", "cntk": "Unsupported Linux distribution"}
ONE = "from harness import backend as K; K.eval(K.ones((1,)))"


def executed(backend: str, folder: Path, *arguments: object, **others: str) -> subprocess.CompletedProcess:
    """`harness exec` with these arguments; Theano's modules are in the cache of tests."""
    chosen = variables(backend)
    if backend == "theano":
        chosen["THEANO_FLAGS"] += f",base_compiledir={environment(backend).path}/cache/probe"
    ended = subprocess.run(
        [Path(sys.executable).with_name("harness"), "exec", *map(str, arguments)],
        env={**os.environ, **chosen, "KERAS_HOME": str(folder), **others},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("profile", "threads"), [("tuned", 2), ("stock", 1)])
def test_streams_are_the_users(backend: str, profile: str, threads: int, tmp_path: Path) -> None:
    ended = executed(backend, tmp_path, "--profile", profile, "--threads", threads, backend, HERE / "quiet.py")
    assert ended.stdout == SAID
    assert ended.stderr == ANNOUNCEMENTS[backend]


@pytest.mark.parametrize("backend", NOISE)
def test_library_says_all_it_has_to_say_when_asked(backend: str, tmp_path: Path) -> None:
    """And so it is silent otherwise because of what we do."""
    ended = executed(backend, tmp_path, backend, "-c", ONE, HARNESS_LIBRARY_LOGS="1")
    assert NOISE[backend] in ended.stderr
    assert ended.stdout == ""
