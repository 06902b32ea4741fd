"""--only shows the cases that patterns name, and leaves the reports of whole sessions alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.orchestrator.cli import main
from harness.orchestrator.core.paths import ROOT

SESSION = str(ROOT / "docs" / "examples" / "20261122-112427")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A folder of results with a session of three backends and three workloads."""
    machine = tmp_path / "results" / "machine"
    machine.mkdir(parents=True)
    (machine / "20261122-112427").symlink_to(SESSION)
    return tmp_path / "results"


COMMANDS = (["report", SESSION], ["compare", SESSION, SESSION], ["history"])


def said(capsys: pytest.CaptureFixture, results: Path, *arguments: str, code: int = 0) -> tuple[str, str]:
    given = ["--results", str(results), "--reports", str(results.parent / "reports")]
    assert main.execute([*arguments, *given]) == code
    return capsys.readouterr()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_other_cases_are_not_shown_and_nothing_is_written(
    command: list[str], results: Path, capsys: pytest.CaptureFixture
) -> None:
    shown, _ = said(capsys, results, *command, "--only", "theano/*mlp", "--only", "theano/*cnn")
    assert "theano" in shown
    assert "mnist_mlp" in shown
    assert "mnist_cnn" in shown
    assert "tensorflow" not in shown
    assert "imdb_lstm" not in shown
    assert not (results.parent / "reports").exists()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_pattern_of_no_case_ends_with_2_and_the_names_there_are(
    command: list[str], results: Path, capsys: pytest.CaptureFixture
) -> None:
    _, error = said(capsys, results, *command, "--only", "theano*,jax*", code=2)
    assert "Expected a pattern of cntk/imdb_lstm, cntk/mnist_cnn" in error
    assert "Received 'jax*'." in error
