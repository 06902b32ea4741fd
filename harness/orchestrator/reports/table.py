"""What tables are made of: backends side by side, a row for each thing measured; the units of metrics."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.orchestrator.analysis.diagnostics.diagnostic import Diagnostic
from harness.orchestrator.analysis.metrics import Metric
from harness.orchestrator.analysis.ranking import Ranking
from harness.orchestrator.analysis.verdict import FASTER, SLOWER
from harness.orchestrator.core.formatting import significant


@dataclass(frozen=True)
class Cell:
    """One figure. `notes` are numbers of the table's reasons; `ok` is false for a status in place of a figure."""

    text: str
    value: float | None = None
    best: bool = False
    ok: bool = True
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Row:
    """One line; `workload` and `metric` say of what."""

    label: str
    workload: str
    metric: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class RankingTable:
    """All of a ranking that a report shows.

    ranking: all that it was made of
    answer: it in one sentence
    lines: cells below the headers
    ends: numbers of the lines that end a task
    """

    ranking: Ranking
    answer: str
    title: str
    headers: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    ends: tuple[int, ...]


@dataclass(frozen=True)
class Table:
    """All that a report shows of what was measured under the same conditions.

    corner: the header of the labels
    headers: backends with their versions
    agreement: title -> a row for each workload
    efficiency: the same; empty if no run knows it
    peaks: what it is relative to
    ranking: the order of the backends; None where there is nothing to order
    diagnostics: what makes figures slower than they need be
    silenced: which diagnostics are not shown, in one line
    """

    title: str
    corner: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    reasons: tuple[str, ...]
    coverage: str
    diagnostics: tuple[Diagnostic, ...]
    facts: tuple[str, ...]
    agreement: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    efficiency: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    peaks: tuple[str, ...] = ()
    ranking: RankingTable | None = None
    silenced: str | None = None


# What reads better in another unit: unit stored -> unit shown, and how much of the one is one of the other.
SHOWN = {"bytes": ("MiB", 2**20)}
# The same of single metrics, by key.
SHOWN_OF = {
    **{f"{name}_p{percent}_s": ("ms", 1e-3) for name in ("step", "inference_latency") for percent in (50, 95, 99)},
    **dict.fromkeys(("samples_per_s", "evaluation_samples_per_s", "inference_samples_per_s"), ("µs", 1e-6)),
}


def unit(metric: Metric) -> str:
    """The unit that a metric is shown in."""
    return shown(metric)[0]


def shown(metric: Metric) -> tuple[str, float]:
    """The unit that a metric is shown in, and how much of the one that is stored is one of it."""
    return SHOWN_OF.get(metric.key) or SHOWN.get(metric.unit, (metric.unit, 1))


def amount(metric: Metric, value: float) -> float:
    """A value in that unit."""
    return value / shown(metric)[1]


def figure(metric: Metric, value: float) -> str:
    """A value as it is printed."""
    return significant(amount(metric, value))


def directions(metric: Metric) -> tuple[str, str]:
    """What one says where a metric has risen, and where it has fallen."""
    return (SLOWER, FASTER) if metric.unit == "s" else ("more", "less")
