"""The orchestrator leaves the measured CPUs alone where there are others: with the kernel's own affinity."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from harness.orchestrator.execution.process import Process
from harness.orchestrator.monitoring import cpu_affinity
from harness.orchestrator.monitoring.cpu_affinity import kept_off, spare_cpus
from harness.orchestrator.monitoring.machine import available_cpus, choose_cpus

OWN_CPUS = "import os; print(sorted(os.sched_getaffinity(0)))"


@pytest.fixture
def two_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight logical CPUs on four cores, numbered as Linux does."""
    monkeypatch.setattr(cpu_affinity, "available_cpus", lambda: list(range(8)))
    monkeypatch.setattr(cpu_affinity, "core_of", lambda cpu: ("0", str(cpu % 4)))


@pytest.mark.parametrize(
    ("measured", "spare"),
    [([0], [1, 2, 3, 5, 6, 7]), ([0, 1, 2], [3, 7]), ([0, 1, 2, 3], [4, 5, 6, 7]), (list(range(8)), [])],
)
def test_spare_cpus_are_on_cores_of_their_own_until_there_are_none(
    two_sockets: None, measured: list[int], spare: list[int]
) -> None:
    assert spare_cpus(measured) == spare


def test_orchestrator_is_on_the_other_cpus_while_a_worker_has_one_thread() -> None:
    before, measured = os.sched_getaffinity(0), choose_cpus(1)
    others = before - set(measured)
    with kept_off(measured) as own:
        assert set(own) == os.sched_getaffinity(0) == (others or before)
    assert os.sched_getaffinity(0) == before


def test_threads_of_the_orchestrator_go_with_it_and_come_back() -> None:
    before, stop, seen = os.sched_getaffinity(0), threading.Event(), {}
    thread = threading.Thread(target=stop.wait)
    thread.start()
    with kept_off(choose_cpus(1)) as own:
        seen["during"] = os.sched_getaffinity(thread.native_id)
    seen["after"] = os.sched_getaffinity(thread.native_id)
    stop.set()
    thread.join()
    assert seen == {"during": set(own), "after": before}


def test_thread_that_began_meanwhile_is_let_go_too() -> None:
    before, stop = os.sched_getaffinity(0), threading.Event()
    thread = threading.Thread(target=stop.wait)
    with kept_off(choose_cpus(1)):
        thread.start()
    after = os.sched_getaffinity(thread.native_id)
    stop.set()
    thread.join()
    assert after == before


def test_nothing_is_bound_when_every_cpu_is_measured() -> None:
    before = os.sched_getaffinity(0)
    with kept_off(available_cpus()) as own:
        assert set(own) == os.sched_getaffinity(0) == before
    assert os.sched_getaffinity(0) == before


def test_cpus_are_given_back_when_a_run_fails() -> None:
    before = os.sched_getaffinity(0)
    with pytest.raises(ZeroDivisionError), kept_off(choose_cpus(1)):
        raise ZeroDivisionError
    assert os.sched_getaffinity(0) == before


def test_worker_is_on_the_measured_cpus_though_the_orchestrator_is_not(tmp_path: Path) -> None:
    measured, files = choose_cpus(1), (tmp_path / "out", tmp_path / "err")
    with kept_off(measured) as own, (tmp_path / "passed").open("w") as passed:
        process = Process([sys.executable, "-c", OWN_CPUS], dict(os.environ), measured, files, passed.fileno())
        assert sorted(os.sched_getaffinity(0)) == own
        assert process.wait(60)
        assert process.finish().code == 0
    assert files[0].read_text() == f"{measured}\n"
