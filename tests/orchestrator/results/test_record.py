"""Records are written once and whole, or not at all; unreadable ones are left alone."""

from __future__ import annotations

import contextlib
import errno
import json
import locale
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.orchestrator.core.errors import RecordError
from harness.orchestrator.reports.session.table import tables
from harness.orchestrator.results.figures import figures
from harness.orchestrator.results.record import (
    RECORD,
    SCHEMA,
    STEP_COSTS,
    UPGRADES,
    read_record,
    read_records,
    write_record,
    write_whole,
)
from tests.orchestrator.sample_records import sample


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


def test_record_is_indented_and_all_may_read_it(tmp_path: Path) -> None:
    write_record(tmp_path / "r.json", sample("cntk", "mnist_mlp"))
    assert (tmp_path / "r.json").read_text().startswith(f'{{\n "schema": {SCHEMA},\n "status": "ok",\n')
    assert (tmp_path / "r.json").stat().st_mode & 0o777 == 0o644


def test_file_is_hidden_and_no_record_until_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there when the machine stops before the file is on the disk."""
    seen = []
    monkeypatch.setattr(os, "fsync", lambda file: seen.extend((list(tmp_path.iterdir()), read_records(tmp_path))))
    write_record(tmp_path / "r.json", sample("cntk", "mnist_mlp"))
    (unfinished,), read = seen
    assert unfinished.name.startswith(".r.json.")
    assert read == ([], [])


def test_failure_to_tidy_up_does_not_hide_why_a_file_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(file: int) -> None:
        next(tmp_path.iterdir()).unlink()
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", lose)
    with pytest.raises(RecordError) as caught:
        write_whole(tmp_path / "r.json", "{}")
    assert str(caught.value) == (
        f"{tmp_path / 'r.json'} could not be written: Input/output error. Expected a folder with room. Free some "
        "space, run again."
    )


def test_file_is_written_as_utf_8_in_every_locale(tmp_path: Path) -> None:
    before = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C")
    try:
        write_whole(tmp_path / "r.md", "3 µs – 4 µs")
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    assert (tmp_path / "r.md").read_bytes().decode("utf-8") == "3 µs – 4 µs"


@pytest.mark.parametrize("schema", [*UPGRADES, SCHEMA])
def test_stored_record_of_each_schema_can_be_read_and_shown(schema: int) -> None:
    """Records as they were written at the time, by the harness of the time."""
    path = Path(__file__).with_name("records") / f"schema-{schema}.json"
    assert json.loads(path.read_text())["schema"] == schema
    record = read_record(path)
    assert (record["schema"], record["status"]) == (SCHEMA, "ok")
    assert set(RECORD) <= set(record)
    (table,) = tables([record])
    assert table.coverage == "1 of 1 cases"
    steps = [step_s for epoch in record["epochs"] if not epoch["warmup"] for step_s in epoch["step_s"]]
    assert min(steps) <= record["metrics"]["step_p50_s"] <= max(steps)


@pytest.mark.parametrize("schema", UPGRADES)
def test_record_of_an_older_schema_reads_as_todays(tmp_path: Path, schema: int) -> None:
    since_2, since_3, since_4 = ("parity",), ("telemetry", "conditions"), ("inference", "steadiness")
    lacking = {1: (*since_2, *since_3, *since_4), 2: (*since_3, *since_4), 3: since_4}[schema]
    record = {**sample("cntk", "mnist_mlp"), **dict.fromkeys(lacking)}
    old = {key: value for key, value in record.items() if key not in lacking}
    old["metrics"] = {key: record["metrics"][key] for key in ("epoch_s", "compile_s", "parity_deviation")}
    record["metrics"] = {**old["metrics"], **figures([], None, None, None), **dict.fromkeys(STEP_COSTS)}
    (tmp_path / "r.json").write_text(json.dumps({**old, "schema": schema}))
    assert read_record(tmp_path / "r.json") == record


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
        ("[1, 2]", r"is no record and is left where it is: it lacks schema\.$"),
        ('{"schema": "x"}', r"it lacks schema\.$"),
        (json.dumps({"schema": SCHEMA, "status": "ok"}), "it lacks reason, phase, run, "),
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
