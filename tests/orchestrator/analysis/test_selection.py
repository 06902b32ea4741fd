"""Stored runs are found by what a person calls them, and a name that means nothing is answered with what could."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.orchestrator.analysis.selection import Selection, by_axis, of_cases, select, sides_of
from harness.orchestrator.core.cases import case_name
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.results.record import write_record
from tests.orchestrator.sample_history import session, store
from tests.orchestrator.sample_records import sample

MACHINE = "amd-epyc-2c-0a1b2c"
FIRST, SECOND = "20261001-120000", "20261002-120000"
FORMS = "a session, session:side, a folder or record file, a commit, a machine's name, or e.g. tensorflow==2.20.0"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Two sessions of one machine, one of another; the second has sides, and a file that is no record."""
    stored = tmp_path / "stored"
    store(session(1, [1.0, 1.1], version="2.7", commit="abcdef0" + "1" * 33), stored)
    of_sides = session(2, [2.0, 2.1, 2.2], version="2.8", commit="abcdef0" + "2" * 33)
    for record, side in zip(of_sides, "aba", strict=True):
        record["run"]["side"] = side
    store(of_sides, stored)
    elsewhere = session(3, [3.0], "numpy", version="2.7")
    elsewhere[0]["machine"]["name"] = "other-machine"
    store(elsewhere, stored)
    (stored / MACHINE / SECOND / "torn.json").write_text('{"schema')
    return stored


def figures(source: str, results: Path) -> list[float]:
    return sorted(record["metrics"]["epoch_s"] for record in select(source, results).records)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (FIRST, [1.0, 1.1]),
        ("20261001", [1.0, 1.1]),
        (f"{SECOND}:", [2.0, 2.1, 2.2]),
        (f"{SECOND}:a", [2.0, 2.2]),
        (f"{SECOND}:b", [2.1]),
        ("cntk==2.7", [1.0, 1.1]),
        ("cntk==2.8", [2.0, 2.1, 2.2]),
        ("numpy==2.7", [3.0]),
        ("abcdef0", [1.0, 1.1, 2.0, 2.1, 2.2]),
        ("abcdef01", [1.0, 1.1]),
        ("abcdef0" + "2" * 33, [2.0, 2.1, 2.2]),
        (MACHINE, [1.0, 1.1, 2.0, 2.1, 2.2]),
        ("other-machine", [3.0]),
    ],
)
def test_select_finds_runs_by_session_side_version_commit_or_machine(
    results: Path, source: str, expected: list[float]
) -> None:
    assert figures(source, results) == expected
    assert select(source, results).name == source


def test_select_takes_folders_and_files(results: Path) -> None:
    folder = results / MACHINE / FIRST
    assert figures(str(folder), results) == [1.0, 1.1]
    file = next(folder.glob("*-r2.json"))
    assert figures(str(file), results) == [1.1]
    assert (select(str(file), results).name, select(str(file), results).problems) == (str(file), [])


@pytest.mark.parametrize("name", ["abcdef0", MACHINE])
def test_what_exists_where_one_stands_comes_before_a_commit_or_machine(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    write_record(folder / "r.json", sample("theano", "mnist_mlp", epoch_s=50.0))
    monkeypatch.chdir(tmp_path)
    assert figures(name, results) == [45.0]


@pytest.mark.parametrize("source", [SECOND, f"{SECOND}:a", "cntk==2.8", "abcdef02", MACHINE])
def test_select_tells_of_files_that_are_no_records(results: Path, source: str) -> None:
    (problem,) = select(source, results).problems
    assert "torn.json is not readable" in problem


def test_runs_of_no_known_commit_or_version_are_passed_over(results: Path) -> None:
    (path,) = (results / "other-machine").glob("*/*.json")
    record = json.loads(path.read_text())
    del record["case"]["version"], record["machine"]["harness"]
    path.write_text(json.dumps(record))
    assert figures("abcdef01", results) == [1.0, 1.1]
    assert figures("cntk==2.7", results) == [1.0, 1.1]


@pytest.mark.parametrize("source", ["cntk==9", "abcdef09", "nothing", "ABCDEF01", "abcdef", "a" * 41, "1999:a"])
def test_select_refuses_what_means_no_session(results: Path, source: str) -> None:
    with pytest.raises(ConfigError) as caught:
        select(source, results)
    assert str(caught.value).startswith(f"{source} names no stored runs. Expected {FORMS}. 0 sessions match. ")
    assert f"Received session={source.partition(':')[0]!r}" in str(caught.value)


def test_select_refuses_what_has_no_records(results: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        select(f"{FIRST}:a", results)
    assert str(caught.value) == f"{FIRST}:a has no records. Expected {FORMS}, with runs in stored/. Received none."


def test_sides_are_those_that_runs_have_in_the_order_of_their_session() -> None:
    records = [sample("cntk", "mnist_mlp", number=number) for number in range(1, 5)]
    for record, side in zip(records, ("a", "candidate", None, "a"), strict=True):
        record["run"]["side"] = side
        record["session"] = {**record["session"], "sides": {"candidate": [], "b": [], "a": []}}
    assert sides_of(records) == ["candidate", "a"]
    assert sides_of([sample("cntk", "mnist_mlp")]) == []


def swept(**changes: list) -> Selection:
    """A session that has run each value of a field of its cases once a round."""
    records = []
    for field, values in changes.items():
        for value in values:
            record = sample("cntk", "mnist_mlp")
            record["case"] = {**record["case"], field: value}
            records.append(record)
    return Selection("s", records, [])


def pairs_of(found: list[tuple[Selection, Selection]]) -> list[tuple[str, str]]:
    return [(a.name, b.name) for a, b in found]


@pytest.mark.parametrize(
    ("axis", "values", "order"),
    [
        ("batch_size", [512, 32, 128], ["32", "128", "512"]),
        ("threads", [16, 2], ["2", "16"]),
        ("backend", ["cntk", "numpy", "tensorflow"], ["tensorflow", "cntk", "numpy"]),
        ("profile", ["tuned", "stock"], ["stock", "tuned"]),
        ("data", ["synthetic", "mnist"], ["mnist", "synthetic"]),
    ],
)
def test_values_are_compared_with_the_smallest_or_first_configured(axis: str, values: list, order: list[str]) -> None:
    first, *others = order
    assert pairs_of(by_axis(swept(**{axis: values}), axis)) == [(f"s {axis}={first}", f"s {axis}={b}") for b in others]


def test_values_are_compared_with_the_one_that_is_asked_for() -> None:
    source = swept(threads=[1, 2, 4])
    assert pairs_of(by_axis(source, "threads", "4")) == [("s threads=4", f"s threads={b}") for b in (1, 2)]
    with pytest.raises(ConfigError, match=r"Unknown threads\. Expected one of 1, 2, 4\. Received threads='3'"):
        by_axis(source, "threads", "3")


@pytest.mark.parametrize(("axis", "said"), [("threads", "Received threads=2. Measure another"), ("workload", "tasks")])
def test_an_axis_without_two_values_is_answered_with_the_one_there_is(axis: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        by_axis(swept(backend=["cntk", "numpy"]), axis)


def test_sides_are_apart_unless_the_values_are_theirs() -> None:
    source = swept(threads=[1, 2, 1, 2])
    for record, side in zip(source.records, "aabb", strict=True):
        record["run"]["side"] = side
        record["session"] = {**record["session"], "sides": {"a": [], "b": ["TIMES=2"]}}
    assert pairs_of(by_axis(source, "threads")) == [(f"s:{side} threads=1", f"s:{side} threads=2") for side in "ab"]
    for record in source.records:
        record["run"]["side"] = "ab"[record["case"]["threads"] - 1]
    assert pairs_of(by_axis(source, "threads")) == [("s threads=1", "s threads=2")]


def test_runs_without_data_are_on_no_data_set() -> None:
    source = swept(data=["synthetic", "mnist", None])
    assert [[len(one.records) for one in pair] for pair in by_axis(source, "data")] == [[1, 1]]


CASES = [sample(backend, workload) for backend in ("tensorflow", "theano") for workload in ("mnist_mlp", "mnist_cnn")]


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        (None, ["tensorflow/mnist_mlp", "tensorflow/mnist_cnn", "theano/mnist_mlp", "theano/mnist_cnn"]),
        (["tensorflow*"], ["tensorflow/mnist_mlp", "tensorflow/mnist_cnn"]),
        (["*/mnist_mlp"], ["tensorflow/mnist_mlp", "theano/mnist_mlp"]),
        (["mlp"], ["tensorflow/mnist_mlp", "theano/mnist_mlp"]),  # any part of a name
        (["theano/mnist_cnn", "tensorflow/*mlp"], ["tensorflow/mnist_mlp", "theano/mnist_cnn"]),
        (["theano/*/2015-12/cpu/2t/tuned/float32/b128"], ["theano/mnist_mlp", "theano/mnist_cnn"]),
    ],
)
def test_patterns_name_cases_shortly_or_fully(patterns: list[str] | None, names: list[str]) -> None:
    (chosen,) = of_cases(patterns, CASES)
    assert [case_name(record["case"]) for record in chosen] == names


def test_pattern_must_name_a_case_of_one_side_only() -> None:
    theano, tensorflow = CASES[2:], CASES[:2]
    assert of_cases(["tensorflow*"], theano, tensorflow) == [[], tensorflow]


def test_pattern_without_a_case_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"a pattern of theano/mnist_mlp, theano/mnist_cnn\. Received 'cntk\*'"):
        of_cases(["theano*", "cntk*"], CASES[2:])
