"""Diagnostics are silenced by name: on the command line or in a configuration, said in a line, records untouched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.orchestrator.analysis.diagnostics.rules import CODES, RULES
from harness.orchestrator.cli import main
from harness.orchestrator.core.paths import ROOT
from tests.orchestrator.sample_history import store
from tests.orchestrator.sample_records import sample, session

SLOW = "AVX2 instructions"
LINE = "1 diagnostic silenced: slow_products."
SESSION = "20261120-120000"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A session with a diagnostic, and another one without."""
    records = [{**record, "run": {**record["run"], "name": str(at)}} for at, record in enumerate(session())]
    store(records, tmp_path / "results")
    other = sample("theano", "mnist_mlp")
    store([{**other, "session": {**other["session"], "id": "20261121-120000"}}], tmp_path / "results")
    return tmp_path / "results"


def said(capsys: pytest.CaptureFixture, results: Path, *arguments: str, code: int = 0) -> str:
    assert main.execute([*arguments, "--results", str(results), "--reports", str(results.parent / "reports")]) == code
    return capsys.readouterr().out


def stored(results: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}


def test_report_leaves_out_what_is_silenced_and_says_so(results: Path, capsys: pytest.CaptureFixture) -> None:
    before = stored(results)
    assert SLOW in said(capsys, results, "report", SESSION)
    shown = said(capsys, results, "report", SESSION, "--silence", "heat", "--silence", "slow_products,steal")
    assert SLOW not in shown
    assert LINE in shown
    assert LINE in (results.parent / "reports" / "latest.md").read_text()
    assert stored(results) == before


def test_what_is_not_found_is_not_said_to_be_silenced(results: Path, capsys: pytest.CaptureFixture) -> None:
    assert "silenced" not in said(capsys, results, "report", SESSION, "--silence", "heat")


def test_report_silences_what_the_configuration_of_a_session_did(results: Path, capsys: pytest.CaptureFixture) -> None:
    (folder,) = results.glob(f"*/{SESSION}")
    entry = {"event": "session", "session": {}, "config": {"silence": ["slow_products"]}, "runs": []}
    (folder / "journal.jsonl").write_text(json.dumps(entry) + "\n")
    shown = said(capsys, results, "report", SESSION)
    assert SLOW not in shown
    assert LINE in shown


def test_comparison_tells_the_diagnostics_of_each_side(results: Path, capsys: pytest.CaptureFixture) -> None:
    given = ("compare", "20261121", SESSION)
    assert "Diagnostic of B: theano (mnist_mlp) computes its products" in said(capsys, results, *given)
    (report,) = (results.parent / "reports").glob("compare-*.md")
    assert "- Diagnostic of B: theano" in report.read_text()
    silenced = said(capsys, results, *given, "--silence", "slow_products")
    assert SLOW not in silenced
    assert LINE in silenced


@pytest.mark.parametrize(
    "command", [["report"], ["compare", "a", "b"], ["run"], ["ab"], ["check", "--baseline", "HEAD"]]
)
def test_unknown_name_is_answered_with_the_list(command: list[str], capsys: pytest.CaptureFixture) -> None:
    side = ["--a", "threads=1"] if command == ["ab"] else []
    assert main.execute([*command, *side, "--silence", "haet"]) == 2
    said = capsys.readouterr().err
    assert all(code in said for code in CODES)
    assert "Did you mean heat?" in said


def test_unknown_name_in_a_configuration_is_answered_too(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    config = tmp_path / "mine.yaml"
    config.write_text("backends: [numpy]\nworkloads: [mnist_mlp]\nsilence: [haet]\n")
    assert main.execute(["run", "--config", str(config)]) == 2
    assert "Did you mean heat?" in capsys.readouterr().err


def test_every_diagnostic_has_a_name_of_its_own_and_a_line_in_the_documents() -> None:
    page = (ROOT / "docs" / "design" / "measuring.md").read_text(encoding="utf-8")
    assert len(set(CODES)) == len(RULES)
    assert [code for code in CODES if f"| `{code}` |" not in page] == []
