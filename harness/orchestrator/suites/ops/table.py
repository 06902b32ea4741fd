"""Operations x backends from stored documents: medians with their quartiles, and notes below."""

from __future__ import annotations

from dataclasses import dataclass

from harness.orchestrator.analysis.diagnostics.rules import diagnostics
from harness.orchestrator.core.formatting import ABSENT, counted, scientific, significant
from harness.orchestrator.reports.exporters import View
from harness.orchestrator.reports.session.footnotes import distinct, harness_words, machine_line
from harness.orchestrator.reports.table import Cell, Row, Table
from harness.orchestrator.suites.ops.operations import PREFIX

METRIC = "median_s"
# Largest first; a row is shown in the largest in which its best median is 1 or more.
UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))
TIME = (
    "Each time is one call of a compiled K.function, arrays in and arrays out, until the device has finished: the "
    "median of the rounds, first and third quartile in brackets, and the ratio to the best of the row. Rounds of one "
    "process are not independent runs."
)
# What all columns of one table share.
SHARED = ("device", "threads", "profile")


@dataclass(frozen=True)
class OpsView(View):
    """The documents of a session of operations."""

    documents: list[dict]


def tables(documents: list[dict]) -> list[Table]:
    """One table for each set of conditions."""
    groups: dict[tuple, list[dict]] = {}
    for document in documents:
        about = document["harness"]
        shared = (about["machine"]["name"], *(about["plan"][key] for key in SHARED))
        groups.setdefault(shared, []).append(document)
    return [table_of(group) for group in groups.values()]


def table_of(documents: list[dict]) -> Table:
    """The table of documents that share their conditions."""
    operations = distinct(name for document in documents for name in document["harness"]["plan"]["operations"])
    numbers: dict[str, int] = {}
    rows = tuple(operation_row(operation, documents, numbers) for operation in operations)
    planned = sum(len(document["harness"]["plan"]["operations"]) for document in documents)
    timed = sum(cell.value is not None for line in rows for cell in line.cells)
    return Table(
        title=title(documents[0]["harness"]["plan"]),
        corner="Operation",
        headers=headers(documents),
        rows=rows,
        reasons=tuple(numbers),
        coverage=f"{timed} of {planned} operations",
        diagnostics=tuple(diagnostics([as_record(document["harness"]) for document in documents])),
        facts=facts(documents),
    )


def title(plan: dict) -> str:
    """What all columns share, in one line."""
    return (
        f"Operations of K: {plan['device']}, {counted(plan['threads'], 'thread')}, profile {plan['profile']}, float32"
    )


def headers(documents: list[dict]) -> tuple[str, ...]:
    """Backends with their versions, and with their sessions where there are several."""
    several = len({document["harness"]["session"] for document in documents}) > 1
    return tuple(header(document["harness"], several) for document in documents)


def header(about: dict, several: bool) -> str:
    backend = about["backend"]
    words = [backend, about["versions"].get(backend), about["session"] if several else None]
    return " ".join(filter(None, words))


def operation_row(operation: str, documents: list[dict], numbers: dict[str, int]) -> Row:
    """The line of an operation, in a unit that suits its best median; `numbers` of reasons are added to."""
    found = [benchmark_of(operation, document) for document in documents]
    best_s = min((one["stats"]["median"] for one in found if one), default=1.0)
    unit, size_s = next((pair for pair in UNITS if best_s >= pair[1]), UNITS[-1])
    cells = [
        timed(one["stats"], size_s, best_s) if one else failed(operation, document["harness"], numbers)
        for one, document in zip(found, documents, strict=True)
    ]
    label = f"{operation} ({unit})" if any(found) else operation
    return Row(label, operation, METRIC, tuple(mark_alone(cells)))


def benchmark_of(operation: str, document: dict) -> dict | None:
    """What pytest-benchmark has of an operation, None if it gave no time."""
    named = (one for one in document["benchmarks"] if one["name"] == PREFIX + operation)
    return next(named, None)


def timed(stats: dict, size_s: float, best_s: float) -> Cell:
    """Median, quartiles and ratio to the best; equal as printed is equally good."""
    median, low, high = (significant(stats[key] / size_s) for key in ("median", "q1", "q3"))
    best = median == significant(best_s / size_s)
    ratio = "" if best else f" {significant(stats['median'] / best_s)}x"
    return Cell(f"{median} ({low}–{high}){ratio}", stats["median"], best)


def mark_alone(cells: list[Cell]) -> list[Cell]:
    """The cells; a figure that is the only one is not the best."""
    if sum(cell.value is not None for cell in cells) > 1:
        return cells
    return [Cell(cell.text, cell.value, False, cell.ok, cell.notes) for cell in cells]


def failed(operation: str, about: dict, numbers: dict[str, int]) -> Cell:
    """The status of an operation without a time, with the number of its reason."""
    if operation not in about["plan"]["operations"]:
        return Cell(ABSENT, ok=False)
    status, reason = why(operation, about)
    sentence = f"{about['backend']}: {reason}"
    return Cell(status, ok=False, notes=(numbers.setdefault(sentence, len(numbers) + 1),))


def why(operation: str, about: dict) -> tuple[str, str]:
    """Status and reason of an operation without a time: its own, else its process's."""
    own = next((found for found in about["failures"] if found["operation"] == operation), None)
    if own is not None:
        return own["status"], f"{operation}: {own['reason']}"
    if about["reason"] is not None:
        return about["status"], about["reason"]
    return "failed", f"{operation}: pytest-benchmark wrote no figures of it"


def as_record(about: dict) -> dict:
    """As much of a record as the diagnostics read."""
    plan = {key: about["plan"][key] for key in ("profile", "threads")}
    case = {"backend": about["backend"], "workload": "operations", **plan}
    return {"case": case, "settings": about["settings"]}


def facts(documents: list[dict]) -> tuple[str, ...]:
    """The lines below a table."""
    benchmarks = [one for document in documents for one in document["benchmarks"]]
    whats = [f"{one['group']}: {one['extra_info']['what']}" for one in benchmarks]
    machines = [machine_line(document["harness"]["machine"]) for document in documents]
    sessions = [session_line(document) for document in documents]
    return (TIME, *sorted(set(whats)), *agreement(benchmarks), *distinct(machines), *distinct(sessions))


def agreement(benchmarks: list[dict]) -> list[str]:
    """How far all that was timed lies from NumPy."""
    deviations = [one["extra_info"]["deviation"] for one in benchmarks]
    if not deviations:
        return []
    return [
        "Each operation was compared with NumPy in float64 before it was timed; the largest difference is "
        f"{scientific(max(deviations))} of the result's largest value."
    ]


def session_line(document: dict) -> str:
    """Where the numbers come from."""
    about = document["harness"]
    plan = about["plan"]
    return (
        f"Session {about['session']}, at least {plan['rounds']} rounds and {plan['max_time_s']:g} s per operation "
        f"after an equal warm-up, in random order (seed {plan['seed']}); {harness_words(about['machine']['harness'])}."
    )
