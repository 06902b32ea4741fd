"""Interleaved workers train one at a time, and when one fails the others go on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from harness.orchestrator.core.config import Limits
from harness.orchestrator.execution import interleaving
from harness.orchestrator.execution.interleaving import run_interleaved
from harness.orchestrator.execution.interrupts import Interrupts
from harness.orchestrator.execution.job import Job, RunOutcome, Silent
from harness.orchestrator.execution.process import worker_variables

WORKER = Path(__file__).with_name("interleaved_worker.py")
WORKERS, WARMUPS, EPOCHS = 3, 1, 3
EPOCH_S = 0.02
PATIENT = Limits(wall_s=120, silence_s=120)


@pytest.fixture(autouse=True)
def no_threads_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interleaving, "SETTLE_S", 0.0)


@pytest.fixture
def interleave(tmp_path: Path):
    """Outcomes of WORKERS workers; `failing` is a worker and the epoch in which it fails."""

    def interleaved(failing: tuple[int, int] | None = None) -> list[RunOutcome]:
        address = tmp_path / "turns"
        jobs = [job(tmp_path, number, address, failing) for number in range(WORKERS)]
        return run_interleaved([(asked, Silent()) for asked in jobs], address, random.Random(0))

    return interleaved


def job(
    folder: Path,
    number: int,
    address: Path,
    failing: tuple[int, int] | None,
    epoch_s: float = EPOCH_S,
    limits: Limits = PATIENT,
) -> Job:
    return Job(
        python=sys.executable,
        variables=worker_variables({}),
        request={
            "turns": str(address),
            "warmup_epochs": WARMUPS,
            "epochs": EPOCHS,
            "epoch_s": epoch_s,
            "fails_at": failing[1] if failing and failing[0] == number else None,
        },
        cpus=sorted(os.sched_getaffinity(0)),
        limits=limits,
        log=folder / str(number),
        worker=WORKER,
    )


def test_workers_train_one_at_a_time_in_rounds(interleave) -> None:
    spans = [outcome.result["spans"] for outcome in interleave()]
    assert [len(each) for each in spans] == [WARMUPS + EPOCHS] * WORKERS
    ordered = sorted((begin, end, index) for each in spans for index, (begin, end) in enumerate(each))
    assert all(end <= begin for (_, end, _), (begin, _, _) in pairwise(ordered))
    rounds = [index for _, _, index in ordered]
    assert rounds == sorted(rounds), "nobody is a round ahead"


def test_order_within_a_round_changes(interleave) -> None:
    spans = [outcome.result["spans"] for outcome in interleave()]
    orders = {tuple(sorted(range(WORKERS), key=lambda number: spans[number][index])) for index in range(len(spans[0]))}
    assert len(orders) > 1


@pytest.mark.parametrize("epoch", [0, WARMUPS + 1])
def test_others_go_on_when_one_fails(interleave, epoch: int) -> None:
    outcomes = interleave(failing=(1, epoch))
    assert [outcome.status for outcome in outcomes] == ["ok", "failed", "ok"]
    assert all(len(outcome.result["spans"]) == WARMUPS + EPOCHS for outcome in outcomes if outcome.result)


def test_others_start_after_one_that_could_not(tmp_path: Path) -> None:
    address = tmp_path / "turns"
    broken, other = (job(tmp_path, number, address, None) for number in range(2))
    broken.request["turns"] = str(tmp_path / "nowhere")
    ready: list[int] = []
    outcomes = run_interleaved([(broken, Silent()), (other, Silent())], address, random.Random(0), ready=ready.append)
    assert [outcome.status for outcome in outcomes] == ["failed", "ok"]
    assert ready == [0, 1]
    assert "FileNotFoundError" in outcomes[0].reason


def test_a_last_epoch_that_fails_is_told(interleave) -> None:
    statuses = [outcome.status for outcome in interleave(failing=(2, WARMUPS + EPOCHS - 1))]
    assert statuses == ["ok", "ok", "failed"]


def test_signal_interrupts_all_of_them(tmp_path: Path) -> None:
    class Interrupting(Silent):
        def event(self, event: dict) -> None:
            if event.get("phase") == "epoch":
                os.kill(os.getpid(), signal.SIGINT)

    address = tmp_path / "turns"
    jobs = [(job(tmp_path, number, address, None), Interrupting() if number else Silent()) for number in range(WORKERS)]
    with Interrupts() as interrupts:
        outcomes = run_interleaved(jobs, address, random.Random(0), interrupts)
    assert [outcome.status for outcome in outcomes] == ["interrupted"] * WORKERS


@pytest.mark.parametrize("limits", [Limits(wall_s=120, silence_s=1.5), Limits(wall_s=4, silence_s=120)])
def test_waiting_for_the_others_counts_to_no_limit(tmp_path: Path, limits: Limits) -> None:
    """Two workers whose epochs last longer than the third one's whole patience."""
    address = tmp_path / "turns"
    slow = [job(tmp_path, number, address, None, epoch_s=1.0) for number in range(2)]
    quick = job(tmp_path, 2, address, None, limits=limits)
    outcomes = run_interleaved([(one, Silent()) for one in (*slow, quick)], address, random.Random(0))
    assert [outcome.status for outcome in outcomes] == ["ok"] * WORKERS
    assert outcomes[2].wall_s > 4


def test_a_limit_holds_while_a_worker_trains(tmp_path: Path) -> None:
    address = tmp_path / "turns"
    hanging = job(tmp_path, 0, address, None, epoch_s=60, limits=Limits(wall_s=120, silence_s=1))
    other = job(tmp_path, 1, address, None)
    outcomes = run_interleaved([(hanging, Silent()), (other, Silent())], address, random.Random(0))
    assert [outcome.status for outcome in outcomes] == ["timeout", "ok"]


def test_processors_are_free_before_the_next_one_trains(tmp_path: Path) -> None:
    """A process whose second thread spins for a while, as OpenMP's do: it is not asleep until that has ended."""
    spin = (
        "import sys, threading, time\n"
        "def spin():\n    end = time.monotonic() + 0.5\n    while time.monotonic() < end: pass\n"
        "threading.Thread(target=spin).start()\nprint(flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", spin], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        seen = [interleaving.asleep(process.pid)]
        deadline_s = time.monotonic() + 60
        while not interleaving.asleep(process.pid) and time.monotonic() < deadline_s:
            time.sleep(0.01)
        seen.append(interleaving.asleep(process.pid))
        process.stdin.close()
    assert seen == [False, True]
    assert interleaving.asleep(process.pid), "one that has ended"


def test_each_one_settles_before_the_next_begins(interleave, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []
    monkeypatch.setattr(interleaving, "SETTLE_S", 10.0)
    monkeypatch.setattr(interleaving, "asleep", lambda pid: looked_at.append(pid) or True)
    interleave()
    # when it reached its first epoch, and after each but the last, behind which it ends
    assert sorted(map(looked_at.count, set(looked_at))) == [WARMUPS + EPOCHS] * WORKERS
