"""Operations as a JSON document."""

from __future__ import annotations

from typing import Literal

from harness.orchestrator.reports.documents.document import Document, Figure, Part
from harness.orchestrator.suites.ops.csv_table import backend_rows


class Operation(Part):
    """An operation on a backend: seconds of a call over the rounds; `deviation`: from NumPy, of the largest value."""

    session: str
    backend: str
    version: str | None
    device: str
    threads: int
    profile: str
    seed: int
    operation: str
    status: str
    reason: str | None
    median_s: Figure
    q1_s: Figure
    q3_s: Figure
    min_s: Figure
    max_s: Figure
    mean_s: Figure
    stddev_s: Figure
    rounds: int | None
    iterations: int | None
    deviation: Figure


class Operations(Document):
    """What `harness ops` prints."""

    kind: Literal["operations"] = "operations"
    operations: list[Operation]


def document(documents: list[dict]) -> Operations:
    """The document of stored measurements."""
    return Operations(operations=[Operation(**row) for one in documents for row in backend_rows(one)])
