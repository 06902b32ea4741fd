"""Records are written once and whole, or not at all; unreadable ones are left alone."""

from __future__ import annotations

import contextlib
import json
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_records import sample

from harness.orchestrator.errors import RecordError
from harness.orchestrator.records import SCHEMA, read_record, read_records, write_record


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond a few bytes, which the kernel answers as it answers a full disk.

    Around the write alone: the test runner's own output may be a file too.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    record = sample("cntk", "mnist_mlp")
    write_record(tmp_path / "r.json", record)
    assert read_record(tmp_path / "r.json") == record
    assert list(tmp_path.iterdir()) == [tmp_path / "r.json"]


def test_record_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    write_record(path, sample("cntk", "mnist_mlp"))
    before = path.read_bytes()
    with pytest.raises(RecordError, match="exists already"):
        write_record(path, sample("theano", "mnist_mlp"))
    assert path.read_bytes() == before


def test_record_refuses_a_number_that_json_does_not_have(tmp_path: Path) -> None:
    record = sample("cntk", "mnist_mlp", compile_s=float("nan"))
    with pytest.raises(ValueError, match="JSON compliant"):
        write_record(tmp_path / "r.json", record)
    assert list(tmp_path.iterdir()) == []


def test_record_leaves_nothing_behind_when_the_disk_is_full(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="could not be written: File too large"), full_disk():
        write_record(tmp_path / "r.json", sample("cntk", "mnist_mlp"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not readable"),
        ('{"schema": 1, "sta', "not readable"),
        ("[1, 2]", "is no record"),
        ('{"schema": "x"}', "is no record"),
        (json.dumps({"schema": SCHEMA, "status": "ok"}), "it lacks reason"),
        (json.dumps({**sample("cntk", "mnist_mlp"), "status": "fine"}), "it lacks a status"),
        (json.dumps({**sample("cntk", "mnist_mlp"), "schema": SCHEMA + 1}), "comes from a newer harness"),
    ],
)
def test_reader_refuses_what_is_no_record(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "r.json"
    path.write_text(content)
    with pytest.raises(RecordError, match=words):
        read_record(path)
    assert path.read_text() == content


def test_reader_reports_unreadable_files_and_reads_the_rest(tmp_path: Path) -> None:
    write_record(tmp_path / "good.json", sample("cntk", "mnist_mlp"))
    (tmp_path / "torn.json").write_text('{"schema": 1, ')
    (tmp_path / "latin.json").write_bytes(b"\xff\xfe")
    records, problems = read_records(tmp_path)
    assert [record["case"]["backend"] for record in records] == ["cntk"]
    assert len(problems) == 2
    assert "latin.json" in problems[0]
    assert "torn.json" in problems[1]
