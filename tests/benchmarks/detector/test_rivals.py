"""The rivals' own command lines say what our calls of their code say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyperf
import pytest

from benchmarks.detector import rivals
from benchmarks.detector.suites import Recorded, Suite

CASE = "case"
ALARM = (CASE, "epoch_s")


def suite(a: list[float], b: list[float]) -> Suite:
    """One run a side."""
    data = Recorded({"epoch_s": np.array([np.median(a), np.median(b)])}, [np.array(a), np.array(b)], {})
    return Suite(data, {CASE: (np.array([0]), np.array([1]))})


@pytest.mark.parametrize("factor", [1.0, 1.001, 1.02, 1.3])
def test_pyperf_says_what_its_command_says(tmp_path: Path, factor: float):
    before = [1.0, 1.01, 0.99, 1.02, 0.98, 1.0, 1.03, 0.97]
    now = [factor * time for time in before]
    for name, values in (("before", before), ("now", now)):
        pyperf.BenchmarkSuite([rivals.benchmark([np.array(values)])]).dump(str(tmp_path / f"{name}.json"))
    command = [sys.executable, "-m", "pyperf", "compare_to", "before.json", "now.json"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert (ALARM in rivals.pyperf_compare(suite(before, now))) == ("slower" in said and "not significant" not in said)


TEST = """
import pytest
times = {times}
clock = iter([edge for time in times for edge in (0.0, time)])

@pytest.mark.benchmark(timer=lambda: next(clock))
def test_epoch(benchmark):
    benchmark.pedantic(lambda: None, rounds=len(times), warmup_rounds=0)
"""


@pytest.mark.parametrize("check", ["median:5%", "min:5%"])
@pytest.mark.parametrize("now", [[1.0, 1.04, 1.2], [1.0, 1.2, 1.3], [1.06, 1.07, 1.08]])
def test_pytest_benchmark_says_what_its_command_says(tmp_path: Path, check: str, now: list[float]):
    before = [1.0, 1.01, 1.1]
    options = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_epoch.py"]
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}  # else no timing
    for times, more in (
        (before, ["--benchmark-save=a"]),
        (now, ["--benchmark-compare", f"--benchmark-compare-fail={check}"]),
    ):
        (tmp_path / "test_epoch.py").write_text(TEST.format(times=times))
        ended = subprocess.run([*options, *more], cwd=tmp_path, env=alone, capture_output=True, text=True, check=False)
    assert ("has regressed" in ended.stdout + ended.stderr) == (ended.returncode != 0)
    assert (ALARM in rivals.pytest_benchmark(check, pooled=False)(suite(before, now))) == (ended.returncode != 0)


def test_ratio_is_of_the_median_epochs():
    assert rivals.ratio(5, pooled=True)(suite([1.0, 1.0, 2.0], [1.06, 1.06, 1.0])) == {ALARM}
    assert rivals.ratio(10, pooled=True)(suite([1.0, 1.0, 2.0], [1.06, 1.06, 1.0])) == set()
