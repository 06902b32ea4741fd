"""With --json every command that has a result prints one document, which its schema describes, and nothing else."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest

from harness.orchestrator.cli import ab, check, main, noise, run
from harness.orchestrator.cli.schema import DOCUMENTS, schema_of
from harness.orchestrator.core.paths import ROOT
from harness.orchestrator.reports.documents.document import Figure, Part
from tests.orchestrator.sample_history import session as session_of_day
from tests.orchestrator.sample_history import store
from tests.orchestrator.sample_records import broken, session

EXAMPLES = ROOT / "docs" / "examples"
MEASURED = str(EXAMPLES / "20261122-112427")
SECOND = "20261002-120000"


def refused(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def printed(capsys: pytest.CaptureFixture, *arguments: object, code: int = 0) -> tuple[dict, str]:
    """The document on stdout, and what is on stderr."""
    assert main.execute([*map(str, arguments), "--json"]) == code
    out, err = capsys.readouterr()
    return json.loads(out, parse_constant=refused), err


def valid(document: dict, command: str) -> dict:
    jsonschema.validate(document, schema_of(command), jsonschema.Draft202012Validator)
    return document


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Two sessions of six runs each; of the third one run failed."""
    for day in (1, 2, 3):
        records = session_of_day(day, [day + number / 100 for number in range(6)])
        if day == 3:
            records[0] |= {"status": "failed", "reason": "it broke", "metrics": {}, "epochs": []}
        store(records, tmp_path / "results")
    return tmp_path / "results"


@pytest.fixture
def measuring(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """Records that commands get in place of measuring."""
    records: list[dict] = []

    def conduct(console, session, results, *others) -> SimpleNamespace:
        console.print("Session s: 1 run; records elsewhere")
        session.records.extend(records)
        results.mkdir(exist_ok=True)
        return SimpleNamespace(name="s", folder=results)

    for module in (run, ab, check, noise):
        monkeypatch.setattr(module, "conduct", conduct)
    return records


def sided(side: str, *epochs: float) -> list[dict]:
    records = session_of_day(9, epochs)
    return [
        {**record, "run": {**record["run"], "side": side, "name": f"{side}-{at}"}} for at, record in enumerate(records)
    ]


def test_run(measuring: list[dict], tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    measuring += session()
    document, said = printed(
        capsys, "run", "--results", tmp_path / "results", "--reports", tmp_path / "reports", code=1
    )
    (found,) = valid(document, "run")["sessions"]
    assert found["coverage"] == {"ok": 4, "cases": 6}
    assert [one["code"] for one in found["diagnostics"]] == ["slow_products"]
    assert "Written to" in said and "records elsewhere" in said
    assert (tmp_path / "reports" / "latest.md").exists()


def test_run_leaves_out_what_is_silenced(measuring: list[dict], tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    measuring += session()
    given = ("--results", tmp_path / "results", "--reports", tmp_path / "reports", "--silence", "slow_products,heat")
    (found,) = valid(printed(capsys, "run", *given, code=1)[0], "run")["sessions"]
    assert (found["diagnostics"], found["silenced"]) == ([], ["slow_products"])
    assert "1 diagnostic silenced: slow_products." in (tmp_path / "reports" / "latest.md").read_text()


def test_ab(measuring: list[dict], tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    measuring += [*sided("a", 1.0), *sided("b", 2.0)]
    given = ("--a", "threads=1", "--results", tmp_path / "results", "--reports", tmp_path / "reports")
    document, said = printed(capsys, "ab", *given)
    (found,) = valid(document, "ab")["comparisons"]
    assert found["verdicts"] == {"inconclusive": len(found["lines"])}
    assert found["lines"][0]["all"]["high"] is None  # one run a side has no interval
    assert "Written to" in said


def test_check_that_finds_something_slower_prints_it_and_ends_with_3(
    measuring: list[dict], results: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    again = [{**one, "run": {**one["run"], "stage": "confirm", "name": f"c{at}"}} for at, one in enumerate(slow(6))]
    measuring += [*slow(6), *again]
    given = ("--baseline", SECOND, "--metric", "epoch_s", "--results", results, "--reports", tmp_path / "reports")
    document, said = printed(capsys, "check", *given, code=3)
    (found,) = valid(document, "check")["comparisons"]
    assert [line["verdict"] for line in found["lines"]] == ["slower"]
    assert "Error: B is slower" in said


def slow(runs: int) -> list[dict]:
    """Runs that take four times as long as those of the second day."""
    return session_of_day(9, [8 + number / 100 for number in range(runs)])


def test_noise(results: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    more = session_of_day(2, [2.0] * 12)
    store(more, results)
    document, _ = printed(capsys, "noise", "--from", SECOND, "--results", results, "--reports", tmp_path / "reports")
    floors = valid(document, "noise")["floors"]
    assert {floor["metric"] for floor in floors} >= {"epoch_s", "compile_s"}
    assert Path(document["stored"][0]).exists()


@pytest.mark.parametrize("sources", [[MEASURED], [MEASURED, str(EXAMPLES / "20261122-112427")]])
def test_report(sources: list[str], tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    document, _ = printed(capsys, "report", *sources, "--reports", tmp_path)
    found = valid(document, "report")["sessions"]
    assert [one["coverage"]["ok"] for one in found] == [9] * len(sources)
    assert list(tmp_path.iterdir()) == []


def test_report_of_runs_that_left_nothing(results: Path, capsys: pytest.CaptureFixture) -> None:
    (found,) = valid(printed(capsys, "report", "20261003", "--results", results)[0], "report")["sessions"]
    (case,) = found["cases"]
    assert case["statuses"] == {"failed": 1, "ok": 5}
    assert case["runs"][0]["reason"] == "it broke"
    assert case["metrics"]["epoch_s"]["runs"] == 5


def test_compare(results: Path, capsys: pytest.CaptureFixture) -> None:
    document, _ = printed(capsys, "compare", "20261001", "20261002", "--results", results)
    (found,) = valid(document, "compare")["comparisons"]
    line = next(line for line in found["lines"] if line["metric"] == "epoch_s")
    assert line["name"] == "cntk/mnist_mlp"
    assert line["all"]["ratio"] == pytest.approx(2, rel=0.05)


def test_history(results: Path, capsys: pytest.CaptureFixture) -> None:
    lines = valid(printed(capsys, "history", "--results", results)[0], "history")["lines"]
    epochs = next(line for line in lines if line["metric"] == "epoch_s")
    assert [point["session"] for point in epochs["points"]] == [f"2026100{day}-120000" for day in (1, 2, 3)]


def test_ops(capsys: pytest.CaptureFixture) -> None:
    found = valid(printed(capsys, "ops", "--show", EXAMPLES / "ops-20261122-200752")[0], "ops")["operations"]
    assert {one["backend"] for one in found} == {"cntk", "numpy", "tensorflow", "theano"}
    assert all(one["median_s"] > 0 for one in found if one["status"] == "ok")


def test_environments(cache: Path, capsys: pytest.CaptureFixture) -> None:
    found = valid(printed(capsys, "env", "list", "numpy")[0], "env list")["environments"]
    assert [(one["backend"], one["state"], one["path"]) for one in found] == [("numpy", "not built", None)]
    (check,) = valid(printed(capsys, "doctor", "numpy", code=1)[0], "doctor")["checks"]
    assert (check["problem"], check["remedy"]) == ("not built yet", "harness env build numpy")


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (["report", "no-such-session"], 2, "ConfigError"),
        (["report", "--no-such-option"], 2, "NoSuchOption"),
        (["run", "--backend", "tensorlow"], 2, "ConfigError"),
        (["history", "--results", "/nonexistent"], 4, "NothingComparable"),
    ],
)
def test_error_is_a_document_too(arguments: list[str], code: int, kind: str, capsys: pytest.CaptureFixture) -> None:
    document, said = printed(capsys, *arguments, code=code)
    found = valid(document, "error")["error"]
    assert (found["kind"], found["exit_code"]) == (kind, code)
    assert found["message"] in said


def test_nothing_comparable_is_told_beside_the_document(results: Path, capsys: pytest.CaptureFixture) -> None:
    store([broken("theano", "mnist_mlp", "failed", "crash")], results)
    document, said = printed(capsys, "compare", "20261120", "20261002", "--results", results, code=4)
    assert valid(document, "compare")["comparisons"][0]["verdicts"] == {"missing": 2}
    assert "Error: Nothing could be compared." in said


def test_arguments_of_a_script_are_its_own(capsys: pytest.CaptureFixture) -> None:
    assert main.execute(["exec", "no-such-backend", "script.py", "--json"]) == 2
    assert capsys.readouterr().out == ""


def test_every_command_with_a_document_has_a_schema_and_no_other() -> None:
    with_json = {
        " ".join(words)
        for words in [*([name] for name in main.COMMANDS), ["env", "list"], ["env", "build"], ["env", "remove"]]
        if "as_json" in {option.name for option in command_of(words).params}
    }
    assert with_json == set(DOCUMENTS) - {"error"}


def command_of(words: list[str]):
    command = main.COMMANDS[words[0]].load()
    return command.commands[words[1]] if len(words) > 1 else command


def test_schemas_are_printed(capsys: pytest.CaptureFixture) -> None:
    assert main.execute(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == {name: schema_of(name) for name in DOCUMENTS}
    assert main.execute(["schema", "env", "list"]) == 0
    assert json.loads(capsys.readouterr().out) == schema_of("env list")
    assert main.execute(["schema", "env", "lst"]) == 2
    assert "Did you mean env list?" in capsys.readouterr().err


@pytest.mark.parametrize("name", DOCUMENTS)
def test_schema_is_one(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of(name))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None])
def test_number_that_json_does_not_have_is_null(value: float | None) -> None:
    class Measured(Part):
        figure: Figure

    assert Measured(figure=value).model_dump_json() == '{"figure":null}'
