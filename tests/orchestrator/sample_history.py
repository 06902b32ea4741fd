"""Histories, made up: noise of a known kind, and records of many sessions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.orchestrator.sample_records import sample


def noisy(seed: int, count: int, deviation: float, bad: float = 0.1) -> np.ndarray:
    """Figures around 2.0; a share of them is bad: higher by several deviations."""
    draw = np.random.default_rng(seed)
    logs = draw.normal(size=count) + 8 * (draw.random(count) < bad) * np.abs(draw.normal(size=count))
    return 2.0 * np.exp(deviation * logs)


def session(
    day: int, epochs: Sequence[float], backend: str = "cntk", version: str = "2.7", commit: str = "a" * 40
) -> list[dict]:
    """A session on a day of October with a run for each figure."""
    records = []
    for number, epoch_s in enumerate(epochs, 1):
        record = sample(backend, "mnist_mlp", number=number)
        record["metrics"]["epoch_s"] = epoch_s
        record["run"]["begin_utc"] = f"2026-10-{day:02d}T12:{number:02d}:00Z"
        record["session"] = {**record["session"], "id": f"202610{day:02d}-120000"}
        record["case"]["version"] = version
        record["versions"] = {backend: version}
        record["machine"] = {**record["machine"], "harness": {"version": "0.1.0", "commit": commit, "dirty": False}}
        records.append(record)
    return records


def history(values: Sequence[float]) -> list[dict]:
    """A session with one run for each value."""
    return [record for day, value in enumerate(values, 1) for record in session(day, [value])]


def store(records: list[dict], results: Path) -> None:
    """Lay records down as sessions do."""
    for record in records:
        folder = results / record["machine"]["name"] / record["session"]["id"]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{record['run']['name']}.json").write_text(json.dumps(record))
