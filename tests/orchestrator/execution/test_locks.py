"""Benches wait for each other: real processes on real locks; only which GPUs there are is made up."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.orchestrator.core.errors import HarnessError
from harness.orchestrator.core.paths import ROOT
from harness.orchestrator.execution import locks
from harness.orchestrator.monitoring.telemetry import gpus

UUIDS = ["GPU-aa11", "GPU-bb22", "GPU-ab33"]
# Takes the locks of its devices, says so, and keeps them until a line comes.
HOLDER = f"""
import sys
from pathlib import Path
from harness.orchestrator.execution import locks
from harness.orchestrator.monitoring.telemetry import gpus
gpus.nvidia_uuids = lambda: {UUIDS}
locks.LOCK, locks.LOOK_S = Path(sys.argv[1]), 0.05
with locks.host_lock(lambda line: print(line, flush=True), sys.argv[2].split(",")):
    print("held", flush=True)
    sys.stdin.readline()
"""


class Bench:
    """A process that wants the locks of some devices."""

    def __init__(self, lock: Path, devices: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        environment.pop("CUDA_VISIBLE_DEVICES", None)
        command = [sys.executable, "-c", HOLDER, str(lock), devices]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, text=True, env=environment, **pipes)

    def says(self) -> str:
        return self.process.stdout.readline().rstrip("\n")

    def leave(self) -> None:
        self.process.communicate("\n")
        assert self.process.returncode == 0


Start = Callable[[str], Bench]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with contextlib.ExitStack() as started:

        def bench(devices: str) -> Bench:
            made = Bench(tmp_path / "bench.lock", devices)
            started.enter_context(made.process)
            started.callback(made.process.kill)
            return made

        yield bench


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("cpu", "cpu", "this machine"),
        ("cpu", "gpu", "this machine"),
        ("gpu", "cpu", "this machine"),
        ("gpu:1", "cpu,gpu", "this machine"),
        ("gpu:9", "gpu", "this machine"),
        ("gpu", "gpu:0", "GPU-aa11"),
        ("gpu:1,gpu:2", "gpu,gpu:1", "GPU-bb22"),
    ],
)
def test_second_bench_waits_for_the_first_and_says_for_whom(start: Start, first: str, second: str, what: str) -> None:
    holder = start(first)
    assert holder.says() == "held"
    waiter = start(second)
    said = waiter.says()
    assert said.startswith(f"Another bench (process {holder.process.pid}, since 20")
    assert said.endswith(f"Z) is running on {what}; waiting for it to end.")
    holder.leave()
    assert waiter.says() == "held"
    waiter.leave()


def test_benches_on_different_gpus_run_beside_each_other(start: Start) -> None:
    benches = [start("gpu"), start("gpu:1"), start("gpu:2")]
    assert [bench.says() for bench in benches] == ["held"] * 3
    waiter = start("cpu")
    said = waiter.says()
    assert all(f"process {bench.process.pid}, since " in said for bench in benches)
    for bench in benches:
        bench.leave()
    assert waiter.says() == "held"
    waiter.leave()


def test_lock_of_a_bench_that_was_killed_is_free(start: Start) -> None:
    killed = start("cpu")
    assert killed.says() == "held"
    killed.process.kill()
    killed.process.wait()
    bench = start("cpu")
    assert bench.says() == "held"
    bench.leave()


def test_waiting_ends_when_the_user_says_so(start: Start) -> None:
    holder = start("cpu")
    assert holder.says() == "held"
    waiter = start("cpu")
    waiter.says()
    waiter.process.send_signal(signal.SIGINT)
    _, err = waiter.process.communicate()
    assert err.rstrip().endswith("KeyboardInterrupt")
    holder.leave()


def test_bench_is_not_fooled_by_a_lock_file_that_was_removed(start: Start, tmp_path: Path) -> None:
    holder = start("cpu")
    assert holder.says() == "held"
    lock = locks.Lock(tmp_path / "bench.lock", "this machine", True)
    descriptor = locks.opened(lock.path)
    lock.path.unlink()
    assert not locks.in_place(descriptor, lock.path)
    os.close(descriptor)
    holder.leave()


def test_lock_of_another_user_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(locks, "opened", refuse)
    with pytest.raises(HarnessError, match="belongs to another user"), locks.host_lock(print):
        pass


@pytest.mark.parametrize(
    ("devices", "chosen", "expected"),
    [
        (["gpu"], None, {"GPU-aa11"}),
        (["gpu:2", "gpu:0"], None, {"GPU-aa11", "GPU-ab33"}),
        (["gpu:3"], None, set()),
        (["gpu"], "2,0", {"GPU-ab33"}),
        (["gpu:1"], "2, 0", {"GPU-aa11"}),
        (["gpu:1"], "2", set()),
        (["gpu:1"], "0,7,1", set()),
        (["gpu"], "GPU-b", {"GPU-bb22"}),
        (["gpu"], "MIG-cc44", {"MIG-cc44"}),
        (["gpu"], "", set()),
        (["gpu"], "-1", set()),
        ([], "0", set()),
    ],
)
def test_gpus_are_counted_as_cuda_does(
    devices: list[str], chosen: str | None, expected: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpus, "nvidia_uuids", lambda: UUIDS)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if chosen is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)
    assert gpus.uuids_of(devices) == expected
