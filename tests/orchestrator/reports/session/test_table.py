"""The table is a pure function of records."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pandas
import pytest
from rich.console import Console

from harness.orchestrator.reports.exporters import exported
from harness.orchestrator.reports.session import plot, terminal
from harness.orchestrator.reports.session.table import SessionView, tables
from tests.orchestrator.sample_records import broken, sample, session

GOLDEN = Path(__file__).with_name("golden")


def show(records: list[dict], terminal_width: int | None = 120) -> str:
    shape = {"width": terminal_width, "force_terminal": True} if terminal_width else {}
    console = Console(file=StringIO(), color_system=None, **shape)
    terminal.show(console, SessionView("shown", records))
    return console.file.getvalue()


def cells(records: list[dict], row: int) -> list[str]:
    return [cell.text for cell in tables(records)[0].rows[row].cells]


def test_markdown_is_as_the_golden_file() -> None:
    view = SessionView("20261120-120000", session(), pictures=("plot.png",))
    assert exported(view, "markdown") == (GOLDEN / "session.md").read_text()


@pytest.mark.parametrize(("width", "file"), [(120, "terminal.txt"), (None, "plain.txt")])
def test_terminal_is_as_the_golden_file(width: int | None, file: str) -> None:
    shown = "\n".join(line.rstrip() for line in show(session(), width).splitlines()) + "\n"
    assert shown == (GOLDEN / file).read_text()


def test_table_does_not_depend_on_the_order_of_records() -> None:
    forward, backward = tables(session())[0], tables(session()[::-1])[0]
    assert (forward.rows, forward.headers) != ((), ())
    assert [[cell.text for cell in row.cells] for row in forward.rows] == [
        [cell.text for cell in row.cells] for row in backward.rows
    ]
    assert forward.headers == backward.headers


def test_table_orders_rows_and_columns_as_the_session_planned() -> None:
    table = tables(session())[0]
    assert [header.split()[0] for header in table.headers] == ["tensorflow", "theano", "cntk"]
    assert [row.workload for row in table.rows] == ["mnist_mlp", "mnist_mlp", "mnist_cnn", "mnist_cnn"]


def test_table_marks_the_lowest_figure_of_each_row() -> None:
    best = [[cell.best for cell in row.cells] for row in tables(session())[0].rows]
    assert best == [[True, False, False]] * 4


def test_table_marks_both_when_they_print_the_same() -> None:
    table = tables([sample("theano", "mnist_mlp", 1.0001), sample("cntk", "mnist_mlp", 1.0002)])[0]
    assert [cell.best for cell in table.rows[0].cells] == [True, True]


def test_table_marks_nothing_when_there_is_one_figure() -> None:
    table = tables([sample("theano", "mnist_mlp"), broken("cntk", "mnist_mlp", "failed", "crash")])[0]
    assert [cell.best for cell in table.rows[0].cells] == [False, False]


def test_table_shows_the_median_of_rounds() -> None:
    records = [sample("cntk", "mnist_mlp", 1.0, epoch, number) for number, epoch in enumerate((3.0, 9.0, 4.0), 1)]
    assert cells(records, 1) == ["4.00"]


def accurate(backend: str, accuracies: list[float]) -> list[dict]:
    """A round for each validation accuracy, with deviations that grow."""
    records = [sample(backend, "mnist_mlp", number=number) for number, _ in enumerate(accuracies, 1)]
    for place, (record, accuracy) in enumerate(zip(records, accuracies, strict=True), 1):
        record["metrics"].update(val_accuracy=accuracy, parity_deviation=place * 1e-7)
    return records


def test_table_shows_the_spread_of_accuracies_and_the_worst_deviation_of_rounds() -> None:
    agreement = tables(accurate("cntk", [0.95, 0.97, 0.96]))[0].agreement
    assert [rows[0].cells[0].text for rows in agreement.values()] == ["96.0 % (95.0–97.0)", "3.0e-07"]


@pytest.mark.parametrize(("others", "verdict"), [([0.955, 0.975], "agree"), ([0.90, 0.91], "disagree")])
def test_facts_say_whether_accuracies_agree(others: list[float], verdict: str) -> None:
    lines = tables(accurate("cntk", [0.95, 0.97]) + accurate("theano", others))[0].facts
    assert [line.split(":")[0] for line in lines if line.startswith("Accuracies")] == [
        f"Accuracies of mnist_mlp {verdict}"
    ]


def test_one_diverged_run_excuses_no_difference() -> None:
    records = accurate("cntk", [0.95, 0.96, 0.955]) + accurate("numpy", [0.90, 0.91, 0.905])
    lines = tables(records + accurate("theano", [0.90, 0.50, 0.91]))[0].facts
    assert any("mnist_mlp disagree" in line for line in lines)


def test_facts_leave_open_whether_accuracies_agree_after_one_round() -> None:
    lines = tables(accurate("cntk", [0.95]) + accurate("theano", [0.90]))[0].facts
    assert not [line for line in lines if line.startswith("Accuracies")]


def test_table_shows_the_median_and_a_reason_when_a_round_fails() -> None:
    records = [sample("cntk", "mnist_mlp", 1.0, 3.0), broken("cntk", "mnist_mlp", "killed", "ended by SIGKILL")]
    table = tables(records)[0]
    assert (table.rows[1].cells[0].text, table.rows[1].cells[0].notes) == ("3.00", (1,))
    assert table.reasons == ("cntk, mnist_mlp: ended by SIGKILL",)


@pytest.mark.parametrize("status", ["wrong", "failed", "timeout", "out_of_memory", "killed", "interrupted", "skipped"])
def test_table_shows_a_status_and_no_time_when_a_run_is_not_ok(status: str) -> None:
    record = {**sample("cntk", "mnist_mlp"), "status": status, "reason": "because"}
    assert cells([record], 0) == [status]


def test_table_gives_a_reason_once_when_a_backend_is_unsupported() -> None:
    records = [broken("cntk", name, "unsupported", "needs CPython 3.6") for name in ("mnist_mlp", "mnist_cnn")]
    assert tables(records)[0].reasons == ("cntk: needs CPython 3.6",)


def test_table_counts_cases_in_its_coverage() -> None:
    assert tables(session())[0].coverage == "4 of 6 cases"


def test_tables_are_separate_when_conditions_differ() -> None:
    other = sample("cntk", "mnist_mlp")
    other["case"]["threads"] = 1
    headings = [table.title for table in tables([sample("cntk", "mnist_mlp"), other])]
    assert headings == [
        "cpu, 2 threads, profile tuned, edition 2015-12, float32",
        "cpu, 1 thread, profile tuned, edition 2015-12, float32",
    ]


def test_facts_say_when_data_is_whole() -> None:
    record = sample("cntk", "mnist_mlp")
    record["data"].update(train=60000, test=10000)
    lines = [fact for fact in tables([record])[0].facts if "epoch of mnist_mlp" in fact]
    assert lines == [
        "An epoch of mnist_mlp: 60,000 training and 10,000 validation samples; data: synthetic "
        "(images drawn by a teacher); 3 timed after 1 to warm up."
    ]


def test_plot_is_a_picture_with_every_figure_and_status() -> None:
    figure = plot.draw("20261120-120000", tables(session())[0])
    texts = {text.get_text() for axes in figure.axes for text in axes.texts}
    assert {"0.612", "14.0", "10.0", "374", "timeout", "failed"} <= texts
    assert plot.session_plot(SessionView("20261120-120000", session())).startswith(b"\x89PNG")


def test_plot_is_drawn_when_nothing_is_ok() -> None:
    assert plot.session_plot(SessionView("s", [broken("cntk", "mnist_mlp", "failed", "crash")])).startswith(b"\x89PNG")


def test_table_gives_one_reason_for_all_that_was_not_started() -> None:
    records = [broken(name, "mnist_mlp", "skipped", "not started") for name in ("theano", "cntk")]
    assert tables(records)[0].reasons == ("not started",)


def test_facts_tell_what_the_harness_costs() -> None:
    record = sample("cntk", "mnist_mlp")
    cost = {"backend": "numpy", "step_s": 6.05e-5, "epoch_s": 1.25e-3}
    sampled = [{"orchestrator_cpu_s": cpu_s, "wall_s": 10.0, "cost_s": 0.01, "samples": 20} for cpu_s in (0.02, 0.04)]
    records = [
        {**record, "session": {**record["session"], "harness_overhead": cost}, "telemetry": one} for one in sampled
    ]
    lines = [fact for fact in tables(records)[0].facts if "Overhead" in fact or "orchestrator" in fact]
    assert lines == [
        "Overhead of the harness: 60.5 µs per step (loop, picking a batch of one number, calling a compiled function "
        "with one weight on numpy, progress) and 1.25 ms per epoch in addition to its steps.",
        "During runs the orchestrator used 0.30 % of one core; a telemetry sample took 0.500 ms of it.",
    ]


def test_facts_part_the_harness_from_the_engine() -> None:
    record = sample("cntk", "mnist_mlp")
    cost = {"backend": "numpy", "step_s": 8e-5, "harness_step_s": 2.97e-6, "engine_call_s": 7.56e-5, "epoch_s": 1.25e-3}
    (line,) = [
        fact
        for fact in tables([{**record, "session": {**record["session"], "harness_overhead": cost}}])[0].facts
        if "Overhead" in fact
    ]
    assert line == (
        "Overhead of the harness: 2.97 µs per step (loop, picking a batch of one number, timing, progress) and 1.25 ms "
        "per epoch in addition to its steps. Beside that, calling a compiled function with one weight on numpy takes "
        "75.6 µs."
    )


def test_facts_tell_which_runs_got_more_epochs_to_warm_up() -> None:
    def warmed(backend: str, extra: int, number: int = 1) -> dict:
        return {**sample(backend, "mnist_mlp", number=number), "steadiness": {"extra_warmup_epochs": extra}}

    records = [warmed("theano", 1), warmed("theano", 2, 2), warmed("cntk", 0), warmed("tensorflow", 2)]
    lines = [fact for fact in tables(records)[0].facts if "added" in fact]
    assert lines == [
        "Epochs added to warm up, as the pace was still rising: theano mnist_mlp 1–2, tensorflow mnist_mlp 2."
    ]
    assert not [fact for fact in tables([warmed("cntk", 0)])[0].facts if "added" in fact]


def test_facts_say_nothing_of_costs_that_are_not_known() -> None:
    record = sample("cntk", "mnist_mlp")
    records = [record, {**record, "session": {**record["session"], "harness_overhead": None}}]
    assert not [fact for fact in tables(records)[0].facts if "Overhead" in fact or "orchestrator used" in fact]


def test_facts_name_a_session_once_when_some_of_its_runs_left_no_record() -> None:
    cut = {**broken("cntk", "mnist_mlp", "skipped", "not started"), "machine": None}
    facts = tables([sample("theano", "mnist_mlp"), cut])[0].facts
    assert len([fact for fact in facts if fact.startswith("Session")]) == 1


def test_flat_table_has_a_row_for_each_run_and_leaves_missing_numbers_empty() -> None:
    records = [sample("theano", "mnist_mlp", 1.5), broken("cntk", "mnist_mlp", "timeout", "too, slow")]
    table = pandas.read_csv(StringIO(exported(SessionView("s", records), "csv")))
    assert table["backend"].tolist() == ["theano", "cntk"]
    assert table["compile_s"].tolist()[0] == 1.5
    assert table["compile_s"].isna().tolist() == [False, True]
    assert table["reason"].tolist()[1] == "too, slow"
    assert table["train_samples"].tolist() == [30080, 30080]


def test_flat_table_holds_runs_that_were_never_made() -> None:
    record = sample("cntk", "mnist_mlp")
    bare = {key: record[key] for key in ("status", "reason", "run", "session", "case")}
    table = pandas.read_csv(StringIO(exported(SessionView("s", [record, {**bare, "status": "skipped"}]), "csv")))
    assert table["status"].tolist() == ["ok", "skipped"]
    assert table["epoch_2015_s"].isna().tolist() == [False, True]
