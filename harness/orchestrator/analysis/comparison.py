"""Two sides' records, case by case and metric by metric, with a verdict for each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import chain

from harness.orchestrator.analysis import pairs
from harness.orchestrator.analysis.comparability import IDENTITY, OF_METRIC, identity_of, unlike
from harness.orchestrator.analysis.metrics import ALL_METRICS, METRICS, Metric
from harness.orchestrator.analysis.statistics import Evidence, evidence
from harness.orchestrator.analysis.verdict import FASTER, INCONCLUSIVE, SAME, SLOWER, Comparison, judge, limit_of
from harness.orchestrator.core.cases import CONFIRM, FIRST

NOT_COMPARABLE, MISSING = "not comparable", "missing"

Key = tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A metric of a case on both sides.

    case: the fields of IDENTITY that both sides share
    verdict: what is said in the end
    comparison: what all runs say; None if nothing could be compared
    first, fresh: what the first runs say, and those made to confirm it
    reason: why there is no verdict on figures, or why it is not that of all runs
    """

    case: Key
    metric: Metric
    verdict: str
    comparison: Comparison | None = None
    first: Comparison | None = None
    fresh: Comparison | None = None
    reason: str | None = None


def compare(
    a: list[dict],
    b: list[dict],
    metrics: Iterable[str] = tuple(METRICS),
    thresholds: dict[str, float] | None = None,
    floors: dict[tuple[Key, str, bool], float] | None = None,
    across: Collection[str] = (),
) -> list[Line]:
    """A line for each case and metric that either side has.

    Args:
        a, b: the records of the two sides; b is judged against a.
        thresholds: metric -> relative change, in place of its own.
        floors: (case, metric, interleaved) -> noise floor, below which no threshold lies.
        across: fields of comparability.ACROSS in which the sides may differ.
    """
    sides = by_case(a, across), by_case(b, across)
    every = {case: tuple(side.get(case, []) for side in sides) for case in dict.fromkeys([*sides[0], *sides[1]])}
    cases = matched(every, [field for field in IDENTITY if field not in across])
    chosen = [ALL_METRICS[key] for key in metrics]
    lines = [line for case, pair in cases.items() if (line := case_obstacle(case, chosen[0], *pair, across))]
    barred = {line.case for line in lines}
    for metric in chosen:
        limit = (thresholds or {}).get(metric.key, metric.threshold)
        limits = {
            (case, interleaved): limit_of(limit, (floors or {}).get((case, metric.key, interleaved)))
            for case in cases
            for interleaved in (False, True)
        }
        lines += lines_of(metric, {case: pair for case, pair in cases.items() if case not in barred}, limits, across)
    return lines


def by_case(records: list[dict], across: Collection[str]) -> dict[Key, list[dict]]:
    """Records by what names their case."""
    found: dict[Key, list[dict]] = {}
    for record in records:
        found.setdefault(key_of(record, across), []).append(record)
    return found


def key_of(record: dict, across: Collection[str] = ()) -> Key:
    """What names a record's case."""
    return tuple(identity_of(record["case"], across).values())


def matched(cases: dict[Key, tuple[list[dict], list[dict]]], fields: list[str]) -> dict[Key, tuple[list, list]]:
    """The cases, each that A alone has put together with those of its backend and workload that B alone has.

    They differ in their conditions, which is a better answer than that each has no run on the other side.
    """
    found, task = {}, [place for place, field in enumerate(fields) if field in ("backend", "workload")]
    alone = [{}, {}]
    for case, (a, b) in cases.items():
        if a and b:
            found[case] = a, b
        else:
            alone[not a].setdefault(tuple(case[place] for place in task), {})[case] = a or b
    for of_task in dict.fromkeys([*alone[0], *alone[1]]):
        found |= put_together(alone[0].get(of_task, {}), alone[1].get(of_task, {}))
    return found


def put_together(a: dict[Key, list[dict]], b: dict[Key, list[dict]]) -> dict[Key, tuple[list[dict], list[dict]]]:
    """Cases that one side alone has: one pair if there are such of both sides, else each with nothing beside it."""
    if a and b:
        return {next(iter(a)): (list(chain(*a.values())), list(chain(*b.values())))}
    return {case: (a.get(case, []), b.get(case, [])) for case in (*a, *b)}


def case_obstacle(case: Key, metric: Metric, a: list[dict], b: list[dict], across: Collection[str]) -> Line | None:
    """Why nothing can be said about a case, None if something can; said once, in the place of one metric."""
    good = [[record for record in side if record["status"] == "ok"] for side in (a, b)]
    for label, records, ok in zip(("A", "B"), (a, b), good, strict=True):
        if not ok:
            return Line(case, metric, MISSING, reason=f"{label}: {absence(records)}")
    return not_comparable(case, metric, unlike(*good, across))


def not_comparable(case: Key, metric: Metric, unequal: dict[str, tuple[str, str]]) -> Line | None:
    """The line that names the fields which differ, None if none does."""
    reason = "; ".join(f"{name}: {a} / {b}" for name, (a, b) in unequal.items())
    return Line(case, metric, NOT_COMPARABLE, reason=reason) if unequal else None


def lines_of(
    metric: Metric,
    cases: dict[Key, tuple[list[dict], list[dict]]],
    limits: dict[tuple[Key, bool], float],
    across: Collection[str],
) -> list[Line]:
    """A line for each case that has the metric on a side, judged together."""
    measured = {case: pair for case, pair in cases.items() if figures(pair[0], metric) or figures(pair[1], metric)}
    lines = {case: metric_obstacle(case, metric, *pair, across) for case, pair in measured.items()}
    open_cases = {case: measured[case] for case, line in lines.items() if line is None}
    every, first = (judged(metric, open_cases, limits, stage) for stage in (None, FIRST))
    suspects = {case: pair for case, pair in open_cases.items() if first[case].suspected}
    fresh = judged(metric, suspects, limits, CONFIRM)
    return [line or verdict_of(case, metric, every[case], first[case], fresh.get(case)) for case, line in lines.items()]


def metric_obstacle(case: Key, metric: Metric, a: list[dict], b: list[dict], across: Collection[str]) -> Line | None:
    """Why nothing can be said about a metric of a case, None if something can."""
    for label, records in (("A", a), ("B", b)):
        if not figures(records, metric, FIRST):
            return Line(case, metric, MISSING, reason=f"{label}: no figure in any record")
    return not_comparable(case, metric, unlike(a, b, across, OF_METRIC.get(metric.key, {})))


def figures(records: list[dict], metric: Metric, stage: str | None = None) -> list[float]:
    """The metric of the runs that are ok, of one stage or of all."""
    wanted = [record for record in records if stage is None or (record["run"].get("stage") or FIRST) == stage]
    found = [metric.of(record) for record in wanted if record["status"] == "ok"]
    return [value for value in found if value is not None and value > 0]


def absence(records: list[dict]) -> str:
    """Why a side has no run that is ok."""
    if not records:
        return "no run"
    statuses = ", ".join(dict.fromkeys(record["status"] for record in records))
    return f"{statuses}: {records[0]['reason']}"


def judged(
    metric: Metric,
    cases: dict[Key, tuple[list[dict], list[dict]]],
    limits: dict[tuple[Key, bool], float],
    stage: str | None,
) -> dict[Key, Comparison]:
    """What the runs of a stage say, or all; A's first runs stand for fresh ones where B alone has these."""
    all_cases = {case: evidence_on(*sides, metric, stage) for case, sides in cases.items()}
    found = {case: one for case, one in all_cases.items() if one is not None}
    return judge(found, {case: limits[case, one.interleaved] for case, one in found.items()})


def evidence_on(a: list[dict], b: list[dict], metric: Metric, stage: str | None) -> Evidence | None:
    """The evidence on a case: of its rounds if both sides ran in the same ones, else of all runs; None without any."""
    in_rounds = pairs.pairs(a, b, metric, stage)
    if in_rounds:
        return pairs.evidence(in_rounds, metric)
    of_a, of_b = figures(a, metric, stage), figures(b, metric, stage)
    if not of_b or not (of_a or stage == CONFIRM):
        return None
    return evidence(of_a or figures(a, metric), of_b)


def verdict_of(case: Key, metric: Metric, every: Comparison, first: Comparison, fresh: Comparison | None) -> Line:
    """The verdict of all runs; slower or faster only if fresh runs confirm it by themselves."""
    line, differs = Line(case, metric, every.verdict, every, first, fresh), every.verdict in (SLOWER, FASTER)
    if fresh is None and every.stands_alone:
        return line
    if fresh is None:
        reason = f"{every.verdict}, but not yet confirmed by fresh runs"
        return replace(line, verdict=INCONCLUSIVE, reason=reason) if differs else line
    if every.verdict == SAME or (differs and first.suspected == every.verdict and fresh.confirms(every.verdict)):
        return line
    return replace(
        line, verdict=INCONCLUSIVE, reason=f"{first.suspected} in the first runs, {fresh.verdict} in fresh ones"
    )
