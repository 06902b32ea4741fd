"""The runner as a process: what it wrote, and what is said when it ends early, takes too long or is interrupted."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from harness.orchestrator.core.errors import WorkerFailed
from harness.orchestrator.suites.conformance import answers

# Stands for the runner.
BEGIN = """
import json, os, signal, sys, time
print("a library says something")
def case(name):
    line = json.dumps({"event": "progress", "t_s": 0.0, "phase": "parity", "step": 1, "steps": 2, "case": name})
    os.write(int(sys.argv[4]), line.encode() + b"\\n")
case("state-swap")
"""
CRASH = BEGIN + "sys.stderr.write('what went wrong'); sys.stderr.flush(); os.kill(os.getpid(), signal.SIGSEGV)"
SLEEP = BEGIN + "open(os.environ['PID'], 'w').write(str(os.getpid())); case('slow'); time.sleep(600)"


class Interpreter:
    """Stands for an environment: the interpreter that runs the tests."""

    backend, python = "numpy", Path(sys.executable)
    specification = SimpleNamespace(
        probe=SimpleNamespace(variables={"PROBE": "{threads} at once"}),
        conformance=SimpleNamespace(variables={"CASES": "{threads} apart"}, interpreted={"PROBE": "slowly"}),
    )

    def __init__(self, folder: Path) -> None:
        self.pid = folder / "pid"

    def variables(self, profile: str, threads: int) -> dict[str, str]:
        return {"PROFILE": profile, "PROBE": "not the probe's", "PID": str(self.pid)}

    def written(self, text: str, threads: int) -> str:
        return text.format(threads=threads)

    def lives(self) -> bool:
        """Whether the process that wrote its number still runs."""
        try:
            os.kill(int(self.pid.read_text()), 0)
        except ProcessLookupError:
            return False
        return True


@pytest.fixture
def interpreter(tmp_path: Path) -> Interpreter:
    return Interpreter(tmp_path)


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Puts a script in the runner's place."""

    def replace(script: str) -> None:
        path = tmp_path / "runner.py"
        path.write_text(script)
        monkeypatch.setattr(answers, "CONFORMANCE", path)

    return replace


def test_answer_of_the_real_runner(interpreter):
    told: list[str] = []
    answer = answers.ask(interpreter, "state-swap", "float64", watch=told.append)
    assert told == list(answer.cases) == list(answer.results) == ["state-swap"]
    assert answer.cases["state-swap"]["error"] is None
    assert set(answer.cases["state-swap"]["functions"]) == {"variable", "function", "get_value"}
    assert answer.results["state-swap"]["update/first_a"].dtype == "float64"
    assert answer.versions["numpy"] == np.__version__
    assert {"dot", "rnn"} <= set(answer.functions)


def test_probes_variables_win_over_the_profiles(interpreter):
    found = answers.variables(interpreter)
    assert (found["PROFILE"], found["PROBE"], found["CASES"]) == ("tuned", "2 at once", "2 apart")
    assert answers.variables(interpreter, interpreted=True)["PROBE"] == "slowly"


def test_process_that_crashes_names_the_case_and_its_last_lines(interpreter, runner):
    runner(CRASH)
    with pytest.raises(WorkerFailed, match=r"numpy stopped in state-swap: ended .* by SIGSEGV") as caught:
        answers.ask(interpreter)
    assert "what went wrong" in str(caught.value)


def test_process_that_takes_too_long_is_ended(interpreter, runner, monkeypatch):
    monkeypatch.setattr(answers, "LIMIT_S", 1)
    runner(SLEEP)
    with pytest.raises(WorkerFailed, match=r"stopped in slow: .* wall limit of 1 s exceeded"):
        answers.ask(interpreter)
    assert not interpreter.lives()


def test_interrupt_leaves_nothing_running(interpreter, runner):
    def interrupt(case: str) -> None:
        if case == "slow":
            raise KeyboardInterrupt

    runner(SLEEP)
    with pytest.raises(KeyboardInterrupt):
        answers.ask(interpreter, watch=interrupt)
    assert not interpreter.lives()
