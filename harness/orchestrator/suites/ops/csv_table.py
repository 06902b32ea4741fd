"""Operations as one flat table, a row for each operation of a backend: what pandas or a spreadsheet can take over."""

from __future__ import annotations

from harness.orchestrator.reports.exporters import Exporter, csv
from harness.orchestrator.suites.ops.table import OpsView, benchmark_of, why

# Of pytest-benchmark's statistics, with their units in their names.
STATISTICS = {
    "median": "median_s",
    "q1": "q1_s",
    "q3": "q3_s",
    "min": "min_s",
    "max": "max_s",
    "mean": "mean_s",
    "stddev": "stddev_s",
    "rounds": "rounds",
    "iterations": "iterations",
}
SETTINGS = ("device", "threads", "profile", "seed")


def backend_rows(document: dict) -> list[dict]:
    """The rows of a backend."""
    return [operation_row(operation, document) for operation in document["harness"]["plan"]["operations"]]


def operation_row(operation: str, document: dict) -> dict:
    """One row; what is missing is None."""
    about, found = document["harness"], benchmark_of(operation, document)
    status, reason = ("ok", None) if found else why(operation, about)
    stats = found["stats"] if found else {}
    return {
        "session": about["session"],
        "backend": about["backend"],
        "version": about["versions"].get(about["backend"]),
        **{key: about["plan"][key] for key in SETTINGS},
        "operation": operation,
        "status": status,
        "reason": reason,
        **{column: stats.get(key) for key, column in STATISTICS.items()},
        "deviation": found["extra_info"]["deviation"] if found else None,
    }


def ops_csv(view: OpsView) -> bytes:
    """The flat table as comma-separated values; an empty field is a missing one."""
    return csv(row for document in view.documents for row in backend_rows(document))


EXPORTER = Exporter("csv", ".csv", ops_csv)
