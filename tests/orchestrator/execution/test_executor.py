"""The seam that every job goes through: outcomes, cancelling, and that nothing is left running."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import psutil
import pytest

from harness.orchestrator.core.config import Limits
from harness.orchestrator.execution import executor
from harness.orchestrator.execution.executor import EXECUTOR, execute, submitting
from harness.orchestrator.execution.interrupts import Interrupts
from harness.orchestrator.execution.job import Job, RunOutcome, Silent

# Says hello and its result's one key, then sleeps as long as the request wants.
WORKER = """
import json, os, sys, time
request = json.load(open(sys.argv[2]))
events = os.fdopen(int(sys.argv[4]), "w", buffering=1)
def send(event, **more):
    events.write(json.dumps(dict(more, event=event, t_s=time.monotonic())) + "\\n")
send("hello", schema=3, pid=os.getpid(), python="3")
time.sleep(request["sleep_s"])
send("result", result={"answer": 42})
"""


class Listener(Silent):
    """Keeps the worker's process number; raises what it is given, in the worker's first event."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.pid, self.error, self.begun = 0, error, threading.Event()

    def event(self, event: dict) -> None:
        self.pid = event.get("pid", self.pid)
        self.begun.set()
        if self.error is not None:
            raise self.error


def job(folder: Path, sleep_s: float = 0.0, name: str = "job") -> Job:
    worker = folder / "worker.py"
    worker.write_text(WORKER)
    cpus = sorted(os.sched_getaffinity(0))
    request = {"sleep_s": sleep_s}
    return Job(sys.executable, {}, request, cpus, Limits(), folder / name, worker, result=("answer",))


def test_outcome_of_a_job_has_the_result_that_the_job_asks_for(tmp_path: Path) -> None:
    outcome = execute(job(tmp_path))
    assert (outcome.status, outcome.result) == ("ok", {"answer": 42})


def test_result_without_the_jobs_keys_is_refused(tmp_path: Path) -> None:
    asked = job(tmp_path)
    outcome = execute(Job(**{**vars(asked), "result": ("answer", "question")}))
    assert outcome.status == "failed"
    assert outcome.reason.endswith("Expected answer, question. Received none for question.")


def test_cancelled_job_is_interrupted_and_the_others_go_on(tmp_path: Path) -> None:
    listener = Listener()
    with submitting() as submit:
        long, short = submit(job(tmp_path, 600.0, "long"), listener), submit(job(tmp_path, name="short"), Silent())
        listener.begun.wait()
        assert not long.done()
        EXECUTOR.cancel(long)
        assert EXECUTOR.wait(long).status == "interrupted"
        assert EXECUTOR.wait(short).status == "ok"
        assert EXECUTOR.wait(long).reason == "stopped before its first phase by the user"
    assert not psutil.pid_exists(listener.pid)
    EXECUTOR.cancel(long)


def test_signal_cancels_all_jobs_and_those_that_are_submitted_later(tmp_path: Path) -> None:
    listener = Listener()
    with Interrupts() as interrupts, submitting(interrupts) as submit:
        first = submit(job(tmp_path, 600.0, "first"), listener)
        listener.begun.wait()
        os.kill(os.getpid(), signal.SIGINT)
        later = submit(job(tmp_path, 600.0, "later"), Silent())
        assert [EXECUTOR.wait(each).status for each in (first, later)] == ["interrupted"] * 2
    assert interrupts.requested


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("of a display")])
def test_error_of_an_observer_leaves_nothing_running(tmp_path: Path, error: BaseException) -> None:
    listener = Listener(error)
    with pytest.raises(type(error)):
        execute(job(tmp_path, 600.0), listener)
    assert not psutil.pid_exists(listener.pid)


def test_error_beside_the_jobs_leaves_nothing_running(tmp_path: Path) -> None:
    listener = Listener()

    def fail() -> None:
        with submitting() as submit:
            submit(job(tmp_path, 600.0), listener)
            listener.begun.wait()
            raise ValueError("something else")

    with pytest.raises(ValueError, match="something else"):
        fail()
    assert not psutil.pid_exists(listener.pid)


def test_another_executor_needs_three_methods_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Elsewhere:
        def submit(self, job: Job, observer: object) -> Job:
            return job

        def wait(self, handle: Job) -> RunOutcome:
            return RunOutcome("ok", None, "done", dict.fromkeys(handle.result, 1))

        def cancel(self, handle: Job) -> None:
            raise AssertionError("nothing to cancel")

    monkeypatch.setattr(executor, "EXECUTOR", Elsewhere())
    assert execute(job(tmp_path)).result == {"answer": 1}
