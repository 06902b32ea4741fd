"""What the Theano engine promises besides right numbers."""

from __future__ import annotations

import subprocess
from pathlib import Path

from collected import ROOT, answer, environment, variables

HEADERS_IN_USE = Path(__file__).with_name("headers_in_use.py")


def test_theano_compiles_nothing_that_an_earlier_process_compiled():
    """The same cases twice: in Theano a convolution before it changes the flags that a product is compiled with."""
    cases = ("theano", "--only", "state-training-*")
    answer(*cases)
    assert answer.__wrapped__(*cases).settings["compiled_modules"] == 0


def test_theano_modules_take_the_compiled_headers():
    found = environment("theano")
    command = [str(found.python), "-I", str(HEADERS_IN_USE), str(ROOT / "harness" / "worker")]
    ended = subprocess.run(command, env=variables(found), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    taken = ended.stdout.splitlines()
    assert len(taken) == 2
    assert all("all.h.gch" in variant for variant in taken), taken
