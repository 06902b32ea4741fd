"""A history compares only what may be compared, and shows all of it."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pandas
import pytest

from harness.orchestrator.analysis.history import Line, differences, left_out, lines
from harness.orchestrator.analysis.metrics import METRICS
from harness.orchestrator.cli import main
from harness.orchestrator.reports.exporters import exported
from harness.orchestrator.reports.history import plot, view
from harness.orchestrator.reports.history.view import HistoryView, tables, trend
from tests.orchestrator.sample_history import history, noisy, session, store
from tests.orchestrator.sample_records import broken

EPOCH = METRICS["epoch_s"]


def of(records: list[dict]) -> list[Line]:
    return lines(records, [EPOCH])


def upgraded() -> list[dict]:
    """Twenty sessions; the last eight have another TensorFlow that takes 1.2 times as long."""
    values = noisy(1, 20, 0.005, bad=0)
    values[12:] *= 1.2  # of the levels that the noise made: 1.196
    versions = ["2.20.0"] * 12 + ["2.21.0"] * 8
    return [
        record
        for day, (value, version) in enumerate(zip(values, versions, strict=True), 1)
        for record in session(day, [0.99 * value, value, 1.02 * value], "tensorflow", version)
    ]


def test_point_is_the_median_of_a_sessions_runs_with_their_range() -> None:
    (line,) = of(session(1, [3.0, 1.0, 2.5]))
    (point,) = line.points
    assert (point.value, point.low, point.high, point.runs) == (2.5, 1.0, 3.0, 3)
    assert (point.session, point.version) == ("20261001-120000", "2.7")


def test_points_stand_in_the_order_of_time_whatever_order_records_have() -> None:
    assert of(history([1.0, 2.0, 3.0])[::-1])[0].values == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("machine", {"name": "other-machine"}),
        ("machine", {"available_cores": 1}),
        ("machine", {"memory_bytes": 2**30}),
        ("machine", {"memory_bytes": 25 * 2**30}),  # the others have 24 GiB
        ("case", {"samples": {"train": 2560, "test": 512}}),
        ("case", {"epochs": 1}),
        ("case", {"profile": "stock"}),
        ("case", {"threads": 1}),
        ("case", {"data": "digits"}),
        ("case", {"batch_size": 32}),
    ],
)
def test_history_never_mixes_what_cannot_be_compared(part: str, change: dict) -> None:
    records = history([1.0, 1.0, 2.0])
    records[2][part] = {**records[2][part], **change}
    assert sorted(line.values for line in of(records)) == [[1.0, 1.0], [2.0]]


def test_history_goes_on_over_versions_and_a_few_bytes_of_memory() -> None:
    records = history([1.0, 2.0])
    records[1]["case"]["version"] = "2.8"
    records[1]["machine"] = {**records[1]["machine"], "memory_bytes": records[1]["machine"]["memory_bytes"] - 4096}
    assert [line.values for line in of(records)] == [[1.0, 2.0]]


def test_history_keeps_compilations_with_cold_and_warm_cache_apart() -> None:
    records = history([1.0, 1.0, 1.0])
    for record, cache in zip(records, ("cold", "warm", "cold"), strict=True):
        record["case"]["compile_cache"] = cache
    assert sorted(len(line.points) for line in lines(records, [METRICS["compile_s"]])) == [1, 2]
    assert len(of(records)) == 1


def test_history_keeps_energy_by_different_counters_apart() -> None:
    records = history([5.0, 5.0])
    for record, counters in zip(records, (["package-0"], ["package-0", "gpu"]), strict=True):
        record["metrics"]["energy_j_per_epoch"] = 5.0
        record["telemetry"] = {"energy_of": counters}
    found = lines(records, [METRICS["energy_j_per_epoch"]])
    assert [len(line.points) for line in found] == [1, 1]
    named = sorted(view.case_name(line).rpartition(", ")[2] for line in found)
    assert named == ["by package-0", "by package-0 and gpu"]
    assert len(lines(records, [METRICS["epoch_s"]])) == 1


def test_lines_are_ordered_by_backend() -> None:
    records = [record for backend in ("theano", "cntk", "numpy") for record in session(1, [1.0], backend)]
    assert [line.conditions["backend"] for line in of(records)] == ["cntk", "numpy", "theano"]


def test_history_leaves_out_what_is_not_ok_and_says_so() -> None:
    records = [*history([1.0, 2.0]), broken("theano", "mnist_mlp", "timeout", "too long")]
    records[1]["run"]["side"] = "a"
    assert [line.values for line in of(records)] == [[1.0]]
    assert left_out(records) == ["1 cntk mnist_mlp (side a of a comparison)", "1 theano mnist_mlp (timeout)"]


def test_history_takes_the_candidate_of_a_check() -> None:
    records = history([1.0])
    records[0]["run"]["side"] = "candidate"
    assert len(of(records)) == 1
    assert left_out(records) == []


@pytest.mark.parametrize("figure", [None, 0.0, -0.001])
def test_history_has_no_point_where_there_is_no_figure(figure: float | None) -> None:
    assert of(session(1, [figure])) == []


def test_differences_name_what_may_explain_a_change() -> None:
    records = [*session(1, [1.0]), *session(2, [2.0], version="2.8", commit="b" * 40)]
    records[1]["machine"]["kernel"] = "6.2.0"
    before, after = of(records)[0].points
    assert differences(before, after) == ["commit aaaaaaaaa..bbbbbbbbb", "cntk 2.7 to 2.8", "kernel 6.1.0 to 6.2.0"]
    assert differences(before, before) == ["nothing recorded"]


def test_differences_name_every_fact_that_records_hold() -> None:
    records = [*session(1, [1.0]), *session(2, [2.0], commit="b" * 40)]
    records[0].update(versions={"theano": "1.0.5"}, environment={"digest": "0123456789abcdef"})
    records[1].update(versions={"mkl": "2018"}, environment={"digest": "0123456789ab0000"})
    records[1]["machine"].update(os="Debian GNU/Linux 13", harness={"commit": "b" * 40, "dirty": True})
    before, after = of(records)[0].points
    assert differences(before, after) == [
        "commit aaaaaaaaa to bbbbbbbbb with changes",
        "theano 1.0.5 to none",
        "os Debian GNU/Linux 12 to Debian GNU/Linux 13",
        "mkl none to 2018",
    ]
    records[1].update(environment={"digest": "ba9876543210"}, versions={"theano": "1.0.5"})
    before, after = of(records)[0].points
    assert differences(before, after)[-1] == "environment 0123456789ab to ba9876543210"


def test_table_says_since_when_and_by_how_much_a_case_is_slower() -> None:
    (table,) = tables(of(upgraded()))
    case, points, span, blocks, _, verdict = table.rows[0]
    assert case == "tensorflow/mnist_mlp: synthetic, 30,080 samples by 128, 3 epochs after 1"
    assert (points, span) == ("20", "2026-10-01 to 2026-10-20")
    assert (blocks[0] < blocks[-1], len(blocks)) == (True, 20)
    assert verdict.startswith("slower since 2026-10-13: 1.197 times (1.19")
    (note,) = table.notes
    assert "session 20261013-120000" in note
    assert "8 points after 12" in note
    assert "Differences between them: tensorflow 2.20.0 to 2.21.0." in note


def test_table_says_so_when_points_are_too_few() -> None:
    (table,) = tables(of(history([1.0, 1.0, 9.0])))
    assert table.rows[0][-1] == "no verdict below 6 points"


def test_table_calls_more_memory_not_slower() -> None:
    records = history([1.0] * 12)
    for place, record in enumerate(records):
        record["metrics"]["max_rss_bytes"] = 2**30 * (1 if place < 6 else 2)
    (table,) = tables(lines(records, [METRICS["max_rss_bytes"]]))
    assert table.heading.startswith("peak memory (MiB): ")
    assert table.rows[0][-2:] == ("2050", "more since 2026-10-07: 2.000 times (2.000 to 2.000)")


def test_trend_is_not_flattened_by_a_bad_point() -> None:
    values = [1.0] * 10 + [1.2] * 10
    values[4] = 1000.0
    assert trend(values, 0.03) == "▁▁▁▁█▁▁▁▁▁██████████"


def test_plot_shows_levels_and_marks_the_change_with_its_version() -> None:
    (axes,) = plot.draw(of(upgraded())).axes
    (text,) = [text.get_text() for text in axes.texts]
    assert "2.20.0 to 2.21.0" in text
    assert "2026-10-13" in text


def test_plot_is_not_flattened_by_a_bad_point_and_says_its_figure() -> None:
    values = noisy(2, 20, 0.01, bad=0)
    values[9] = 50.0
    (axes,) = plot.draw(of(history(values))).axes
    assert axes.get_ylim()[1] < 3
    assert "50" in {text.get_text() for text in axes.texts}


def test_flat_table_has_a_row_for_each_point_and_a_change_at_its_place() -> None:
    table = pandas.read_csv(StringIO(exported(HistoryView("history", of(upgraded()), []), "csv")))
    assert table["level"].tolist() == [1] * 12 + [2] * 8
    assert table["change"].notna().tolist() == [place == 12 for place in range(20)]
    assert table["runs"].unique().tolist() == [3]
    assert (table["min"] < table["median"]).all()


def test_markdown_holds_tables_changes_pictures_and_what_is_left_out() -> None:
    left_out, pictures = ["1 theano mnist_mlp (timeout)"], ("history-epoch_s.png",)
    text = exported(HistoryView("history", of(upgraded()), left_out, pictures=pictures), "markdown")
    assert "| tensorflow/mnist_mlp" in text
    assert "\n- tensorflow/mnist_mlp" in text
    assert "![epoch over sessions](history-epoch_s.png)" in text
    assert text.endswith("Runs left out: 1 theano mnist_mlp (timeout).\n")


def call(*arguments: object) -> int:
    return main.execute(["history", *map(str, arguments)])


def test_command_writes_its_reports(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    store(upgraded(), tmp_path / "results")
    assert call("--results", tmp_path / "results", "--reports", tmp_path / "reports", "--metric", "epoch_s") == 0
    assert "slower since 2026-10-13" in capsys.readouterr().out
    written = sorted(path.name for path in (tmp_path / "reports").iterdir())
    assert written == ["history-epoch_s.png", "history.csv", "history.md"]
    assert (tmp_path / "reports" / "history-epoch_s.png").read_bytes().startswith(b"\x89PNG")


def test_command_warns_of_files_that_are_no_records(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    store(history([1.0]), tmp_path)
    (tmp_path / "amd-epyc-2c-0a1b2c" / "20261001-120000" / "torn.json").write_text('{"schema')
    assert call("--results", tmp_path, "--reports", tmp_path / "reports") == 0
    assert "torn.json is not readable" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--backend", "tensorlow"], "Did you mean tensorflow?"),
        (["--workload", "mnist_mpl"], "Did you mean mnist_mlp?"),
        (["--metric", "epoch"], "Did you mean epoch_s?"),
        (["--machine", "amd-epyc"], "Did you mean amd-epyc-2c-0a1b2c?"),
    ],
)
def test_command_does_not_know_a_name(
    tmp_path: Path, capsys: pytest.CaptureFixture, arguments: list[str], words: str
) -> None:
    store(history([1.0]), tmp_path)
    assert call("--results", tmp_path, "--reports", tmp_path / "reports", *arguments) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--backend", "theano"], ["--metric", "energy_j_per_epoch"]])
def test_command_ends_with_four_when_there_is_no_history(
    tmp_path: Path, capsys: pytest.CaptureFixture, arguments: list[str]
) -> None:
    if arguments:
        store(history([1.0]), tmp_path)
    assert call("--results", tmp_path, "--reports", tmp_path / "reports", *arguments) == 4
    assert "has no matching runs" in capsys.readouterr().err
    assert not (tmp_path / "reports").exists()
