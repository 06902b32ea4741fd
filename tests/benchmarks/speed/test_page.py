"""The page of `make speed` shows what was measured, and which runs tell of compilation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from benchmarks.speed import __main__ as command
from benchmarks.speed import page
from harness.orchestrator.core.errors import WorkerFailed

MACHINE = {"cpu": "Test CPU", "available_cores": 2, "os": "Test OS", "harness": {"commit": "0123456789abcdef"}}


@pytest.fixture
def measured() -> pd.DataFrame:
    """A cold block and two others of one cell that has no Keras."""
    figures = {"ours": (2.0, 10.0), "native": (4.0, 40.0)}
    return pd.DataFrame(
        {
            "backend": "theano",
            "workload": "mnist_mlp",
            "block": block,
            "cold": block == 0,
            "entrant": entrant,
            "epoch_s": 99.0 if block == 0 else epoch_s,
            "compile_s": compile_s if block == 0 else 0.5,
            "max_rss_bytes": 2e8,
            "loss": 0.1,
        }
        for block in range(3)
        for entrant, (epoch_s, compile_s) in figures.items()
    )


def test_page_takes_compilation_from_the_cold_block_and_epochs_from_the_others(measured: pd.DataFrame) -> None:
    epochs, compilation, memory = page.table(measured).split("\n## ")
    assert "theano mnist_mlp |      2 | 2.00 |   4.00 |     – |" in epochs
    assert "0.50 (0.50–0.50)" in epochs
    assert "theano mnist_mlp |      1 | 10.0 |   40.0 |" in compilation
    assert "0.25 |" in compilation
    assert "theano mnist_mlp |      2 |  200 |    200 |" in memory


def test_page_is_written_with_its_plot_and_figures(measured: pd.DataFrame, tmp_path: Path) -> None:
    page.write(tmp_path / "speed.md", measured, MACHINE)
    text = (tmp_path / "speed.md").read_text(encoding="utf-8")
    assert "95% interval" in text
    assert "Machine: Test CPU, 2 cores; Test OS; commit 0123456789ab." in text
    assert (tmp_path / "speed.png").stat().st_size > 5000
    assert len(pd.read_csv(tmp_path / "speed.csv")) == len(measured)
    assert not list(tmp_path.glob("*.partial.*"))


def test_figures_outlast_a_session_that_fails(
    measured: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def session(*arguments: object) -> Iterator[dict]:
        yield from measured.to_dict("records")
        raise WorkerFailed("ours did not end well. Expected status=ok. Received status=killed.")

    monkeypatch.setattr(command, "session", session)
    ended = CliRunner().invoke(command.speed, ["--output", str(tmp_path / "speed.md")])
    assert ended.exit_code == WorkerFailed.exit_code
    assert "theano mnist_mlp" in ended.output
    assert [path.name for path in tmp_path.iterdir()] == ["speed.partial.csv"]
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "speed.partial.csv"), measured, check_dtype=False)
