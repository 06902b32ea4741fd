"""A session as one flat table, a row for each run: what pandas, R or a spreadsheet can take over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

# Columns from the head of a record; those of `case` and `metrics` follow, units in their names.
HEAD = ("status", "reason", "phase")


def row(record: dict) -> dict:
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


def frame(records: list[dict]) -> pandas.DataFrame:
    """One row for each run, in the order of the records; a missing number stays missing."""
    import pandas

    return pandas.DataFrame([row(record) for record in records]).convert_dtypes()


def render(records: list[dict]) -> str:
    """The flat table as comma-separated values; an empty field is a missing one."""
    return frame(records).to_csv(index=False)
