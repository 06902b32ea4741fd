"""Operations side by side: figures, the best, what is missing and why, as table, Markdown and flat table."""

from __future__ import annotations

import io

import pandas
import pytest
from rich.console import Console

from harness.orchestrator.reports.exporters import exported
from harness.orchestrator.reports.table import Row
from harness.orchestrator.suites.ops import terminal
from harness.orchestrator.suites.ops.table import OpsView, table_of, tables
from tests.orchestrator.suites.ops.sample_ops import OPERATIONS, failure, measured, unmeasured

WRONG = failure("rnn", "NotEqual", "rnn is not what NumPy computes.")
NUMPY = measured("numpy", {"dot": [2e-4, 2.1e-4, 2.4e-4], "rnn": [9e-3, 1e-2, 1.2e-2]})
CNTK = measured("cntk", {"dot": [4.2e-4, 4.2e-4, 4.2e-4]}, (WRONG,))
THEANO = unmeasured("theano", "unsupported", "no interpreter; pyenv install 3.8")


def texts(row: Row) -> list[str]:
    return [cell.text for cell in row.cells]


def test_row_shows_median_quartiles_and_ratio_in_the_unit_of_its_best() -> None:
    dot = table_of([NUMPY, CNTK]).rows[0]
    assert dot.label == "dot (µs)"
    assert texts(dot) == ["210 (203–233)", "420 (420–420) 2.00x"]
    assert [cell.best for cell in dot.cells] == [True, False]


def test_figure_without_another_is_not_the_best() -> None:
    rnn = table_of([NUMPY, CNTK]).rows[1]
    assert rnn.label == "rnn (ms)"
    assert texts(rnn) == ["10.0 (9.25–11.5)", "wrong"]
    assert not any(cell.best for cell in rnn.cells)


def test_figures_equal_as_printed_are_equally_good() -> None:
    other = measured("theano", {"dot": [2.1001e-4] * 3})
    assert [cell.best for cell in table_of([NUMPY, other]).rows[0].cells] == [True, True]


def test_what_is_missing_has_its_reason_once_and_is_counted() -> None:
    table = table_of([NUMPY, CNTK, THEANO])
    assert table.coverage == "3 of 6 operations"
    assert table.reasons == (
        "theano: no interpreter; pyenv install 3.8",
        "cntk: rnn: NotEqual: rnn is not what NumPy computes.",
    )
    assert [cell.notes for cell in table.rows[0].cells] == [(), (), (1,)]
    assert [cell.notes for cell in table.rows[1].cells] == [(), (2,), (1,)]


def test_operation_that_left_neither_figure_nor_failure_is_said_to_have_failed() -> None:
    table = table_of([measured("cntk", {"dot": [1e-3] * 3})])
    assert (table.rows[1].label, texts(table.rows[1])) == ("rnn", ["failed"])
    assert table.reasons == ("cntk: rnn: pytest-benchmark wrote no figures of it",)


def test_operation_that_only_another_session_measured_is_absent_and_not_counted() -> None:
    short = measured("cntk", {"dot": [1e-3] * 3}, session="ops-20261121-120000")
    short["harness"]["plan"]["operations"] = ["dot"]
    table = table_of([NUMPY, short])
    assert table.coverage == "3 of 3 operations"
    assert texts(table.rows[1])[1] == "–"
    assert table.headers == ("numpy 2.4.6 ops-20261120-120000", "cntk 2.7 ops-20261121-120000")


def test_documents_measured_under_other_conditions_have_a_table_of_their_own() -> None:
    other = measured("cntk", {"dot": [1e-3] * 3})
    other["harness"]["plan"]["threads"] = 1
    assert [table.title for table in tables([NUMPY, other])] == [
        "Operations of K: cpu, 2 threads, profile tuned, float32",
        "Operations of K: cpu, 1 thread, profile tuned, float32",
    ]


def test_facts_say_how_far_from_numpy_and_what_each_operation_is() -> None:
    facts = table_of([NUMPY, CNTK]).facts
    assert sum("2.0e-07" in fact for fact in facts) == 1
    assert [fact for fact in facts if fact.startswith(("dot:", "rnn:"))] == ["dot: what dot is.", "rnn: what rnn is."]


def test_slow_kernels_are_a_diagnostic() -> None:
    slow = measured("cntk", {"dot": [1e-3] * 3})
    slow["harness"]["settings"] = {"blas": {"library": "OpenBLAS", "instruction_set": "sse", "offered": "avx512"}}
    assert table_of([NUMPY]).diagnostics == ()
    assert (
        table_of([slow])
        .diagnostics[0]
        .sentence.startswith("cntk (operations) computes its products with the SSE instructions")
    )


@pytest.mark.parametrize(("threads", "found"), [(2, []), (8, ["thread_pools"])])
def test_thread_pools_are_held_against_the_threads_of_the_plan(threads: int, found: list[str]) -> None:
    document = measured("cntk", {"dot": [0.1]})
    document["harness"]["settings"] = {"thread_pools": [{"pool": "OpenMP", "file": None, "threads": threads}]}
    (table,) = tables([document])
    assert [one.code for one in table.diagnostics] == found


def test_markdown_has_the_table_and_all_reasons() -> None:
    lines = exported(OpsView("ops-1", [NUMPY, CNTK, THEANO]), "markdown").splitlines()
    assert lines[0] == "# Session ops-1"
    assert "| dot (µs)  | **210 (203–233)** | 420 (420–420) 2.00x | unsupported [1] |" in lines
    assert "1. theano: no interpreter; pyenv install 3.8" in lines
    assert "Best in bold. Coverage: 3 of 6 operations." in lines


def test_terminal_shows_the_same() -> None:
    console = Console(file=io.StringIO(), width=140)
    terminal.show_tables(console, [NUMPY, CNTK, THEANO])
    shown = console.file.getvalue()
    assert "420 (420–420) 2.00x" in shown
    assert "[2] cntk: rnn: NotEqual: rnn is not what NumPy computes." in shown


def test_flat_table_has_a_row_for_each_operation_and_empty_fields_for_what_is_missing() -> None:
    table = pandas.read_csv(io.StringIO(exported(OpsView("ops-1", [NUMPY, CNTK, THEANO]), "csv")))
    assert list(table["operation"]) == OPERATIONS * 3
    assert list(table["status"]) == ["ok", "ok", "ok", "wrong", "unsupported", "unsupported"]
    assert table["median_s"][0] == 2.1e-4
    assert table["median_s"][3:].isna().all()
    assert table["reason"][4] == "no interpreter; pyenv install 3.8"
