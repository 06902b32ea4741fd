"""A comparison in words, for every format."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from harness.orchestrator.analysis.comparability import ALL, COMPARED, IDENTITY, IMPLIED, OF_METRIC, differences
from harness.orchestrator.analysis.comparison import MISSING, NOT_COMPARABLE, Line
from harness.orchestrator.analysis.diagnostics.rules import diagnostics, silenced_line
from harness.orchestrator.analysis.metrics import Metric
from harness.orchestrator.analysis.verdict import FASTER, INCONCLUSIVE, SAME, SLOWER, Comparison
from harness.orchestrator.core.cases import case_name
from harness.orchestrator.core.formatting import ABSENT, counted, percent
from harness.orchestrator.reports import table
from harness.orchestrator.reports.exporters import View

HEADERS = ("Case", "A", "B", "B / A", "Verdict")
VERDICTS = (SLOWER, FASTER, SAME, INCONCLUSIVE, NOT_COMPARABLE, MISSING)
MOST = 999  # a larger number of further runs means: out of reach
RULE = (
    "Each run is one sample; A and B are medians over runs. B / A, with its 95 % interval in brackets: of runs in the "
    "same rounds of a session the geometric mean of the rounds' ratios, of separate runs the ratio of the means of the "
    "faster halves of each side. "
    "B is slower or faster if the first runs suggest it, fresh runs confirm it by themselves, and over all runs chance "
    "rarely makes such a difference (adjusted for the number of cases) and the interval lies wholly beyond the "
    "threshold; same if the interval lies wholly within it. Of several values in one session no fresh runs are made: "
    "there chance must make it in at most 1 % of cases."
)


@dataclass(frozen=True)
class Finding:
    """A diagnostic of the runs of one side."""

    side: str
    code: str
    sentence: str
    runs: tuple[str, ...]


@dataclass(frozen=True)
class ComparisonView(View):
    """All that is shown of a comparison."""

    heading: str
    a: str
    b: str
    differs: dict[str, tuple[str, str]]
    lines: list[Line]
    across: Collection[str] = ()
    diagnostics: tuple[Finding, ...] = ()
    silenced: str | None = None

    @property
    def metrics(self) -> list[Metric]:
        """The metrics that there are lines of, in order."""
        return list(dict.fromkeys(line.metric for line in self.lines))

    def of(self, metric: Metric) -> list[Line]:
        """The lines of a metric."""
        return [line for line in self.lines if line.metric == metric]

    @property
    def reasons(self) -> list[str]:
        """Why lines have no verdict on figures, or not the one of their first runs; each once."""
        return list(dict.fromkeys(line.reason for line in self.lines if line.reason))

    @property
    def fields(self) -> list[str]:
        """The names of the parts of a line's case."""
        return [field for field in IDENTITY if field not in self.across]

    def case_name(self, line: Line) -> str:
        """A case's name, with the fields in which lines differ."""
        columns = list(zip(*(other.case for other in self.lines), strict=True))
        varying = [
            field
            for field, column in zip(self.fields, columns, strict=True)
            if len(set(column)) > 1 and (field != "batch_size" or self.several_batch_sizes)
        ]
        return case_name(dict(zip(self.fields, line.case, strict=True)), varying)

    @property
    def several_batch_sizes(self) -> bool:
        """Whether a workload has several batch sizes; that two workloads differ in theirs goes without saying."""
        known = {tuple(zip(self.fields, line.case, strict=True)) for line in self.lines}
        sizes = {(dict(case).get("workload"), dict(case).get("batch_size")) for case in known}
        return len(sizes) > len({workload for workload, _ in sizes})

    def cells(self, line: Line) -> tuple[str, ...]:
        """A line as HEADERS has it."""
        found = line.comparison
        if found is None:
            return self.case_name(line), ABSENT, ABSENT, ABSENT, self.verdict(line)
        one, alike = found.evidence, self.runs_per_side(line.metric) is not None
        a = figure(one.median_a, None if alike else one.runs_a, line.metric)
        b = figure(one.median_b, None if alike else one.runs_b, line.metric)
        return self.case_name(line), a, b, ratio(found), self.verdict(line)

    def runs_per_side(self, metric: Metric) -> int | None:
        """How many runs each side of each line has, None if they have not the same number."""
        found = [line.comparison.evidence for line in self.of(metric) if line.comparison]
        numbers = {number for one in found for number in (one.runs_a, one.runs_b)}
        return numbers.pop() if len(numbers) == 1 else None

    def verdict(self, line: Line) -> str:
        """The verdict in words, with the number of its reason or of the runs that would settle it."""
        if line.reason:
            return f"{line.verdict} [{self.reasons.index(line.reason) + 1}]"
        if line.verdict == INCONCLUSIVE:
            more = line.comparison.more
            return f"{INCONCLUSIVE} (+{more if more <= MOST else f'>{MOST}'})"
        return dict(zip((SLOWER, FASTER), table.directions(line.metric), strict=True)).get(line.verdict, line.verdict)

    def title(self, metric: Metric) -> str:
        """What a metric's table is of."""
        limits = [line.comparison.threshold for line in self.of(metric) if line.comparison]
        if not limits:
            return metric.label
        least, most, runs = min(limits), max(limits), self.runs_per_side(metric)
        words = f"{metric.label}: threshold {percent(least)}" + (
            f" to {percent(most)} (noise floor)" if most > least else ""
        )
        return words + (f", {runs} runs per side" if runs else ", number of runs in brackets")

    @property
    def summary(self) -> str:
        """How many lines have which verdict."""
        found = Counter(line.verdict for line in self.lines)
        return ", ".join(f"{found[word]} {word}" for word in VERDICTS if found[word]) or "nothing to compare"

    @property
    def notes(self) -> list[str]:
        """How to read the table, and what to do where there is no verdict."""
        found = [RULE]
        if any(line.verdict == INCONCLUSIVE and not line.reason for line in self.lines):
            found.append(f"{INCONCLUSIVE} (+n): about n more runs per side would settle it.")
        if any(line.verdict == NOT_COMPARABLE for line in self.lines):
            found.append("To compare anyway, name the fields that differ with --across.")
        return [*found, *filter(None, [self.silenced])]

    @property
    def warnings(self) -> list[str]:
        """What may have distorted figures, by side."""
        return [f"Diagnostic of {found.side}: {found.sentence}" for found in self.diagnostics]

    @property
    def introduction(self) -> list[str]:
        """What is compared with what."""
        lines = [f"A: {self.a}", f"B: {self.b}"]
        return lines + [f"{name}: {a} in A, {b} in B" for name, (a, b) in self.differs.items()]


def view_of(
    name: str,
    heading: str,
    a: tuple[str, list[dict]],
    b: tuple[str, list[dict]],
    lines: list[Line],
    across: Collection[str] = (),
    silence: Collection[str] = (),
) -> ComparisonView:
    """The view of two sides, each a name and its records, without the diagnostics of the codes in `silence`."""
    found = [*findings("A", a[1]), *findings("B", b[1])]
    shown = tuple(one for one in found if one.code not in silence)
    differs = compared(a[1], b[1], across)
    return ComparisonView(name, heading, a[0], b[0], differs, lines, across, shown, silenced_line(found, silence))


def findings(side: str, records: list[dict]) -> list[Finding]:
    """The diagnostics of a side."""
    return [
        Finding(side, one.code, one.sentence, tuple(records[place]["run"]["name"] for place in one.runs))
        for one in diagnostics(records)
    ]


def compared(a: list[dict], b: list[dict], across: Collection[str]) -> dict[str, tuple[str, str]]:
    """What differs between the sides, by backend where that is a backend's own and backends are not compared."""
    implied = {name for field in across for name in IMPLIED.get(field, ())}
    known = ALL | {name: path for paths in OF_METRIC.values() for name, path in paths.items()}
    fields = {name: path for name, path in known.items() if name in {*across, *implied}} | COMPARED
    if "backend" in across:
        return differences(*([record for record in side if record["status"] == "ok"] for side in (a, b)), fields)
    found = {}
    for backend in dict.fromkeys(record["case"]["backend"] for record in [*a, *b]):
        own = [[r for r in side if r["case"]["backend"] == backend and r["status"] == "ok"] for side in (a, b)]
        if all(own):
            for name, pair in differences(*own, fields).items():
                found.setdefault((name, pair), []).append(backend)
    return {f"{name} ({', '.join(backends)})": pair for (name, pair), backends in found.items()}


def in_words(field: str, part: str) -> str:
    """A part of a case as it reads among others."""
    if field == "threads":
        return counted(int(part), "thread")
    return f"batch {part}" if field == "batch_size" else part


def figure(value: float, runs: int | None, metric: Metric) -> str:
    """A median with its unit, and the number of runs that it is of if that has to be said."""
    return f"{table.figure(metric, value)} {table.unit(metric)}" + (f" ({runs})" if runs else "")


def ratio(found: Comparison) -> str:
    """The ratio with its interval."""
    one = found.evidence
    if one.low <= 0 or not math.isfinite(one.high):
        return f"{one.ratio:.3f}"
    return f"{one.ratio:.3f} ({one.low:.3f}–{one.high:.3f})"
