"""Sessions are stored in folders of their own and found again, finished or not."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.orchestrator.core.errors import ConfigError, RecordError
from harness.orchestrator.results import store
from harness.orchestrator.results.journal import Journal, read_journal
from harness.orchestrator.results.store import Store, find, load
from tests.orchestrator.sample_records import SESSION, sample

PLANNED = [
    {"name": f"{backend}-mnist_mlp-cpu-2t-tuned-r1", "round": 1, "case": sample(backend, "mnist_mlp")["case"]}
    for backend in ("tensorflow", "theano", "cntk")
]


@pytest.fixture
def begun(tmp_path: Path) -> Store:
    """A session that wrote one record, began a second run and was cut off."""
    session = Store(tmp_path, "machine")
    session.journal.append("session", session=SESSION, runs=PLANNED)
    session.journal.append("begin", run=PLANNED[0]["name"])
    session.write(sample("tensorflow", "mnist_mlp"))
    session.journal.append("begin", run=PLANNED[1]["name"])
    return session


def test_load_stands_in_for_runs_without_record(begun: Store) -> None:
    statuses = {record["case"]["backend"]: record["status"] for record in load(begun.folder).records}
    assert statuses == {"tensorflow": "ok", "theano": "interrupted", "cntk": "skipped"}


def test_load_passes_over_a_torn_last_line_of_the_journal(begun: Store) -> None:
    with begun.journal.path.open("a") as file:
        file.write('{"event": "beg')
    assert read_journal(begun.folder).begun == {PLANNED[0]["name"], PLANNED[1]["name"]}


def test_journal_only_grows(tmp_path: Path) -> None:
    Journal(tmp_path).append("begin", run="one")
    first = (tmp_path / "journal.jsonl").read_text()
    Journal(tmp_path).append("end", run="one", status="ok")
    assert (tmp_path / "journal.jsonl").read_text().startswith(first)
    assert read_journal(tmp_path).ended == {"one"}


def test_store_makes_a_new_folder_when_two_sessions_begin_in_one_second(tmp_path: Path) -> None:
    names = [store.first_free(tmp_path, "20261120-120000").name for _ in range(3)]
    assert names == ["20261120-120000", "20261120-120000-2", "20261120-120000-3"]


def test_store_refuses_to_begin_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
    with pytest.raises(RecordError, match="has no room"):
        Store(tmp_path, "machine")


def test_find_takes_the_latest_session_when_none_is_named(tmp_path: Path) -> None:
    for name in ("a/20261120-120000", "b/20261121-120000", "a/20261119-120000"):
        (tmp_path / name).mkdir(parents=True)
    assert [found.name for found in find((), tmp_path)] == ["20261121-120000"]


def test_find_takes_beginnings_folders_and_files(tmp_path: Path, begun: Store) -> None:
    file = next(begun.folder.glob("*.json"))
    found = find((begun.name[:8], str(begun.folder), str(file)), tmp_path)
    assert [stored.name for stored in found] == [begun.name, begun.name, "records"]
    assert [len(stored.records) for stored in found] == [3, 3, 1]


@pytest.mark.parametrize(("source", "words"), [("2026", "2 sessions match"), ("1999", "0 sessions match")])
def test_find_refuses_a_name_that_means_not_one_session(tmp_path: Path, source: str, words: str) -> None:
    for name in ("a/20261120-120000", "b/20261121-120000"):
        (tmp_path / name).mkdir(parents=True)
    with pytest.raises(ConfigError, match=words):
        find((source,), tmp_path)


def test_find_refuses_when_there_is_no_session(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no session yet"):
        find((), tmp_path)
