"""A session as one flat table, a row for each run: what pandas, R or a spreadsheet can take over."""

from __future__ import annotations

from harness.orchestrator.reports.exporters import Exporter, csv
from harness.orchestrator.reports.session.table import SessionView

# Columns from the head of a record; those of `case` and `metrics` follow, units in their names.
HEAD = ("status", "reason", "phase")


def run_row(record: dict) -> dict:
    """A record without its lists: scalars by name, samples as train and test; a run never made has only a case."""
    case = dict(record["case"])
    samples = case.pop("samples", None) or {}
    return {
        "session": record["session"].get("id"),
        "run": record["run"].get("name"),
        "round": record["run"].get("round"),
        **{key: record.get(key) for key in HEAD},
        **case,
        "train_samples": samples.get("train"),
        "test_samples": samples.get("test"),
        **(record.get("metrics") or {}),
    }


def session_csv(view: SessionView) -> bytes:
    """The flat table as comma-separated values, in the order of the records; an empty field is a missing one."""
    return csv(run_row(record) for record in view.records)


EXPORTER = Exporter("csv", ".csv", session_csv)
