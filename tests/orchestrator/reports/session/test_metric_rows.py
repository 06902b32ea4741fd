"""Rows on request: with readable units, the best figure marked in the right direction, and explained."""

from __future__ import annotations

import pytest

from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.execution.job import RunOutcome
from harness.orchestrator.reports.exporters import exported
from harness.orchestrator.reports.session import plot
from harness.orchestrator.reports.session.metric_rows import METRIC_ROWS, check_metrics
from harness.orchestrator.reports.session.table import SessionView, tables
from harness.orchestrator.sessions.record_builder import metrics_of
from tests.orchestrator.sample_records import sample


def with_metrics(backend: str, **metrics: float | None) -> dict:
    record = sample(backend, "mnist_mlp")
    return {**record, "metrics": {**record["metrics"], **metrics}}


RECORDS = [
    with_metrics("theano", step_p95_s=0.0123, inference_samples_per_s=4000.0, harness_step_s=2.5e-6),
    with_metrics("cntk", step_p95_s=0.00456, inference_samples_per_s=2000.0, harness_step_s=None),
]


def test_rows_are_added_behind_those_of_each_workload() -> None:
    (table,) = tables(RECORDS, ("step_p95_s", "inference_samples_per_s", "harness_step_s"))
    rows = {row.metric: ([cell.text for cell in row.cells], [cell.best for cell in row.cells]) for row in table.rows}
    assert list(rows)[2:] == ["step_p95_s", "inference_samples_per_s", "harness_step_s"]
    assert rows["step_p95_s"] == (["12.3", "4.56"], [False, True])
    assert rows["inference_samples_per_s"] == (["4000", "2000"], [True, False])
    assert rows["harness_step_s"] == (["2.50", "–"], [False, False])
    assert table.rows[2].label == "mnist_mlp: step, p95 (ms)"


def test_facts_explain_what_was_asked_for_alone() -> None:
    def explained(*metrics: str) -> list[str]:
        subjects = [fact.partition(":")[0] for fact in tables(RECORDS, metrics)[0].facts]
        return [subject for subject in subjects if subject != "ranking"]

    assert explained("step_p95_s", "inference_samples_per_s")[:3] == ["step", "inference", "compilation"]
    assert explained()[0] == "compilation"


def test_reports_hold_the_rows_and_the_picture_leaves_them_out() -> None:
    view = SessionView("s", RECORDS, metrics=("inference_samples_per_s",))
    assert "| mnist_mlp: inference in batches (samples/s) |" in exported(view, "markdown")
    assert len(plot.draw("s", view.tables[0]).axes) == 2


def test_every_row_is_of_a_metric_that_records_have() -> None:
    assert set(METRIC_ROWS) <= set(metrics_of({}, RunOutcome("failed", "crash", None), [], None))


def test_metric_without_a_row_is_refused_with_the_one_that_was_meant() -> None:
    assert check_metrics(None) == ()
    assert check_metrics(["epoch_s"]) == ("epoch_s",)
    with pytest.raises(ConfigError, match="Did you mean step_p95_s"):
        check_metrics(["step_p95"])
