"""The sampler on real processes, and the executor that calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pytest

from harness.orchestrator.core.config import Limits
from harness.orchestrator.execution.executor import execute
from harness.orchestrator.execution.job import Job
from harness.orchestrator.execution.process import worker_variables
from harness.orchestrator.monitoring.telemetry import sampler as sampler_module
from harness.orchestrator.monitoring.telemetry.sampler import Sampler
from harness.orchestrator.monitoring.telemetry.sensor import Kind, Unreadable
from harness.orchestrator.monitoring.telemetry.summary import telemetry_of
from harness.worker.protocol import SCHEMA

CPUS = sorted(os.sched_getaffinity(0))
FAKE_WORKER = Path(__file__).parents[3] / "faults" / "fake_worker.py"
# A worker that holds memory, has a child and computes, then waits for a line.
PROGRAM = """
import subprocess, sys
held = bytearray(b"x") * (32 << 20)
child = subprocess.Popen(["sleep", "60"])
sum(range(3_000_000))
print("ready", flush=True)
sys.stdin.readline()
child.kill()
"""


@pytest.fixture
def pid() -> Iterator[int]:
    """A real process that has come to its line."""
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with program:
        assert program.stdout.readline() == "ready\n"
        yield program.pid
        program.communicate("\n")


def test_sampler_follows_a_real_tree(pid: int) -> None:
    sampler = Sampler(pid, True, CPUS)
    sampler.sample("compile", None)
    sampler.sample("epoch", 0)
    first, second = sampler.samples.rows
    sampler.close()
    assert (first["phase"], second["phase"], second["index"]) == ("compile", "epoch", 0)
    assert second["t_s"] > first["t_s"]
    assert first["tree_rss_bytes"] > 32 << 20
    assert first["tree_cpu_s"] > 0
    assert first["machine_busy_s"] >= first["cpus_busy_s"] > 0
    assert first["tree_voluntary_switches"] > 0
    assert len(sampler.tree.descendants) == 1
    counters = sampler.samples.of(Kind.COUNTER)
    assert all(second[name] >= first[name] for name in counters if name in first)
    assert sampler.samples.cost_s > 0


def test_sampler_without_telemetry_keeps_nothing_but_the_peak(pid: int) -> None:
    sampler = Sampler(pid, False, CPUS)
    sampler.border("epoch", 0)
    assert sampler.peak_rss_bytes is None
    sampler.sample("epoch", 0)
    sampler.close()
    assert sampler.peak_rss_bytes > 32 << 20
    assert (sampler.samples.sensors, sampler.samples.rows) == (["memory"], [])


def test_sensor_that_fails_is_asked_no_more_and_the_reason_is_kept(pid: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Failing:
        name = "load"
        columns = MappingProxyType({"load_average_1min": Kind.GAUGE})

        def __init__(self, files: object) -> None:
            pass

        def read(self) -> dict:
            asked.append(1)
            raise Unreadable("taken away")

    monkeypatch.setattr(sampler_module, "Load", Failing)
    sampler = Sampler(pid, True, CPUS)
    sampler.sample("epoch", 0)
    sampler.sample("epoch", 0)
    sampler.close()
    assert asked == [1]
    assert sampler.samples.absent["load"] == "taken away"
    assert "load_average_1min" not in sampler.samples.rows[1]
    assert "tree_cpu_s" in sampler.samples.rows[1]


def test_sampler_takes_each_phase_once_and_its_recurrences_when_they_are_apart(
    pid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 100.0
    monkeypatch.setattr(sampler_module.time, "monotonic", lambda: now_s)
    sampler = Sampler(pid, True, CPUS)
    for at_s, phase in ((100.0, "build"), (100.1, "epoch"), (100.2, "validation"), (100.3, "epoch"), (100.8, "epoch")):
        now_s = at_s
        sampler.border(phase, 0)
    sampler.close()
    assert [(row["t_s"], row["phase"]) for row in sampler.samples.rows] == [
        (100.0, "build"), (100.1, "epoch"), (100.2, "validation"), (100.8, "epoch"),
    ]  # fmt: skip
    assert sampler.due_s == 101.8


@pytest.mark.parametrize("telemetry", [True, False])
def test_launch_samples_a_run_on_the_worker_s_clock(
    tmp_path: Path, telemetry: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Often enough to meet a run of a second several times: its first sample may find a process that has only begun."""
    monkeypatch.setattr(sampler_module, "SAMPLE_S", 0.05)
    request = {"schema": SCHEMA, "workload": "good", "backend": "fake"}
    limits = Limits(wall_s=120, silence_s=120)
    variables = worker_variables({})
    log = tmp_path / "good"
    job = Job(sys.executable, variables, request, CPUS, limits, log, FAKE_WORKER, telemetry=telemetry)
    outcome = execute(job)
    assert outcome.peak_rss_bytes > 2**20
    if not telemetry:
        assert outcome.samples is None
        return
    (tmp_path / "good.telemetry.csv").write_text(outcome.samples.csv())
    table = pd.read_csv(tmp_path / "good.telemetry.csv")
    assert len(table) >= 2
    assert table["phase"].iloc[-1] == "done"
    assert table["t_s"].is_monotonic_increasing
    assert (
        table["t_s"].iloc[0] <= outcome.phases[0]["begin_s"] <= outcome.phases[-1]["begin_s"] <= table["t_s"].iloc[-1]
    )
    told = telemetry_of(outcome.samples, outcome.phases, "good")
    assert [entry["phase"] for entry in told["phases"]] == ["import", "parity", "epoch", "done"]
    assert 0 < told["cost_s"] <= told["orchestrator_cpu_s"]
    assert told["wall_s"] == pytest.approx(outcome.wall_s, abs=1.0)
