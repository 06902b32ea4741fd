"""What `make test` runs: everything, or the part that BACKEND and K select."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.orchestrator.core.paths import ROOT

SUITE = "tests/conformance tests/backends/engines"

BESIDE = "--numprocesses auto --dist loadscope --no-loadscope-reorder"  # each other, on all processors


def commands(*arguments: str) -> list[str]:
    """What make would do, line by line; the make that runs the tests has no say, nor have its variables."""
    variables = {"PATH": os.environ["PATH"]}
    made = subprocess.run(
        ["make", "-n", *arguments], cwd=ROOT, env=variables, capture_output=True, text=True, check=True
    )
    return [" ".join(line.split()) for line in made.stdout.splitlines()]


@pytest.mark.parametrize(
    ("variables", "build", "part"),
    [
        ([], "env build", ""),
        (
            ["BACKEND=cntk,theano"],
            "env build numpy 'cntk,theano'",
            f" {SUITE} --backend 'cntk,theano'",
        ),
        (["K=dropout and not th"], "env build", " -k 'dropout and not th'"),
        (
            ["BACKEND=cntk", "K=dropout", "ARGS=-x"],
            "env build numpy 'cntk'",
            f" {SUITE} --backend 'cntk' -k 'dropout' -x",
        ),
    ],
)
def test_make_test_runs_what_is_asked_for(variables, build, part):
    said = commands("test", *variables)
    assert f".venv/bin/harness {build}" in said
    beside, alone = (line.partition(" ||")[0] for line in said if line.startswith(".venv/bin/python -m pytest"))
    assert beside == f".venv/bin/python -m pytest -m 'not alone' {BESIDE}{part}"
    assert alone == ".venv/bin/python -m pytest -m alone" + part


@pytest.mark.parametrize(
    ("beside", "alone", "code"),
    [(0, 0, 0), (0, 5, 0), (5, 0, 0), (5, 5, 1), (1, 0, 1), (0, 1, 1), (1, 5, 1), (2, 2, 1)],
)
def test_make_test_fails_if_a_test_does_or_if_there_is_none(beside, alone, code, tmp_path):
    """pytest ends with 5 where it found none, as it may for one of two kinds."""
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\ncase \"$*\" in *'not alone'*) exit {beside};; *) exit {alone};; esac\n")
    python.chmod(0o755)
    recipe = " ".join(commands("test", f"PYTEST={python} -m pytest", "HARNESS=true"))
    command = recipe[recipe.index("beside=0") :].replace("\\", "")
    assert subprocess.run(["bash", "-c", command], check=False).returncode == code


def test_make_conformance_passes_its_variables_on():
    said = commands("conformance", "BACKEND=cntk", "ONLY=images-*")
    assert said[-1] == ".venv/bin/harness conformance --backend 'cntk' --only 'images-*'"


def test_make_ops_passes_its_variables_on():
    said = commands("ops", "BACKEND=cntk", "ONLY=rnn", "ARGS=--rounds 9")
    assert said[-1] == ".venv/bin/harness ops --backend 'cntk' --only 'rnn' --rounds 9"


BOTH = """
import time
import pytest

@pytest.mark.parametrize("case", ["theano-add", "cntk-add", "theano-dot", "cntk-dot"])
def test_agrees(case):
    time.sleep(0.2)
"""


def test_tests_of_a_backend_share_a_process(tmp_path: Path) -> None:
    """Those that have to wait for each other's compilations, or would ask a backend twice."""
    (tmp_path / "tests" / "conformance").mkdir(parents=True)
    for name in ("__init__.py", "conftest.py", "once.py"):
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests")
    (tmp_path / "tests" / "conformance" / "test_backends.py").write_text(BOTH)
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", *BESIDE.replace("auto", "2").split()]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    ended = subprocess.run(command, cwd=tmp_path, env=outside, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
    found = set(re.findall(r"\[(gw\d)\].* PASSED \S*\[(theano|cntk)-\w+\]", ended.stdout))
    assert len(found) == 2
    assert len(dict(found)) == 2
