"""`harness ops` answers mistakes with a sentence, and its exit code says how it went."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from harness.orchestrator.cli import main
from harness.orchestrator.cli import ops as command
from harness.orchestrator.core.errors import ProvisioningError
from harness.orchestrator.suites.ops import preparation
from harness.orchestrator.suites.ops.suite import Session
from tests.orchestrator.suites.ops.sample_ops import SESSION, failure, measured, plan, unmeasured

WHOLE = measured("numpy", {"dot": [1e-3] * 3, "rnn": [1e-2] * 3})
PART = measured("cntk", {"dot": [1e-3] * 3}, (failure("rnn", "NotEqual", "it differs"),))
ABSENT = unmeasured("theano", "unsupported", "no interpreter")
CRASHED = unmeasured("theano", "failed", "rnn: ended by SIGSEGV")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--only", "softmx"], "Did you mean softmax?"),
        (["--only", "zzzzzzzz"], "Known are dot, conv2d"),
        (["--backend", "tensorlow"], "Did you mean tensorflow?"),
        (["--threads", "100000"], "Expected 1 to"),
        (["--device", "gpuu"], "Expected cpu, gpu or gpu:N."),
        (["--rounds", "1"], "'--rounds'"),
        (["--max-time", "0"], "'--max-time'"),
        (["numpy.json"], "Add --show"),
        (["--show", "no-such-file.json"], "0 sessions of operations match"),
    ],
)
def test_mistake_is_answered_before_anything_is_built(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.setattr(preparation, "prepare", None)
    assert main.execute(["ops", *arguments]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("documents", "code"),
    [([WHOLE], 0), ([WHOLE, ABSENT], 0), ([WHOLE, PART], 1), ([WHOLE, CRASHED], 1), ([CRASHED], 1)],
)
def test_exit_code_tells_how_the_operations_went(tmp_path: Path, documents: list[dict], code: int) -> None:
    session = Session(plan("numpy"), tmp_path / SESSION, documents)
    assert command.show_and_write(session, tmp_path, Console(quiet=True)) == code


@pytest.mark.parametrize("documents", [[ABSENT], []])
def test_exit_code_is_five_when_no_backend_is_here(documents: list[dict]) -> None:
    with pytest.raises(ProvisioningError) as caught:
        command.exit_code(documents)
    assert caught.value.exit_code == 5


def test_interrupted_session_writes_its_report_and_ends_with_130(tmp_path: Path) -> None:
    session = Session(plan("numpy", "cntk"), tmp_path / SESSION, [WHOLE], interrupted=True)
    assert command.show_and_write(session, tmp_path, Console(quiet=True)) == 130
    assert "2 of 2 operations" in (tmp_path / f"{SESSION}.md").read_text()
    assert (tmp_path / f"{SESSION}.csv").read_text().count("\n") == 3


def test_stored_files_are_shown_again(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    files = []
    for document in (WHOLE, PART):
        files.append(tmp_path / f"{document['harness']['backend']}.json")
        files[-1].write_text(json.dumps(document))
    assert main.execute(["ops", "--show", *map(str, files)]) == 0
    shown = capsys.readouterr().out
    assert "Coverage: 3 of 4 operations." in shown
    assert "[1] cntk: rnn: NotEqual: it differs" in shown


def test_torn_file_is_answered_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "cntk.json").write_text("{")
    assert main.execute(["ops", "--show", str(tmp_path / "cntk.json")]) == 5
    assert "is not readable and is left where it is" in capsys.readouterr().err
