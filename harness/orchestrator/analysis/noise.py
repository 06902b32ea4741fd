"""The noise floor of a case: a threshold at which runs of one and the same thing are hardly ever called different."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import numpy as np
from scipy import stats

from harness.orchestrator.analysis.comparability import IDENTITY, MUST_AGREE, at
from harness.orchestrator.analysis.comparison import Key, by_case, figures, key_of
from harness.orchestrator.analysis.metrics import METRICS
from harness.orchestrator.analysis.statistics import FEWEST, evidence
from harness.orchestrator.errors import RecordError
from harness.orchestrator.records import write_whole

NAME = "noise.json"
SCHEMA = 1
# Ways to split the runs in two that the floor is taken from, and the share of them whose interval may lie beyond it.
SPLITS = 400
BEYOND = 0.01
# Conditions that a floor holds for, beside its case.
CONDITIONS = tuple(name for name in MUST_AGREE if name not in ("seed", "data_sha256"))


def floor(values: list[float]) -> float | None:
    """How far beyond 1 the interval of the ratio of two halves of `values` reaches; BEYOND of the splits reach further.

    None if there are too few runs for two sides.
    """
    if len(values) < 2 * FEWEST:
        return None
    shuffler = np.random.default_rng(len(values))
    reaches = [reach(shuffler.permutation(values)) for _ in range(SPLITS)]
    return float(np.quantile(reaches, 1 - BEYOND))


def reach(values: np.ndarray) -> float:
    """By how much the interval of one half against the other misses 1; 0 if it does not."""
    half = len(values) // 2
    found = evidence(values[:half], values[half : 2 * half])
    return max(0.0, found.low - 1, 1 / found.high - 1)


def floors_of(records: list[dict]) -> list[dict]:
    """A row {case, conditions, metric, runs, median, spread, floor} for each case and metric with runs enough."""
    rows = []
    for case, of_case in by_case(records, ()).items():
        for metric in METRICS.values():
            values = figures(of_case, metric)
            found = floor(values)
            if found is not None:
                rows.append(row(case, of_case, metric.key, values, found))
    return rows


def row(case: Key, records: list[dict], metric: str, values: list[float], found: float) -> dict:
    """What is stored of a case's floor."""
    return {
        "case": dict(zip(IDENTITY, case, strict=True)),
        "conditions": conditions(records[0]),
        "metric": metric,
        "runs": len(values),
        "median": float(np.median(values)),
        "spread": float(stats.median_abs_deviation(np.log(values), scale="normal")),
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
    return json.dumps([found["case"], found["conditions"], found["metric"]], sort_keys=True)


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
        if content["schema"] > SCHEMA:
            raise RecordError(f"{path} comes from a newer harness. Expected schema <= {SCHEMA}. Update yours.")
        return content["floors"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecordError(f"{path} is not readable. Expected what harness noise writes. Remove it.") from error


def floors_for(records: list[dict], results: Path, across: Collection[str] = ()) -> dict[tuple[Key, str], float]:
    """(case, metric) -> floor that holds for records, from their machines' folders; cases named without `across`."""
    machines = {record["machine"]["name"] for record in records if record.get("machine")}
    stored = {identity(one): one["floor"] for machine in sorted(machines) for one in read(results / machine)}
    found: dict[tuple[Key, str], float] = {}
    for record in records if stored else []:
        case = dict(zip(IDENTITY, key_of(record), strict=True))
        for metric in METRICS:
            value = stored.get(identity({"case": case, "conditions": conditions(record), "metric": metric}))
            if value is not None:
                key = key_of(record, across), metric
                found[key] = max(value, found.get(key, 0.0))
    return found
