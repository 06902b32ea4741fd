"""The noise floor of a case: a threshold at which runs of one and the same thing are hardly ever called different.

Sides that run in the same rounds are told apart better than others (`pairs`): each way has a floor of its own.
"""

from __future__ import annotations

import json
from collections.abc import Collection
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
SCHEMA = 2
# Ways to deal the runs to two sides that the floor is taken from, and the share whose interval may lie beyond it.
WAYS = 400
BEYOND = 0.01
# Conditions that a floor holds for, beside its case.
CONDITIONS = tuple(name for name in MUST_AGREE if name not in ("seed", "data_sha256"))


def floor_apart(values: list[float]) -> float:
    """The floor of sides that ran apart, from the figures of runs: as if half of them were of the other side."""
    shuffler, half = np.random.default_rng(len(values)), len(values) // 2
    dealt = (shuffler.permutation(values) for _ in range(WAYS))
    found = (evidence(each[:half], each[half : 2 * half]) for each in dealt)
    return farthest([reach(one.low, one.high) for one in found])


def floor_in_turns(ratios: list[float]) -> float:
    """The floor of sides in the same rounds, from the rounds' ratios: as if the sides of some rounds were swapped."""
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
    """The rows of each case and metric: of runs apart and, if the session has two sides, of runs in turns."""
    return [
        found
        for case, of_case in by_case(records, ()).items()
        for a, b in [of_sides(of_case)]
        for metric in METRICS.values()
        for found in (apart(case, a, metric), in_turns(case, a, b, metric))
        if found is not None
    ]


def apart(case: Key, records: list[dict], metric: Metric) -> dict | None:
    """The row of runs apart: of one side's runs, as those of a round ran at the same time; None if they are too few."""
    values = figures(records, metric)
    return row(case, records, metric, values, floor_apart(values), False) if len(values) >= 2 * FEWEST else None


def in_turns(case: Key, a: list[dict], b: list[dict], metric: Metric) -> dict | None:
    """The row of runs in turns; None if rounds are too few."""
    ratios = [pairs.ratio(pair, metric) for pair in pairs.pairs(a, b, metric)]
    return row(case, a, metric, ratios, floor_in_turns(ratios), True) if len(ratios) >= 2 * FEWEST else None


def of_sides(records: list[dict]) -> tuple[list[dict], list[dict]]:
    """Records of the first side and of the others."""
    sides = [record["run"].get("side") or "" for record in records]
    marked = list(zip(records, [side == min(sides) for side in sides], strict=True))
    return [record for record, first in marked if first], [record for record, first in marked if not first]


def row(case: Key, records: list[dict], metric: Metric, values: list[float], found: float, in_turns: bool) -> dict:
    """What is stored of a case's floor; `values` are figures of runs, or ratios of rounds."""
    return {
        "case": dict(zip(IDENTITY, case, strict=True)),
        "conditions": conditions(records[0]),
        "metric": metric.key,
        "in_turns": in_turns,
        "runs": len(values),
        "median": float(np.median(values)),
        "spread": float(scipy.stats.median_abs_deviation(np.log(values), scale="normal")),
        "floor": found,
        "session": records[0]["session"]["id"],
        "begin_utc": records[0]["run"]["begin_utc"],
    }


def conditions(record: dict) -> dict:
    """What a floor holds for."""
    return {name: at(record, MUST_AGREE[name]) for name in CONDITIONS}


def store(folder: Path, rows: list[dict]) -> Path:
    """Write the floors of a machine, newer ones in place of older ones of the same case, conditions and metric."""
    path = folder / NAME
    kept = [old for old in read(folder) if all(identity(old) != identity(new) for new in rows)]
    write_whole(path, json.dumps({"schema": SCHEMA, "floors": [*kept, *rows]}, allow_nan=False, indent=1) + "\n")
    return path


def identity(found: dict) -> str:
    """What a floor is of."""
    return json.dumps([found["case"], found["conditions"], found["metric"], found["in_turns"]], sort_keys=True)


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
        if content["schema"] != SCHEMA:
            raise RecordError(
                f"{path} comes from another version of the harness. Expected schema {SCHEMA}. Received "
                f"{content['schema']}. Remove it and measure anew: harness noise."
            )
        return content["floors"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecordError(f"{path} is not readable. Expected what harness noise writes. Remove it.") from error


def floors_for(records: list[dict], results: Path, across: Collection[str] = ()) -> dict[tuple[Key, str, bool], float]:
    """(case, metric, in turns) -> floor for records, from their machines' folders; cases named without `across`."""
    machines = {record["machine"]["name"] for record in records if record.get("machine")}
    stored = {identity(one): one["floor"] for machine in sorted(machines) for one in read(results / machine)}
    found: dict[tuple[Key, str, bool], float] = {}
    for record in records if stored else []:
        case = dict(zip(IDENTITY, key_of(record), strict=True))
        for metric, turns in product(METRICS, (False, True)):
            one = {"case": case, "conditions": conditions(record), "metric": metric, "in_turns": turns}
            value = stored.get(identity(one))
            if value is not None:
                key = key_of(record, across), metric, turns
                found[key] = max(value, found.get(key, 0.0))
    return found
