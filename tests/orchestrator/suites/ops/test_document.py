"""What is stored of a backend's operations, and how it is found and read again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.orchestrator.core.errors import ConfigError, RecordError
from harness.orchestrator.execution.job import RunOutcome
from harness.orchestrator.results import store
from harness.orchestrator.suites.ops import stored
from harness.orchestrator.suites.ops.document import HARNESS, document_of, read
from tests.orchestrator.sample_records import MACHINE
from tests.orchestrator.suites.ops.sample_ops import OPERATIONS, SESSION, benchmark, failure, measured, plan

RESULT = {"versions": {"cntk": "2.7"}, "settings": {}, "order": OPERATIONS}
KNOWN = {"session": SESSION, "machine": MACHINE, "plan": plan("cntk"), "backend": "cntk"}


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """What pytest-benchmark wrote."""
    file = tmp_path / "cntk.pytest-benchmark.json"
    written = {
        "machine_info": {"node": "host-of-somebody", "python_version": "3.6.15"},
        "commit_info": {"id": "of another folder"},
        "benchmarks": [benchmark("dot", [1e-3] * 3)],
        "datetime": "2026-11-20T12:00:00",
        "version": "3.4.1",
    }
    file.write_text(json.dumps(written))
    return file


def test_document_is_pytest_benchmarks_with_ours_beside_it(raw: Path) -> None:
    result = {**RESULT, "failures": [failure("rnn", "UnsupportedOperation", "no scan")]}
    document = document_of(**KNOWN, outcome=RunOutcome("ok", None, "done", result), raw=raw)
    assert set(document["harness"]) == set(HARNESS)
    assert document["benchmarks"] == json.loads(raw.read_text())["benchmarks"]
    assert document["version"] == "3.4.1"
    assert document["harness"]["failures"] == [{"operation": "rnn", "status": "unsupported", "reason": "no scan"}]


def test_document_names_the_machine_and_our_commit_and_no_host(raw: Path) -> None:
    document = document_of(**KNOWN, outcome=RunOutcome("ok", None, "done", {**RESULT, "failures": []}), raw=raw)
    assert document["machine_info"] == {"node": MACHINE["name"], "python_version": "3.6.15"}
    assert document["commit_info"]["id"] == MACHINE["harness"]["commit"]
    assert "host-of-somebody" not in json.dumps(document)


def test_document_of_a_process_that_broke_down_takes_no_figures(raw: Path) -> None:
    document = document_of(**KNOWN, outcome=RunOutcome("timeout", "rnn: stopped", "epoch"), raw=raw)
    assert document["benchmarks"] == []
    assert (document["harness"]["status"], document["harness"]["reason"]) == ("timeout", "rnn: stopped")


def test_read_gives_back_what_was_written(tmp_path: Path) -> None:
    document = measured("cntk", {"dot": [1e-3] * 3})
    (tmp_path / "cntk.json").write_text(json.dumps(document))
    assert read(tmp_path / "cntk.json") == document


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"harness": {"schema"', "is not readable and is left where it is"),
        ("[]", "is no file of harness ops: it lacks harness.schema"),
        ('{"benchmarks": []}', "is no file of harness ops: it lacks harness.schema"),
        ('{"harness": {"schema": 1}, "benchmarks": []}', "it lacks session, backend"),
        ('{"harness": {"schema": 99}}', "comes from a newer harness"),
    ],
)
def test_read_refuses_what_it_cannot_show(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "cntk.json"
    file.write_text(text)
    with pytest.raises(RecordError, match=words):
        read(file)
    assert file.read_text() == text


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Two sessions of operations and one of runs."""
    for name, backends in (("ops-20261120-120000", ["cntk", "numpy"]), ("ops-20261121-120000", ["cntk"])):
        folder = tmp_path / "machine" / name
        folder.mkdir(parents=True)
        for backend in backends:
            (folder / f"{backend}.json").write_text(json.dumps(measured(backend, {"dot": [1e-3] * 3}, session=name)))
    (tmp_path / "machine" / "20261119-120000").mkdir()
    return tmp_path


def sessions_of(documents: list[dict]) -> list[tuple[str, str]]:
    return [(document["harness"]["session"][-13:-7], document["harness"]["backend"]) for document in documents]


def test_find_takes_the_latest_session_a_name_a_folder_and_files(results: Path) -> None:
    folder = results / "machine" / "ops-20261120-120000"
    assert sessions_of(stored.find((), results)) == [("261121", "cntk")]
    assert sessions_of(stored.find(("ops-20261120",), results)) == [("261120", "cntk"), ("261120", "numpy")]
    assert stored.find((str(folder),), results) == stored.find(("ops-20261120",), results)
    assert sessions_of(stored.find((str(folder / "numpy.json"),), results)) == [("261120", "numpy")]


@pytest.mark.parametrize(("source", "words"), [("ops-2026", "2 sessions of"), ("ops-1999", "0 sessions of")])
def test_find_refuses_what_means_not_one_session(results: Path, source: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        stored.find((source,), results)


def test_find_refuses_a_folder_without_documents(results: Path) -> None:
    with pytest.raises(ConfigError, match="holds no file of harness ops"):
        stored.find((str(results / "machine" / "20261119-120000"),), results)


def test_sessions_of_runs_are_not_mistaken_for_those_of_operations(results: Path) -> None:
    assert [folder.name for folder in store.sessions(results)] == ["20261119-120000"]
