"""`harness conformance`: outcomes, the table, the report and the exit code, from stored answers."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from rich.console import Console

from harness.orchestrator.cli import main
from harness.orchestrator.cli.schema import schema_of
from harness.orchestrator.core.errors import ConfigError, WorkerFailed
from harness.orchestrator.environments import provision
from harness.orchestrator.environments.description import specification
from harness.orchestrator.environments.description.environment import Unavailable
from harness.orchestrator.execution import locks
from harness.orchestrator.reports.exporters import exported
from harness.orchestrator.suites.conformance import suite, terminal
from harness.orchestrator.suites.conformance.judgement import Reference, expected_failures, judge
from harness.orchestrator.suites.conformance.table import table_of
from harness.worker.conformance import case_list
from tests.orchestrator.suites.conformance.sample_answers import CASES, answer, value

GOLDEN = Path(__file__).with_name("golden")
CRASH = "cntk stopped in dot-3d: ended in phase import by SIGSEGV. Expected all cases to run. Its last lines:\nc10\n"
TRACEBACK = "Traceback (most recent call last):\n  File ...\nRuntimeError: no kernel\n"
ABSENT = Unavailable("theano", "cpu", "no Python 3.8", "pyenv install 3.8")


class Here:
    """Stands for an environment."""

    def __init__(self, backend: str) -> None:
        self.backend, self.versions = backend, {backend: "1.0"}


class Silent:
    """A display that keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []

    def begin(self, backend: str, cases: int):
        self.told.append((backend, cases))
        return lambda case: None

    def end(self) -> None:
        self.told.append(("end", 0))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """Backends, what they answer, what of it is expected to fail."""
    world = {
        "found": {name: Here(name) for name in ("numpy", "cntk", "theano")},
        "answers": {name: answer(name) for name in ("numpy", "cntk", "theano")},
        "expected": {},
        "asked": [],
    }

    def ask(found, only, floatx, plain, watch):
        world["asked"].append((found.backend, only, "plain " * plain + floatx))
        answered = world["answers"][found.backend]
        if isinstance(answered, Exception):
            raise answered
        return answer("numpy", "float64") if floatx == "float64" else answered

    monkeypatch.setattr(locks, "LOCK", tmp_path_factory.mktemp("locks") / "bench.lock")
    monkeypatch.setattr(suite, "ask", ask)
    monkeypatch.setattr(suite, "expected_failures", lambda backend: world["expected"].get(backend, {}))
    monkeypatch.setattr(provision, "ensure", lambda names, device, say: {n: world["found"][n] for n in names})
    monkeypatch.setattr(specification, "known_backends", lambda: list(world["found"]))
    monkeypatch.setattr(case_list, "all_cases", lambda: CASES)
    return world


def conduct(world: dict, pattern: str = "*", display: Silent | None = None) -> suite.SuiteResult:
    return suite.conduct(world["found"], list(world["found"]), CASES, pattern, display or Silent())


def cells(world: dict, pattern: str = "*") -> dict[str, list[str]]:
    """Function -> text of its cells."""
    return {row.label: [cell.text for cell in row.cells] for row in table_of(conduct(world, pattern)).rows}


def level(received, reason: str | None = None) -> tuple[str | None, bool]:
    """The level of the outcome on `exp`, and whether it is wrong."""
    reference = Reference(answer("numpy", "float64"), answer("numpy"))
    expected = {} if reason is None else {"exp": reason}
    outcome = judge(answer("cntk", exp=received), reference, CASES[2], "cntk", expected)
    return outcome.level, outcome.wrong


@pytest.mark.parametrize(
    ("received", "found"),
    [
        (value(1, 2), None),
        (value(1, 3), "value"),
        (value(1, np.nan), "value"),
        (value(1, 2, 3), "shape"),
        ({"value/y": np.array([1.0, 2.0])}, "dtype"),
        ({}, "name"),
        (TRACEBACK, "error"),
    ],
)
def test_verdict_names_the_first_level_that_fails(received, found):
    assert level(received) == (found, found is not None)


def test_verdict_on_a_failure_that_is_expected():
    assert level(value(1, 3), "no kernel") == ("value", False)
    assert level(TRACEBACK, "no kernel") == ("error", False)


def test_verdict_on_an_expected_failure_that_passes():
    assert level(value(1, 2), "no kernel") == ("expectation", True)


def test_table_counts_cases_of_each_function(world):
    assert cells(world) == {
        "dot": ["2/2"] * 3,
        "exp": ["1/1"] * 3,
        "rnn": ["2/2"] * 3,
        "tile": ["no case"] * 3,
        "(primitives alone)": ["1/1"] * 3,
    }


def test_function_without_case_never_looks_as_if_it_passed(world):
    result = conduct(world)
    (row,) = (row for row in table_of(result).rows if row.label == "tile")
    assert not any(cell.good for cell in row.cells)
    assert "Functions without a case: 1: tile." in table_of(result).facts


def test_failing_case_shows_in_each_function_it_calls_with_the_first_level(world):
    world["answers"]["cntk"] = answer("cntk", dot_2d=value(1, 3), dot_3d=value(1, 2, 3))
    shown = cells(world)
    assert shown["dot"] == ["2/2", "0/2 shape", "2/2"]
    assert shown["rnn"] == ["2/2", "1/2 shape", "2/2"]
    assert shown["exp"] == ["1/1"] * 3


def test_failing_primitive_shows_too(world):
    world["answers"]["cntk"] = answer("cntk", scan=TRACEBACK)
    assert cells(world)["(primitives alone)"] == ["1/1", "0/1 error", "1/1"]


def test_expected_failure_is_marked_and_its_reason_told(world):
    world["answers"]["cntk"] = answer("cntk", dot_3d=TRACEBACK)
    world["expected"]["cntk"] = {"dot-3d": "no kernel, https://example.org/1"}
    assert cells(world)["dot"] == ["2/2", "1/2 x1", "2/2"]
    table = table_of(conduct(world))
    assert table.failures == ()
    assert "Expected failures (x): 1." in table.facts
    assert "Expected: cntk dot-3d: no kernel, https://example.org/1" in table.facts


def test_expected_failure_that_passes_is_not_as_it_should_be(world):
    world["expected"]["cntk"] = {"exp": "no kernel"}
    assert cells(world)["exp"] == ["1/1", "1/1 expectation", "1/1"]
    (line,) = table_of(conduct(world)).failures
    assert line == "cntk exp: expectation: passes, but is listed in cntk/expected_failures.txt: no kernel"


def test_failures_are_one_line_each(world):
    world["answers"]["theano"] = answer("theano", dot_2d=value(1, 3), exp=TRACEBACK)
    first, second = table_of(conduct(world)).failures
    assert first.startswith("theano dot-2d: value: value/y: 1 of 2 differ, the first at (1,)")
    assert second == "theano exp: error: RuntimeError: no kernel"


def test_case_that_fails_early_counts_for_what_the_reference_calls(world):
    world["answers"]["cntk"] = answer("cntk", exp=TRACEBACK)
    world["answers"]["cntk"].cases["exp"]["functions"] = []
    assert cells(world)["exp"] == ["1/1", "0/1 error", "1/1"]


def test_backend_that_ends_early_has_no_figures(world):
    world["answers"]["cntk"] = WorkerFailed(CRASH)
    assert cells(world)["dot"] == ["2/2", "–", "2/2"]
    assert table_of(conduct(world)).failures == (f"cntk: {CRASH}",)


def test_reference_is_asked_in_float64_and_each_backend_once(world):
    display = Silent()
    conduct(world, "dot", display)
    references = [("numpy", "*dot*", f"plain {floatx}") for floatx in ("float64", "float32")]
    assert world["asked"] == [*references, *((b, "*dot*", "float32") for b in world["found"])]
    assert [told for told in display.told if told[0] != "end"] == [
        ("numpy as reference, float64", 2),
        ("numpy as reference, float32", 2),
        ("numpy", 2),
        ("cntk", 2),
        ("theano", 2),
    ]


def test_part_of_the_cases_has_rows_of_their_functions_only(world):
    assert list(cells(world, "dot-*")) == ["dot", "rnn"]
    assert cells(world, "dot-*")["rnn"] == ["1/1"] * 3
    assert not any("without a case" in fact for fact in table_of(conduct(world, "dot-*")).facts)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [("dot", ["dot-2d", "dot-3d"]), ("dot-*", ["dot-2d", "dot-3d"]), ("*3d", ["dot-3d"]), ("exp", ["exp"])],
)
def test_pattern_selects_cases(pattern, names):
    assert [case.name for case in suite.select(CASES, pattern)] == names


def test_pattern_without_case_is_answered_with_a_name():
    with pytest.raises(ConfigError, match=r"Received 'dto-2d'. Did you mean dot-2d\?"):
        suite.select(CASES, "dto-2d")


def mixed(world: dict) -> suite.SuiteResult:
    """One of each kind."""
    world["answers"]["cntk"] = answer("cntk", dot_2d=value(1, 3), dot_3d=TRACEBACK, exp=value(1, 2, 3))
    world["expected"]["cntk"] = {"dot-3d": "no kernel, https://example.org/1"}
    world["found"]["theano"] = ABSENT
    return conduct(world)


@pytest.mark.parametrize("form", ["md", "txt"])
def test_report_is_the_golden_one(world, form):
    table = table_of(mixed(world))
    if form == "md":
        text = exported(table, "markdown")
    else:
        console = Console(file=io.StringIO(), width=80)
        terminal.show(console, table)
        text = console.file.getvalue()
    assert text == (GOLDEN / f"conformance.{form}").read_text()


def test_four_backends_and_the_longest_name_fit_on_80_columns(world):
    table = table_of(mixed(world))
    longest = "sparse_categorical_crossentropy"
    cell = table.rows[0].cells[1]
    headers = ("cntk 2.7", "numpy 2.4.6", "tensorflow 2.21.0", "theano 1.0.5")
    row = replace(table.rows[0], label=longest, cells=(cell,) * 4)
    wide = replace(table, headers=headers, rows=(row,), failures=(), facts=())
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None)
    terminal.show(console, wide)
    lines = console.file.getvalue().splitlines()
    assert any(line.startswith(longest) for line in lines)
    assert max(map(len, lines)) <= 80
    assert "value" in console.file.getvalue()


def execute(world: dict, folder: Path, *arguments: str) -> int:
    return main.execute(["conformance", "--reports", str(folder), *arguments])


def test_command_writes_the_report_of_the_whole_suite(world, tmp_path, capsys):
    assert execute(world, tmp_path / "new") == 0
    assert (tmp_path / "new" / "conformance.md").read_text() == exported(table_of(conduct(world)), "markdown")
    assert "Written to" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--only", "dot"], ["--backend", "cntk"]])
def test_command_leaves_the_report_alone_when_it_runs_a_part(world, tmp_path, arguments):
    assert execute(world, tmp_path, *arguments) == 0
    assert list(tmp_path.iterdir()) == []


def test_command_measures_beside_no_other_bench(world, tmp_path, monkeypatch):
    held = []

    def ask(found, only, floatx, plain, watch):
        held.append(locks.Lock(locks.LOCK, "this machine", alone=True).taken())
        return world["answers"][found.backend]

    monkeypatch.setattr(suite, "ask", ask)
    execute(world, tmp_path, "--backend", "cntk")
    assert held == [None] * 3
    descriptor = locks.Lock(locks.LOCK, "this machine", alone=True).taken()
    assert descriptor is not None
    os.close(descriptor)


def test_command_ends_with_1_when_a_case_fails(world, tmp_path, capsys):
    world["answers"]["cntk"] = answer("cntk", exp=value(1, 3))
    assert execute(world, tmp_path) == 1
    assert "cntk exp: value: value/y: 1 of 2 differ" in capsys.readouterr().out


def test_command_ends_with_1_when_a_backend_gives_no_answer(world, tmp_path):
    world["answers"]["cntk"] = WorkerFailed(CRASH)
    assert execute(world, tmp_path) == 1


def test_command_ends_with_0_when_all_failures_are_expected(world, tmp_path):
    world["answers"]["cntk"] = answer("cntk", exp=value(1, 3))
    world["expected"]["cntk"] = {"exp": "no kernel"}
    assert execute(world, tmp_path) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--backend", "ctnk"], "Did you mean cntk?"),
        (["--only", "dto-2d"], "Did you mean dot-2d?"),
        (["--olny", "x"], "--olny"),
    ],
)
def test_command_ends_with_2_when_it_is_not_understood(world, tmp_path, capsys, arguments, words):
    assert execute(world, tmp_path, *arguments) == 2
    assert words in capsys.readouterr().err
    assert world["asked"] == []


def test_command_ends_with_5_when_a_backend_is_not_here(world, tmp_path, capsys):
    world["found"]["theano"] = ABSENT
    assert execute(world, tmp_path) == 5
    said = capsys.readouterr()
    assert "no Python 3.8. pyenv install 3.8" in said.out
    assert "No environment for theano" in said.err


def test_command_ends_with_5_when_the_reference_is_not_here(world, tmp_path, capsys):
    world["found"]["numpy"] = ABSENT
    assert execute(world, tmp_path, "--backend", "cntk") == 5
    assert "nothing can be compared" in capsys.readouterr().err


def test_command_ends_with_5_when_the_reference_gives_no_answer(world, tmp_path, capsys):
    world["answers"]["numpy"] = WorkerFailed(CRASH)
    assert execute(world, tmp_path) == 5


def test_expected_failures_of_every_engine_can_be_read():
    from harness.orchestrator.suites.conformance.answers import engines

    assert all(isinstance(expected_failures(backend), dict) for backend in engines())


def test_document_tells_each_outcome(world, tmp_path, capsys):
    world["answers"]["cntk"] = answer("cntk", dot_2d=value(1, 3), dot_3d=TRACEBACK)
    world["expected"]["cntk"] = {"dot-3d": "no kernel", "exp": "out of date"}
    world["found"]["theano"] = ABSENT
    assert execute(world, tmp_path, "--json") == 1
    said = capsys.readouterr()
    document = json.loads(said.out)
    jsonschema.validate(document, schema_of("conformance"))
    outcomes = {case["name"]: case["outcomes"]["cntk"]["outcome"] for case in document["cases"]}
    expected = {"dot-2d": "fails", "dot-3d": "fails as expected", "exp": "passes unexpectedly"}
    assert {name: outcomes[name] for name in expected} == expected
    absences = {backend["backend"]: backend["absence"] for backend in document["backends"]}
    assert absences["theano"] == "no Python 3.8. pyenv install 3.8"
    assert "numpy: 4 cases in" in said.err
