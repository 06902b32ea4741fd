"""The table of the 2015 announcement from records: workload rows, a column per backend, and notes below."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import median

from harness.orchestrator.analysis.comparability import identity_of
from harness.orchestrator.analysis.diagnostics.rules import diagnostics, silenced_line
from harness.orchestrator.analysis.ranking import by_task, ranking
from harness.orchestrator.analysis.sweep import Sweep, sweeps
from harness.orchestrator.core.formatting import ABSENT, percent, scientific, significant
from harness.orchestrator.reports.exporters import View
from harness.orchestrator.reports.session.footnotes import facts, peak_lines, shared_conditions
from harness.orchestrator.reports.session.metric_rows import METRIC_ROWS, explained
from harness.orchestrator.reports.session.ranking import LEGEND, ranking_table
from harness.orchestrator.reports.table import Cell, RankingTable, Row, Table

Show = Callable[[list[float]], str]


def middle(values: list[float]) -> str:
    """The median."""
    return significant(median(values))


def spread(values: list[float]) -> str:
    """The median of fractions, with the least and the largest if they differ."""
    least, most = 100 * min(values), 100 * max(values)
    return percent(median(values)) + (f" ({least:.1f}–{most:.1f})" if least < most else "")


def worst(values: list[float]) -> str:
    """The largest."""
    return scientific(max(values))


# Metric -> label of its row.
METRICS = {"compile_s": "compilation (s)", "epoch_2015_s": "runtime/epoch (s)"}
# What is shown of all that the backends must agree in: metric -> title, and how it is written.
AGREEMENT = {
    "val_accuracy": ("Validation accuracy after the last epoch", spread),
    "parity_deviation": ("Largest deviation of the first training steps from NumPy in float64", worst),
}
EFFICIENCY = {"peak_fraction": ("Training's share of the machine's peak floating-point rate", spread)}
# Fields of a case that all cells of one table share.
SHARED = ("device", "threads", "profile", "edition", "floatx")


@dataclass(frozen=True)
class SessionView(View):
    """The runs of a session; `metrics`: those of METRIC_ROWS that are shown as well."""

    records: list[dict]
    metrics: tuple[str, ...] = ()
    silence: Collection[str] = field(default=(), kw_only=True)  # codes of diagnostics that are not shown

    @cached_property
    def tables(self) -> list[Table]:
        """Its tables."""
        return tables(self.records, self.metrics, self.silence)

    @cached_property
    def sweeps(self) -> list[Sweep]:
        """Throughput by each axis on which a case has several values."""
        return sweeps(self.records)


def tables(records: list[dict], metrics: Sequence[str] = (), silence: Collection[str] = ()) -> list[Table]:
    """One table for each set of conditions; devices in the order in which the session names them."""
    groups: dict[tuple, list[dict]] = {}
    several = several_batch_sizes(records)
    for record in sorted(records, key=device_place):
        case = identity_of(record["case"])
        shared = (case[key] for key in (*SHARED, *(["batch_size"] if several else [])))
        groups.setdefault((record["run"].get("side"), *shared), []).append(record)
    tasks = len(by_task(records))
    shown = [table_of(group, shared_conditions(group, several), tasks, metrics, silence) for group in groups.values()]
    return without_repeats(shown)


def several_batch_sizes(records: list[dict]) -> bool:
    """Whether a workload was measured in batches of several sizes, as far as records know theirs."""
    cases = [case for record in records if (case := identity_of(record["case"]))["batch_size"].isdecimal()]
    sizes = {(case["workload"], case["edition"], case["batch_size"]) for case in cases}
    return len(sizes) > len({(workload, edition) for workload, edition, _ in sizes})


def without_repeats(shown: list[Table]) -> list[Table]:
    """The tables, with what several have below them below the last of these."""
    left = []
    for place, one in enumerate(shown):
        later = {line for other in shown[place + 1 :] for line in (*other.facts, *other.peaks)}
        facts, peaks = (tuple(line for line in lines if line not in later) for lines in (one.facts, one.peaks))
        left.append(replace(one, facts=facts, peaks=peaks))
    return left


def device_place(record: dict) -> int:
    """Where a record's device stands in its session."""
    devices = record["session"].get("devices", [])
    device = record["case"]["device"]
    return devices.index(device) if device in devices else len(devices)


def ranked(records: list[dict], tasks: int) -> RankingTable | None:
    """The ranking of records, of a session with so many tasks; None where its sides are compared, or nothing is."""
    if any(record["run"].get("side") for record in records):
        return None
    workloads = order(records, "workload")
    found = ranking(sorted(records, key=lambda record: workloads.index(record["case"]["workload"])), tasks)
    return None if found is None else ranking_table(found)


def table_of(records: list[dict], title: str, tasks: int, metrics: Sequence[str], silence: Collection[str]) -> Table:
    """The table of records that share their conditions, which are its title, of a session with so many tasks."""
    backends, workloads = order(records, "backend"), order(records, "workload")
    reasons: dict[str, int] = {}
    runs = {
        (workload, backend): [
            r for r in records if (r["case"]["workload"], r["case"]["backend"]) == (workload, backend)
        ]
        for workload in workloads
        for backend in backends
    }

    def row(label: str, workload: str, metric: str, show: Show) -> Row:
        columns = (runs[workload, backend] for backend in backends)
        return Row(label, workload, metric, tuple(cell(of_case, metric, reasons, show) for of_case in columns))

    def of_workloads(metrics: dict[str, tuple[str, Show]]) -> dict[str, tuple[Row, ...]]:
        return {
            title: tuple(row(workload, workload, metric, show) for workload in workloads)
            for metric, (title, show) in metrics.items()
        }

    shown = {metric: (label, middle) for metric, label in METRICS.items()} | {
        metric: (METRIC_ROWS[metric].label, METRIC_ROWS[metric].show) for metric in metrics
    }
    timed = [
        row(f"{workload}: {label}", workload, metric, show)
        for workload in workloads
        for metric, (label, show) in shown.items()
    ]
    placed = ranked(records, tasks)
    found = diagnostics(records)
    known = any(record["metrics"].get(metric) is not None for record in records for metric in EFFICIENCY)
    return Table(
        title=title,
        corner="Task",
        headers=tuple(" ".join(filter(None, (backend, version(records, backend)))) for backend in backends),
        rows=tuple(mark_best(line) for line in timed),
        agreement=of_workloads(AGREEMENT),
        efficiency=of_workloads(EFFICIENCY) if known else {},
        peaks=tuple(peak_lines(records)),
        reasons=tuple(reasons),
        coverage=coverage(runs),
        diagnostics=tuple(one for one in found if one.code not in silence),
        silenced=silenced_line(found, silence),
        facts=(*([LEGEND] if placed else []), *explained(metrics), *facts(records, workloads)),
        ranking=placed,
    )


def order(records: list[dict], key: str) -> list[str]:
    """Names of backends or workloads: as the sessions planned them, then as they come."""
    planned = [name for record in records for name in record["session"].get(f"{key}s", [])]
    present = [record["case"][key] for record in records]
    return [name for name in dict.fromkeys([*planned, *present]) if name in present]


def version(records: list[dict], backend: str) -> str | None:
    """The backend's version, None if no record knows it; several are shown together."""
    of_backend = [record["case"] for record in records if record["case"]["backend"] == backend]
    known = dict.fromkeys(case["version"] for case in of_backend if case.get("version"))
    return " / ".join(known) or None


def reason_number(record: dict, reasons: dict[str, int]) -> int:
    """The number of what happened to a run, added to `reasons` if it is new; the same sentence has the same number."""
    case, status = record["case"], record["status"]
    # A backend that is missing is so for all workloads, and a session that ended for all cases.
    names = {"unsupported": f"{case['backend']}: ", "skipped": ""}
    sentence = names.get(status, f"{case['backend']}, {case['workload']}: ") + record["reason"]
    return reasons.setdefault(sentence, len(reasons) + 1)


def cell(runs: list[dict], metric: str, reasons: dict[str, int], show: Show) -> Cell:
    """The figure of the runs that are ok, else their status."""
    if not runs:
        return Cell(ABSENT, ok=False)
    notes = tuple(dict.fromkeys(reason_number(run, reasons) for run in runs if run["status"] != "ok"))
    found = [run["metrics"].get(metric) for run in runs if run["status"] == "ok"]
    values = [value for value in found if value is not None]
    if values:
        return Cell(show(values), median(values), notes=notes)
    statuses = dict.fromkeys(run["status"] for run in runs if run["status"] != "ok")
    return Cell(", ".join(statuses) or ABSENT, ok=False, notes=notes)


def mark_best(line: Row) -> Row:
    """The line with its best figure marked, if there is more than one; equal as printed is equally good."""
    timed = [one for one in line.cells if one.value is not None]
    if len(timed) < 2:
        return line
    best = (max if more_is_better(line.metric) else min)(timed, key=lambda one: one.value).text
    cells = tuple(Cell(c.text, c.value, c.ok and c.text == best, c.ok, c.notes) for c in line.cells)
    return Row(line.label, line.workload, line.metric, cells)


def more_is_better(metric: str) -> bool:
    """Whether the largest figure is the best one."""
    return metric in METRIC_ROWS and METRIC_ROWS[metric].more_is_better


def coverage(runs: dict[tuple[str, str], list[dict]]) -> str:
    """How many of the cases gave a figure."""
    ok = sum(any(run["status"] == "ok" for run in of_case) for of_case in runs.values())
    whole = sum(bool(of_case) for of_case in runs.values())
    return f"{ok} of {whole} cases"
