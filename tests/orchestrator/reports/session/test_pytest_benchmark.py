"""A session in pytest-benchmark's format, held against pytest-benchmark itself."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_benchmark.stats import Stats

from harness.orchestrator.cli import main
from harness.orchestrator.cli.report import write_benchmarks
from harness.orchestrator.core.errors import ConfigError, RecordError
from harness.orchestrator.reports.exporters import exported
from harness.orchestrator.reports.session.benchmark_statistics import statistics
from harness.orchestrator.reports.session.table import SessionView
from harness.orchestrator.results.store import Store, Stored
from tests.orchestrator.sample_records import MACHINE, broken, sample


@pytest.mark.parametrize("count", range(1, 14))
def test_statistics_are_pytest_benchmarks(count: int) -> None:
    rng = random.Random(count)
    data = [rng.lognormvariate(0, 1) for _ in range(count)]
    its = Stats()
    for value in data:
        its.update(value)
    found = statistics(data)
    assert (found.pop("data"), found.pop("iterations")) == (data, 1)
    expected = its.as_dict()
    assert found.pop("outliers") == expected.pop("outliers")
    assert found == pytest.approx(expected, rel=1e-12)


def session(factor: float) -> list[dict]:
    """Three rounds of two cases; a third case never gave a time."""
    runs = [sample("tensorflow", "mnist_mlp", epoch_s=factor * value, number=n) for n, value in enumerate((1, 2, 4), 1)]
    runs += [sample("cntk", "mnist_cnn", epoch_s=3.0, number=1)]
    return [*runs, broken("cntk", "mnist_mlp", "failed", "ended in phase compile by SIGSEGV")]


def benchmark_json(records: list[dict]) -> str:
    return exported(SessionView("s", records), "pytest-benchmark")


def compare(folder: Path, *files: str) -> dict[str, list[float]]:
    """What the command `pytest-benchmark compare` prints: "name (file)" -> least and median seconds, rounds."""
    command = [Path(sys.executable).with_name("pytest-benchmark"), "compare", *files]
    options = ["--columns=min,median,rounds", "--time-unit=s"]
    answer = subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    rows = re.findall(r"^(\S+ \(\w+\))\s+(\S+) \(\S+\)\s+(\S+) \(\S+\)\s+(\d+)", answer.stdout, re.MULTILINE)
    return {name: [float(figure) for figure in figures] for name, *figures in rows}


def test_compare_command_shows_the_right_numbers_of_two_sessions(tmp_path: Path) -> None:
    for name, factor in (("before", 1.0), ("after", 1.5)):
        (tmp_path / f"{name}.json").write_text(benchmark_json(session(factor)))
    rows = compare(tmp_path, "before.json", "after.json")
    # epoch_s is 0.9 of what sample() is given
    assert rows.pop("mnist_mlp[tensorflow-cpu] (before)") == pytest.approx([0.9, 1.8, 3])
    assert rows.pop("mnist_mlp[tensorflow-cpu] (after)") == pytest.approx([1.35, 2.7, 3])
    assert rows.pop("mnist_cnn[cntk-cpu] (before)") == rows.pop("mnist_cnn[cntk-cpu] (after)") == [2.7, 2.7, 1]
    assert rows == {}


def test_runs_without_a_time_are_said_with_their_reasons() -> None:
    document = json.loads(benchmark_json(session(1.0)))
    assert document["harness"]["coverage"] == "2 of 3 cases"
    (left_out,) = document["harness"]["not_ok"]
    assert left_out["run"] == "cntk-mnist_mlp-cpu-2t-tuned-r1"
    assert left_out["reason"] == "ended in phase compile by SIGSEGV"


def test_machine_and_commit_come_from_the_records() -> None:
    document = json.loads(benchmark_json(session(1.0)))
    assert document["machine_info"]["node"] == MACHINE["name"]
    assert document["machine_info"]["cpu"]["brand_raw"] == MACHINE["cpu"]
    assert document["commit_info"]["id"] == MACHINE["harness"]["commit"]
    assert document["datetime"] == "2026-11-20T12:00:00Z"


def test_cases_that_differ_in_more_than_the_backend_have_names_that_say_so() -> None:
    records = [sample("cntk", "mnist_mlp"), sample("cntk", "mnist_mlp"), sample("cntk", "mnist_mlp")]
    records[1]["case"]["profile"] = "stock"
    records[2]["run"] = {**records[2]["run"], "side": "b"}
    names = [one["name"] for one in json.loads(benchmark_json(records))["benchmarks"]]
    assert names == ["mnist_mlp[cntk-cpu-tuned]", "mnist_mlp[cntk-cpu-stock]", "mnist_mlp[cntk-cpu-tuned-b]"]


def test_report_command_writes_the_file_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    stored = Store(tmp_path / "results", "machine")
    for record in session(1.0):
        stored.write(record)
    file, reports = tmp_path / "session.json", tmp_path / "reports"
    places = ["--results", str(tmp_path / "results"), "--reports", str(reports)]
    assert main.execute(["report", *places, "--pytest-benchmark", str(file)]) == 0
    assert capsys.readouterr().out == f"Written to {file}: 2 of 3 cases\n"
    assert len(json.loads(file.read_text())["benchmarks"]) == 2
    assert not reports.exists()


def test_report_command_refuses_several_sessions_and_an_empty_one(tmp_path: Path) -> None:
    full, empty = Stored("a", session(1.0), []), Stored("b", [], [])
    with pytest.raises(ConfigError, match=r"Expected one, whose runs are the rounds\. Received a, b\."):
        write_benchmarks([full, empty], tmp_path / "file.json")
    with pytest.raises(RecordError, match="b holds no record"):
        write_benchmarks([empty], tmp_path / "file.json")
    assert not (tmp_path / "file.json").exists()
