"""Conducting operations: every backend is stored as soon as it has ended, whatever becomes of it."""

from __future__ import annotations

import json
import os
import random
import signal
from pathlib import Path

import pytest

from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.environments.provision import ensure
from harness.orchestrator.execution.job import Job, RunOutcome
from harness.orchestrator.sessions.prepared import Missing
from harness.orchestrator.suites.ops import operations, suite
from harness.orchestrator.suites.ops.preparation import Equipped, equip
from tests.orchestrator.sample_records import MACHINE
from tests.orchestrator.suites.ops.sample_ops import plan

RESULT = {"versions": {}, "settings": {}, "order": [], "failures": []}


class Display:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __enter__(self) -> Display:
        return self

    def __exit__(self, *exception: object) -> None:
        self.told.append("left")

    def begin(self, backend: str) -> None:
        self.told.append(f"begin {backend}")

    def event(self, event: dict) -> None:
        self.told.append(event["operation"])

    def tick(self) -> None:
        pass

    def end(self, document: dict) -> None:
        self.told.append(f"end {document['harness']['backend']}")


@pytest.fixture(scope="module")
def numpy() -> Environment:
    found = ensure(["numpy"], "cpu")["numpy"]
    assert isinstance(found, Environment), found
    return found


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs that are launched, each of which begins one operation and ends well."""
    launched: list[Job] = []

    def execute(job, observer, interrupts):
        launched.append(job)
        observer.event({"event": "progress", "operation": "dot"})
        return RunOutcome("ok", None, "done", RESULT)

    monkeypatch.setattr(suite, "execute", execute)
    return launched


def conduct(chosen: operations.Plan, found: dict, folder: Path, display: Display) -> suite.Session:
    folder.mkdir()
    return suite.conduct(chosen, found, folder, MACHINE, display)


def test_every_backend_is_stored_in_an_order_from_the_seed(tmp_path: Path, numpy: Environment, jobs: list[Job]) -> None:
    names = ["one", "two", "three", "four"]
    found = dict.fromkeys(names, Missing("not here", "get it"))
    found["two"] = Equipped(numpy, tmp_path)
    display = Display()
    session = conduct(plan(*names, seed=3), found, tmp_path / "ops-1", display)
    ended = [told.removeprefix("end ") for told in display.told if told.startswith("end ")]
    assert ended == random.Random(3).sample(names, 4) != names
    assert [document["harness"]["backend"] for document in session.documents] == names
    assert json.loads((session.folder / "one.json").read_text())["harness"]["reason"] == "not here; get it"
    assert (len(jobs), display.told[-1]) == (1, "left")


def test_process_is_started_as_that_of_a_run_but_for_its_compile_cache(
    tmp_path: Path, numpy: Environment, jobs: list[Job]
) -> None:
    session = conduct(plan("numpy", threads=1), {"numpy": Equipped(numpy, tmp_path)}, tmp_path / "ops-1", Display())
    (job,) = jobs
    assert numpy.variables("tuned", 1).items() <= job.variables.items()
    assert (len(job.cpus), job.python, job.worker) == (1, str(numpy.python), operations.OPS / "runner.py")
    assert job.request["operations"] == ["dot", "rnn"]
    assert session.documents[0]["harness"]["environment"]["cpus"] == job.cpus


def test_theanos_operations_have_the_flags_of_runs_and_another_compile_cache() -> None:
    theano = ensure(["theano"], "cpu")["theano"]
    assert isinstance(theano, Environment), theano
    found, of_runs = suite.variables_of(theano, plan("theano")), theano.variables("tuned", 2)
    assert {name for name in found if found[name] != of_runs.get(name)} == {"THEANORC"}
    assert "cache/probe" in Path(found["THEANORC"]).read_text()


def test_reason_of_a_process_that_broke_down_names_its_operation(
    tmp_path: Path, numpy: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def execute(job, observer, interrupts):
        observer.event({"event": "progress", "operation": "rnn"})
        observer.event({"event": "phase", "operation": "rnn"})
        return RunOutcome("failed", "ended in phase compile by SIGSEGV", "compile")

    monkeypatch.setattr(suite, "execute", execute)
    session = conduct(plan("numpy"), {"numpy": Equipped(numpy, tmp_path)}, tmp_path / "ops-1", Display())
    assert session.documents[0]["harness"]["reason"] == "rnn: ended in phase compile by SIGSEGV"


def test_interrupt_ends_the_session_with_what_was_finished(
    tmp_path: Path, numpy: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def execute(job, observer, interrupts):
        os.kill(os.getpid(), signal.SIGINT)
        return RunOutcome("interrupted", "stopped in phase epoch by the user", "epoch")

    monkeypatch.setattr(suite, "execute", execute)
    found = dict.fromkeys(("a", "b", "c"), Equipped(numpy, tmp_path))
    session = conduct(plan("a", "b", "c"), found, tmp_path / "ops-1", Display())
    assert session.interrupted
    assert len(session.documents) == len(list(session.folder.glob("*.json"))) == 1


def test_backend_without_pytest_benchmark_is_missing_with_the_reason(
    tmp_path: Path, numpy: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    from harness.orchestrator.suites.ops import preparation

    (tmp_path / "requirements.lock").write_text(f"no-such-package-here==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(preparation, "OPS", tmp_path)
    monkeypatch.setenv("UV_OFFLINE", "1")
    found = equip(numpy, lambda backend, sentence: None)
    assert isinstance(found, Missing)
    assert found.reason.startswith("no pytest-benchmark: uv pip install failed:")


def test_operations_are_read_from_the_file() -> None:
    named = {"dot", "conv2d", "conv2d_gradient", "pool2d", "rnn_step", "rnn", "gather", "softmax"}
    assert named | {"batch_normalization", "rmsprop_update"} == set(operations.known())


def test_select_takes_parts_of_names_and_wildcards() -> None:
    assert operations.select("rnn") == ["rnn_step", "rnn"]
    assert operations.select("conv2d*") == ["conv2d", "conv2d_gradient"]
    assert operations.select("*rnn") == ["rnn"]
