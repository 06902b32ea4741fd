"""Operations measured for real: pytest-benchmark in the environments of NumPy and CNTK."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.orchestrator.cli import main
from harness.orchestrator.core.paths import OPS, ROOT
from harness.orchestrator.suites.ops import operations, stored, suite
from harness.orchestrator.suites.ops.document import read

pytestmark = pytest.mark.alone  # it measures, under the host's lock

SHORT = ["--max-time", "0.02", "--rounds", "3"]

PLANTED = '''

def test_wrong(bench):
    """Something else than NumPy computes."""
    x = bench.normal(2, 3)
    bench.measure([K.exp(bench.fed(x))], [np.exp(x) * (1 + 1e-3)])


def test_wrong_update(bench):
    """Another step than NumPy's."""
    weights = K.zeros((2, 3))
    bench.measure_updates([K.update_add(weights, K.ones((2, 3)))], [np.full((2, 3), 2.0)])


def test_no_number(bench):
    """A result that is no number."""
    bench.measure([K.log(bench.fed(-np.ones(3)))], [np.ones(3)])


def test_unsupported(bench):
    """Something that the engine refuses."""
    from harness.backends.errors import UnsupportedOperation

    raise UnsupportedOperation("nothing", "numpy", "nobody wrote it")


def test_crash(bench):
    """The end of the process."""
    import os
    import signal

    os.kill(os.getpid(), signal.SIGSEGV)
'''


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    """Options that keep the project's own results and reports as they are."""
    return ["--results", str(tmp_path / "results"), "--reports", str(tmp_path / "reports")]


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operations, and beside them some that go wrong."""
    folder = tmp_path / "checkout" / "benchmarks" / "ops"
    shutil.copytree(OPS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "checkout" / "harness").symlink_to(ROOT / "harness")
    with (folder / "test_ops.py").open("a") as file:
        file.write(PLANTED)
    for module in (operations, suite):
        monkeypatch.setattr(module, "OPS", folder)


def test_two_operations_on_numpy_and_cntk(tmp_path: Path, folders: list[str], capsys: pytest.CaptureFixture) -> None:
    """From the command line to files that pytest-benchmark's own command compares."""
    assert main.execute(["ops", "--backend", "numpy,cntk", "--only", "[sg][oa]*", *SHORT, *folders]) == 0
    assert "Coverage: 4 of 4 operations." in capsys.readouterr().out
    documents = stored.find((), tmp_path / "results")
    assert [document["harness"]["backend"] for document in documents] == ["cntk", "numpy"]
    for document in documents:
        check_measured(document)
    (folder,) = (tmp_path / "results").glob("*/ops-*")
    command = [Path(sys.executable).with_name("pytest-benchmark"), "compare", "cntk.json", "numpy.json"]
    compared = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    assert all(
        f"test_{name} ({backend})" in compared for name in ("gather", "softmax") for backend in ("cntk", "numpy")
    )
    (report,) = (tmp_path / "reports").glob("ops-*.md")
    assert "Coverage: 4 of 4 operations." in report.read_text()


def check_measured(document: dict) -> None:
    """Both operations were compared with NumPy, warmed up and timed in rounds that are long enough."""
    about = document["harness"]
    assert about["versions"]["python"] == document["machine_info"]["python_version"]
    assert about["environment"]["variables"]["OMP_NUM_THREADS"] == str(about["plan"]["threads"])
    assert sorted(about["order"]) == ["gather", "softmax"]
    for benchmark in document["benchmarks"]:
        assert 0 <= benchmark["extra_info"]["deviation"] < 1e-6
        assert benchmark["options"]["warmup"]
        stats = benchmark["stats"]
        assert stats["rounds"] == len(stats["data"]) >= 3
        assert 0 < stats["q1"] <= stats["median"] <= stats["q3"]
        assert stats["iterations"] > 1


def test_nothing_is_timed_that_is_not_what_numpy_computes(
    tmp_path: Path, folders: list[str], planted: None, capsys: pytest.CaptureFixture
) -> None:
    assert main.execute(["ops", "--backend", "numpy", "--only", "[wnus][rono][ofs]*", *SHORT, *folders]) == 1
    (document,) = stored.find((), tmp_path / "results")
    assert [one["group"] for one in document["benchmarks"]] == ["softmax"]
    statuses = {one["operation"]: one["status"] for one in document["harness"]["failures"]}
    assert statuses.pop("unsupported") == "unsupported"
    assert statuses == {"wrong": "wrong", "wrong_update": "wrong"}
    assert "wrong is not what NumPy computes. Expected a deviation of at most 0.0001" in capsys.readouterr().out


def test_no_number_is_wrong_and_a_session_without_any_time_is_stored(
    tmp_path: Path, folders: list[str], planted: None
) -> None:
    """pytest-benchmark writes no file then."""
    assert main.execute(["ops", "--backend", "numpy", "--only", "no_number", *SHORT, *folders]) == 1
    (document,) = stored.find((), tmp_path / "results")
    assert document["benchmarks"] == []
    assert "Received inf." in document["harness"]["failures"][0]["reason"]


def test_crash_is_told_with_the_operation_that_it_happened_in(
    tmp_path: Path, folders: list[str], planted: None, capsys: pytest.CaptureFixture
) -> None:
    assert main.execute(["ops", "--backend", "numpy", "--only", "crash", *SHORT, *folders]) == 1
    assert "crash: ended in phase compile by SIGSEGV" in " ".join(capsys.readouterr().out.split())
    file = next((tmp_path / "results").glob("*/ops-*/numpy.json"))
    assert read(file)["harness"]["status"] == "failed"
    assert json.loads(file.read_text())["benchmarks"] == []
