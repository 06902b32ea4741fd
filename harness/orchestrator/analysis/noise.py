"""The noise floor of a case: a threshold at which repeated runs of the same thing are hardly ever called different.

Interleaved sides, which run in the same rounds, show smaller differences than separate ones (`pairs`): each has a floor
of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from itertools import product
from pathlib import Path

import numpy as np
import scipy

from harness.orchestrator.analysis import pairs
from harness.orchestrator.analysis.comparability import IDENTITY, MUST_AGREE, at
from harness.orchestrator.analysis.comparison import Key, by_case, figures, key_of
from harness.orchestrator.analysis.metrics import METRICS, Metric
from harness.orchestrator.analysis.statistics import FEWEST, evidence
from harness.orchestrator.core.errors import RecordError
from harness.orchestrator.results.record import write_whole

NAME = "noise.json"
# History of SCHEMA, newest first.
# 4: the batch size is a part of the case, no longer of the conditions.
# 3: `interleaved`, which was `in_turns`.
# 2: `in_turns`: a floor of its own for sides in the same rounds.
SCHEMA = 4
# Ways to deal the runs to two sides that the floor is taken from, and the share whose interval may lie beyond it.
WAYS = 400
BEYOND = 0.01
# Conditions that a floor holds for, beside its case.
CONDITIONS = tuple(name for name in MUST_AGREE if name not in ("seed", "data_sha256"))


def floor_separate(values: list[float]) -> float:
    """The floor of separate sides, from the figures of runs: as if half of them were of the other side."""
    shuffler, half = np.random.default_rng(len(values)), len(values) // 2
    dealt = (shuffler.permutation(values) for _ in range(WAYS))
    found = (evidence(each[:half], each[half : 2 * half]) for each in dealt)
    return farthest([reach(one.low, one.high) for one in found])


def floor_interleaved(ratios: list[float]) -> float:
    """The floor of interleaved sides, from the rounds' ratios: as if the sides of some rounds were swapped."""
    logs = np.log(ratios)
    swaps = np.random.default_rng(len(ratios)).choice([-1, 1], (WAYS, len(ratios)))
    return farthest([reach(*pairs.student(swap * logs)[:2]) for swap in swaps])


def farthest(reaches: list[float]) -> float:
    """The reach that BEYOND of all exceed."""
    return float(np.quantile(reaches, 1 - BEYOND))


def reach(low: float, high: float) -> float:
    """By how much an interval of the ratio misses 1; 0 if it does not."""
    return max(0.0, low - 1, 1 / high - 1)


def floors_of(records: list[dict]) -> list[dict]:
    """The floors of each case and metric with enough runs: separate, and interleaved if the session has two sides."""
    return [
        stored_floor(case, a, metric, values, floor(values), interleaved=floor is floor_interleaved)
        for case, of_case in by_case(records, ()).items()
        for a, b in [of_sides(of_case)]
        for metric in METRICS.values()
        for floor, values in samples(a, b, metric)
        if len(values) >= 2 * FEWEST
    ]


def samples(
    a: list[dict], b: list[dict], metric: Metric
) -> Iterator[tuple[Callable[[list[float]], float], list[float]]]:
    """Each floor with what it is taken from: the figures of one side, and the ratios of each round."""
    yield floor_separate, figures(a, metric)
    yield floor_interleaved, [pairs.ratio(pair, metric) for pair in pairs.pairs(a, b, metric)]


def of_sides(records: list[dict]) -> tuple[list[dict], list[dict]]:
    """Records of the first side and of the others."""
    sides = [record["run"].get("side") or "" for record in records]
    marked = list(zip(records, [side == min(sides) for side in sides], strict=True))
    return [record for record, first in marked if first], [record for record, first in marked if not first]


def stored_floor(
    case: Key, records: list[dict], metric: Metric, values: list[float], floor: float, interleaved: bool
) -> dict:
    """What is stored of a case's floor; `values` are figures of runs, or ratios of rounds."""
    return {
        "case": dict(zip(IDENTITY, case, strict=True)),
        "conditions": floor_conditions(records[0]),
        "metric": metric.key,
        "interleaved": interleaved,
        "runs": len(values),
        "median": float(np.median(values)),
        "spread": float(scipy.stats.median_abs_deviation(np.log(values), scale="normal")),
        "floor": floor,
        "session": records[0]["session"]["id"],
        "begin_utc": records[0]["run"]["begin_utc"],
    }


def floor_conditions(record: dict) -> dict:
    """What a floor holds for."""
    return {name: at(record, MUST_AGREE[name]) for name in CONDITIONS}


def store(folder: Path, floors: list[dict]) -> Path:
    """Write the floors of a machine, newer ones in place of older ones of the same case, conditions and metric."""
    path = folder / NAME
    kept = [old for old in read(folder) if all(identity(old) != identity(new) for new in floors)]
    write_whole(path, json.dumps({"schema": SCHEMA, "floors": [*kept, *floors]}, allow_nan=False, indent=1) + "\n")
    return path


def identity(found: dict) -> str:
    """What a floor is of."""
    return json.dumps([found["case"], found["conditions"], found["metric"], found["interleaved"]], sort_keys=True)


def read(folder: Path) -> list[dict]:
    """The stored floors of a machine; none if it was never measured.

    Raises:
        RecordError: the file is no such file.
    """
    path = folder / NAME
    if not path.exists():
        return []
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] not in (2, 3, SCHEMA):
            raise RecordError(
                f"{path} comes from another version of the harness. Expected schema {SCHEMA}. Received "
                f"{content['schema']}. Remove it and measure again: harness noise."
            )
        current = content["schema"] == SCHEMA
        return [floor if current else upgraded(floor) for floor in content["floors"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecordError(f"{path} is not readable. Expected what harness noise writes. Remove it.") from error


def upgraded(floor: dict) -> dict:
    """A floor of an older schema as the current one has it."""
    known = {{"in_turns": "interleaved"}.get(key, key): value for key, value in floor.items()}
    conditions = dict(known["conditions"])
    batch_size = conditions.pop("batch_size", None)
    case = {"batch_size": str(batch_size), **known["case"]}
    return {**known, "case": case, "conditions": conditions}


def floors_for(records: list[dict], results: Path, across: Collection[str] = ()) -> dict[tuple[Key, str, bool], float]:
    """(case, metric, interleaved) -> floor for records, from their machines' folders; cases named without `across`."""
    machines = {record["machine"]["name"] for record in records if record.get("machine")}
    stored = {identity(one): one["floor"] for machine in sorted(machines) for one in read(results / machine)}
    found: dict[tuple[Key, str, bool], float] = {}
    for record in records if stored else []:
        case = dict(zip(IDENTITY, key_of(record), strict=True))
        for metric, interleaved in product(METRICS, (False, True)):
            one = {"case": case, "conditions": floor_conditions(record), "metric": metric, "interleaved": interleaved}
            value = stored.get(identity(one))
            if value is not None:
                key = key_of(record, across), metric, interleaved
                found[key] = max(value, found.get(key, 0.0))
    return found
