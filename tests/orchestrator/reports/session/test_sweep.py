"""Sweeps as a person reads them."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from harness.orchestrator.analysis.sweep import sweeps
from harness.orchestrator.reports.exporters import write
from harness.orchestrator.reports.session import sweep_plot, terminal
from harness.orchestrator.reports.session.sweep import grids
from harness.orchestrator.reports.session.table import SessionView, tables
from tests.orchestrator.analysis.test_sweep import run
from tests.orchestrator.sample_records import broken, sample

RATES = {("cntk", 1): 1000.0, ("cntk", 2): 1900.0, ("numpy", 1): 90.0, ("numpy", 2): 81.0}


def by_threads(rounds: int = 1) -> list[dict]:
    return [
        run(rate * (1 + 0.1 * number), number + 1, backend, threads=threads)
        for (backend, threads), rate in RATES.items()
        for number in range(rounds)
    ]


def by_batch() -> list[dict]:
    return [run(rate, 1, "cntk", batch_size=size) for size, rate in ((32, 1000.0), (128, 3000.0), (512, 4000.0))]


def test_grids_have_a_line_for_each_backend_and_a_column_for_each_value() -> None:
    (sweep,) = sweeps(by_threads())
    figures, gains = grids(sweep)
    assert figures.title == "Throughput by threads (training samples/s)"
    assert figures.headers == gains.headers == ("Task", "1 thread", "2 threads")
    assert figures.lines == (("mnist_mlp cntk", "1,000", "1,900"), ("mnist_mlp numpy", "90.0", "81.0"))
    assert gains.lines == (("mnist_mlp cntk", "1.00", "0.95"), ("mnist_mlp numpy", "1.00", "0.45"))


def test_grids_show_the_band_of_several_rounds() -> None:
    figures, _ = grids(sweeps(by_threads(rounds=3))[0])
    assert figures.title.endswith("(training samples/s; median, least and most of the rounds)")
    assert figures.lines[0] == ("mnist_mlp cntk", "1,100 (1,000–1,200)", "2,090 (1,900–2,280)")


def test_lines_say_what_tells_them_apart() -> None:
    records = [run(1000.0 * t * b, threads=t, batch_size=b) for t in (1, 2) for b in (32, 64)]
    labels = [line[0] for sweep in sweeps(records) for line in grids(sweep)[0].lines]
    assert labels == [f"mnist_mlp cntk, {words}" for words in ("1 thread", "2 threads", "batch 32", "batch 64")]


def test_a_session_that_sweeps_shows_grids_and_pictures(tmp_path: Path) -> None:
    records = by_batch()
    console = Console(file=StringIO(), width=120, no_color=True)
    terminal.show(console, SessionView("swept", records))
    assert "Throughput relative to that with the smallest batches" in console.file.getvalue()
    text = write(SessionView("s", records), tmp_path).read_text()
    assert "## Sweep of batch size" in text
    assert "| mnist_mlp cntk |     1.00 |      3.00 |      4.00 |" in text
    assert "![Throughput by batch size](s-batch_size.png)" in text
    assert (tmp_path / "s-batch_size.png").read_bytes().startswith(b"\x89PNG")
    assert not (tmp_path / "s-threads.png").exists()


def test_a_session_without_a_sweep_shows_none(tmp_path: Path) -> None:
    records = [sample("cntk", "mnist_mlp"), sample("numpy", "mnist_mlp")]
    assert "Sweep" not in write(SessionView("s", records), tmp_path).read_text()
    assert {path.name for path in tmp_path.glob("*.png")} == {"s.png"}


def test_plot_has_a_panel_for_each_workload_and_an_ideal_line_for_each_curve_of_threads() -> None:
    (sweep,) = sweeps(by_threads(rounds=2))
    figure = sweep_plot.draw("s", sweep)
    (axes,) = figure.axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")  # NumPy is more than ten times as slow
    ideal = [list(line.get_ydata()) for line in axes.lines if not line.get_marker().startswith("o")]
    assert [round(after / before, 6) for before, after in ideal] == [2.0, 2.0]
    assert len(axes.collections) == 2
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["cntk", "numpy"]


def test_plot_begins_at_zero_where_throughputs_are_alike() -> None:
    (axes,) = sweep_plot.draw("s", sweeps(by_batch())[0]).axes
    assert (axes.get_yscale(), axes.get_ylim()[0]) == ("linear", 0.0)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["32", "128", "512"]


def test_tables_are_apart_by_batch_size_and_say_what_they_share_once() -> None:
    shown = tables(by_batch())
    assert [one.title.split(", ")[2] for one in shown] == ["batches of 32", "batches of 128", "batches of 512"]
    assert [any(fact.startswith("Machine") for fact in one.facts) for one in shown] == [False, False, True]


def test_workloads_with_batch_sizes_of_their_own_are_in_one_table() -> None:
    other = sample("cntk", "imdb_lstm")
    other["case"] = {**other["case"], "batch_size": 32}
    failed = broken("numpy", "mnist_mlp", "failed", "x")
    failed["case"] = {**failed["case"], "batch_size": None}
    (table,) = tables([sample("cntk", "mnist_mlp"), other, failed])
    assert "batches" not in table.title
