"""What `make test` runs: everything, or the part that BACKEND and K select."""

from __future__ import annotations

import os
import subprocess

import pytest

from harness.orchestrator.paths import ROOT


def commands(*arguments: str) -> list[str]:
    """What make would do, line by line; the make that runs the tests does not have its say."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    made = subprocess.run(
        ["make", "-n", *arguments], cwd=ROOT, env=variables, capture_output=True, text=True, check=True
    )
    return [" ".join(line.split()) for line in made.stdout.splitlines()]


@pytest.mark.parametrize(
    ("variables", "build", "test"),
    [
        ([], "env build", "pytest"),
        (["BACKEND=cntk,theano"], "env build numpy 'cntk,theano'", "pytest tests/conformance --backend 'cntk,theano'"),
        (["K=dropout and not th"], "env build", "pytest -k 'dropout and not th'"),
        (
            ["BACKEND=cntk", "K=dropout", "ARGS=-x"],
            "env build numpy 'cntk'",
            "pytest tests/conformance --backend 'cntk' -k 'dropout' -x",
        ),
    ],
)
def test_make_test_runs_what_is_asked_for(variables, build, test):
    said = commands("test", *variables)
    assert said[-2:] == [f".venv/bin/harness {build}", f".venv/bin/python -m {test}"]


def test_make_conformance_passes_its_variables_on():
    said = commands("conformance", "BACKEND=cntk", "ONLY=images-*")
    assert said[-1] == ".venv/bin/harness conformance --backend 'cntk' --only 'images-*'"


def test_make_ops_passes_its_variables_on():
    said = commands("ops", "BACKEND=cntk", "ONLY=rnn", "ARGS=--rounds 9")
    assert said[-1] == ".venv/bin/harness ops --backend 'cntk' --only 'rnn' --rounds 9"
