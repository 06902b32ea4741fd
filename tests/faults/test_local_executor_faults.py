"""The real local executor against workers that misbehave in every way that has been met."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from harness.orchestrator.core.config import Limits
from harness.orchestrator.execution import local_executor, process
from harness.orchestrator.execution.job import Job, RunOutcome
from harness.orchestrator.execution.local_executor import launch
from harness.orchestrator.execution.memory_layout import Layout
from harness.orchestrator.execution.process import worker_variables
from harness.worker.protocol import SCHEMA

FAKE_WORKER = Path(__file__).with_name("fake_worker.py")
# Longer than any test takes, so that only the limit under test can be reached.
PATIENT = {"wall_s": 120, "silence_s": 120}

Launch = Callable[..., RunOutcome]


class Listener:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.events: list[dict] = []
        self.ticks = 0

    def event(self, event: dict) -> None:
        self.events.append(event)

    def tick(self) -> None:
        self.ticks += 1


@pytest.fixture
def run(tmp_path: Path) -> Launch:
    """Launch the fake worker with a behaviour; limits by keyword."""

    def launched(behaviour: str, **limits: object) -> RunOutcome:
        return launch(job(tmp_path, behaviour, **limits), Listener())

    return launched


def test_workers_with_one_layout_find_nothing_else_to_differ_in(tmp_path: Path) -> None:
    """Started at the same time, from folders and logs and with variables of other lengths."""
    layout = Layout(150, 6000)
    code = tmp_path / ("another folder" * 5)
    shutil.copytree(FAKE_WORKER.parents[1], code / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    first = replace(job(tmp_path, "laid_out"), layout=layout)
    second = replace(
        first,
        log=tmp_path / "a_much_longer_name",
        worker=code / FAKE_WORKER.relative_to(FAKE_WORKER.parents[2]),
        variables={**first.variables, "MORE": "x" * 300},
    )
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda one: launch(one, Listener()), (first, second)))
    found = [outcome.result["settings"]["layout"] for outcome in outcomes]
    assert found[0] == found[1]
    assert found[0]["code"] == layout.path_characters + len("/tests/faults/fake_worker.py")
    assert (found[0]["variables"], found[0]["variables_bytes"]) == (32, layout.environment_bytes)
    unlike = [launch(replace(one, layout=None), Listener()).result["settings"]["layout"] for one in (first, second)]
    assert unlike[0] != unlike[1]


def job(folder: Path, behaviour: str, **limits: object) -> Job:
    return Job(
        python=sys.executable,
        variables=worker_variables({"OMP_NUM_THREADS": "1"}),
        request={"schema": SCHEMA, "workload": behaviour, "backend": "fake"},
        cpus=sorted(os.sched_getaffinity(0)),
        limits=Limits(**{**PATIENT, **limits}),
        log=folder / behaviour,
        worker=FAKE_WORKER,
    )


def test_launch_returns_the_result_of_a_good_worker(run: Launch) -> None:
    outcome = run("good")
    assert (outcome.status, outcome.reason, outcome.phase, outcome.exit_code) == ("ok", None, "done", 0)
    assert outcome.result["epoch_s"] == 2.0
    assert [phase["phase"] for phase in outcome.phases] == ["import", "parity", "epoch", "done"]
    assert outcome.warnings == []
    assert outcome.cpu_time_s > 0
    assert outcome.peak_rss_bytes > 2**20


def test_launch_keeps_the_parity_report_of_a_run_that_is_wrong(run: Launch) -> None:
    assert run("not_equal").parity["deviations"] == {"loss": 0.25, "gradient_norms": None}


def test_launch_keeps_what_was_printed_when_the_run_is_good(run: Launch, tmp_path: Path) -> None:
    run("good")
    assert (tmp_path / "good.stdout.txt").read_text() == "printed by a library\n"


def test_launch_tells_the_observer_each_event(tmp_path: Path) -> None:
    listener = Listener()
    launch(job(tmp_path, "good"), listener)
    kinds = [event["event"] for event in listener.events]
    assert kinds == ["hello", "phase", "phase", "parity", "phase", "progress", "phase", "result"]


@pytest.mark.parametrize(
    ("behaviour", "status", "phase", "reason"),
    [
        ("segfault", "failed", "compile", "ended in phase compile by SIGSEGV"),
        ("killed", "killed", "epoch", "ended in phase epoch by SIGKILL"),
        ("no_result", "failed", "build", "ended in phase build without a result (exit code 3)"),
        ("mute", "failed", None, "ended before its first phase without a result (exit code 0)"),
        ("exception", "failed", "build", "ShapeMismatch in phase build: dot: inner dimensions differ"),
        ("unsupported", "unsupported", None, "ctc: not here"),
        ("memory_error", "out_of_memory", None, "MemoryError in phase epoch: cannot allocate"),
        ("not_finite", "wrong", "epoch", "loss of epoch 0 is not a finite number"),
        ("not_equal", "wrong", "parity", "NotEqual in phase parity: the first steps are not those of NumPy in float64"),
        ("unproved", "wrong", None, "loss of the first steps deviates by None, more than 1e-05"),
        (
            "unproved_inference",
            "wrong",
            "inference",
            "outputs of the forward function deviate by None, more than 1e-05",
        ),
        ("left_out", "wrong", None, "epoch 0 made 2 steps of 3 over its train samples"),
    ],
)
def test_launch_names_what_ended_the_worker(
    run: Launch, behaviour: str, status: str, phase: str | None, reason: str
) -> None:
    outcome = run(behaviour)
    assert (outcome.status, outcome.phase, outcome.reason) == (status, phase, reason)


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("torn", "a torn line"),
        ("rubbish", "a line that is no event"),
        ("unknown_phase", "an unknown phase"),
        ("other_schema", "speaks another protocol"),
        ("too_early_schema", "speaks another protocol. Expected schema=3 to 4. Received 2."),
        ("incomplete_result", "lacks fields"),
    ],
)
def test_launch_fails_a_worker_that_breaks_the_protocol(run: Launch, behaviour: str, words: str) -> None:
    outcome = run(behaviour)
    assert outcome.status == "failed"
    assert outcome.reason.startswith("ProtocolError: ")
    assert words in outcome.reason


def test_worker_of_an_earlier_revision_is_measured(run: Launch) -> None:
    outcome = run("earlier_schema")
    assert (outcome.status, outcome.reason) == ("ok", None)
    assert "inference" not in outcome.result


def test_launch_stops_a_silent_worker_at_the_silence_limit(run: Launch) -> None:
    outcome = run("silent", silence_s=0.5)
    assert outcome.status == "timeout"
    assert outcome.reason == "stopped in phase compile: silence limit of 0.5 s exceeded"


def test_launch_stops_a_chatty_worker_at_the_wall_limit(run: Launch) -> None:
    outcome = run("chatty", wall_s=1.5, silence_s=1)
    assert outcome.status == "timeout"
    assert outcome.reason == "stopped in phase epoch: wall limit of 1.5 s exceeded"


def test_launch_stops_a_worker_at_the_limit_of_its_phase(run: Launch) -> None:
    outcome = run("silent", phases_s={"compile": 0.5})
    assert outcome.reason == "stopped in phase compile: limit of 0.5 s for the phase exceeded"


def test_launch_kills_a_worker_that_ignores_term(run: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE_S", 0.3)
    outcome = run("deaf", silence_s=0.5)
    assert (outcome.status, outcome.exit_code) == ("timeout", -9)


def test_launch_stops_a_worker_that_fills_the_disk(run: Launch) -> None:
    outcome = run("printing", output_bytes=2**20)
    assert outcome.status == "failed"
    assert "more than limits.output_bytes" in outcome.reason


@pytest.mark.parametrize("behaviour", ["grandchild", "escaped_grandchild"])
def test_launch_leaves_no_grandchild(run: Launch, tmp_path: Path, behaviour: str) -> None:
    outcome = run(behaviour)
    pid = int((tmp_path / "grandchild.pid").read_text())
    assert outcome.status == "ok"
    assert outcome.warnings == ["left 1 process(es) behind; they were killed"]
    assert not runs(pid)


def runs(pid: int) -> bool:
    """Whether a process still runs, after a moment for the kernel to end it."""
    gone, _ = psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=5)
    return psutil.pid_exists(pid) and not gone and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_launch_keeps_only_the_last_lines_of_a_huge_stderr(run: Launch) -> None:
    outcome = run("huge_stderr")
    assert len(outcome.stderr_tail) == 20
    assert outcome.stderr_tail[-1] == "line 199999 of many that a library prints"


def test_launch_keeps_the_result_of_a_worker_that_crashes_after_it(run: Launch) -> None:
    outcome = run("crash_after_result")
    assert outcome.status == "ok"
    assert outcome.warnings == ["ended with SIGSEGV after its result"]


def test_launch_keeps_the_result_of_a_worker_that_does_not_leave(run: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_executor, "LEAVE_S", 0.3)
    outcome = run("hang_after_result")
    assert outcome.status == "ok"
    assert outcome.warnings == ["ended with SIGTERM after its result"]


def test_launch_reports_an_interpreter_that_is_not_there(tmp_path: Path) -> None:
    absent = Job("/no/such/python", {}, {}, sorted(os.sched_getaffinity(0)), Limits(), tmp_path / "absent", FAKE_WORKER)
    outcome = launch(absent, Listener())
    assert outcome.status == "failed"
    assert outcome.reason.startswith("could not be started: ")


def test_launch_gives_only_allowed_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/hostile")
    monkeypatch.setenv("LD_PRELOAD_LOOKALIKE", "/hostile")
    launch(job(tmp_path, "variables"), Listener())
    seen = json.loads((tmp_path / "variables.stdout.txt").read_text().splitlines()[0])
    assert seen["OMP_NUM_THREADS"] == "1"
    assert seen["PATH"] == os.environ["PATH"]
    assert not {"PYTHONPATH", "LD_PRELOAD_LOOKALIKE"} & set(seen)


def test_launch_binds_the_worker_to_its_cpus_and_not_itself(tmp_path: Path) -> None:
    before = os.sched_getaffinity(0)
    one = job(tmp_path, "variables")
    cpus = [min(before)]
    launch(Job(one.python, one.variables, one.request, cpus, one.limits, one.log, one.worker), Listener())
    seen = json.loads((tmp_path / "variables.stdout.txt").read_text().splitlines()[1])
    assert seen == cpus
    assert os.sched_getaffinity(0) == before


def test_launch_measures_the_peak_memory_of_the_worker(run: Launch) -> None:
    assert 200 * 2**20 < run("memory").peak_rss_bytes < 400 * 2**20


def test_launch_leaves_no_descriptor_open(run: Launch) -> None:
    run("good")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for behaviour in ("good", "segfault", "torn"):
        run(behaviour)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
