"""The noise floor: what chance alone reaches, sides in turns and sides apart."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from sample_records import sample

from harness.orchestrator.analysis import noise, pairs
from harness.orchestrator.analysis.comparison import key_of
from harness.orchestrator.analysis.statistics import evidence
from harness.orchestrator.errors import RecordError
from harness.orchestrator.matrix import FIRST

ROUNDS = 12


def records(in_turns: bool, scatter: float, weather: float) -> list[dict]:
    """Runs of each round on both sides, or of one: `weather` slows a round's runs alike, `scatter` each by itself."""
    rng, made = np.random.default_rng(3), []
    for number in range(1, ROUNDS + 1):
        shared = rng.lognormal(0, weather)
        for side in ("a", "b") if in_turns else (None,):
            record = sample("cntk", "mnist_mlp", number=number)
            record["run"].update(side=side, stage=FIRST)
            took = shared * rng.lognormal(0, scatter)
            record["metrics"] = {"epoch_s": took}
            record["epochs"] = [{"index": 0, "warmup": False, "train_s": took}]
            made.append(record)
    return made


def floors(made: list[dict]) -> dict[bool, float]:
    """The floor of the epoch's, by whether sides took turns."""
    return {row["in_turns"]: row["floor"] for row in noise.floors_of(made) if row["metric"] == "epoch_s"}


def test_what_slows_whole_rounds_raises_the_floor_of_sides_apart_only() -> None:
    found = floors(records(True, 0.005, 0.2))
    assert found[False] > 0.05
    assert found[True] < 0.02


def test_runs_of_one_side_have_no_floor_in_turns() -> None:
    assert list(floors(records(False, 0.01, 0.0))) == [False]


def test_too_few_rounds_have_no_floor() -> None:
    assert noise.floors_of(records(True, 0.01, 0.0)[:18]) == []


def test_without_noise_the_floor_is_zero() -> None:
    assert floors(records(True, 0.0, 0.0)) == {False: 0.0, True: 0.0}


def test_chance_hardly_ever_goes_beyond_the_floor_of_sides_in_turns() -> None:
    rng = np.random.default_rng(0)
    beyond = []
    for _ in range(20):
        floor = noise.floor_in_turns(rng.lognormal(0, 0.03, ROUNDS).tolist())
        low, high, _ = pairs.student(rng.normal(0, 0.03, ROUNDS))
        beyond.append(noise.reach(low, high) > floor)
    assert sum(beyond) <= 2


@pytest.mark.parametrize(
    ("low", "high", "missed"), [(1.1, 1.3, 0.1), (0.7, 0.8, 0.25), (0.9, 1.1, 0.0), (0.0, math.inf, 0.0)]
)
def test_interval_misses_one_on_either_side(low: float, high: float, missed: float) -> None:
    assert noise.reach(low, high) == pytest.approx(missed)


def within_the_tail(floor: float, reaches: list[float]) -> bool:
    """Whether a floor taken from some of all ways to deal the runs is the one that 1 % of all exceed, or so."""
    least, largest = np.quantile(reaches, [0.98, 0.996])
    return least <= floor <= largest


def test_floor_in_turns_is_what_one_in_a_hundred_ways_to_swap_sides_exceeds() -> None:
    logs = np.random.default_rng(5).normal(0, 0.03, 11)
    signs = itertools.product([-1, 1], repeat=len(logs))
    reaches = [noise.reach(*pairs.student(np.array(each) * logs)[:2]) for each in signs]
    assert within_the_tail(noise.floor_in_turns(np.exp(logs).tolist()), reaches)


def test_floor_apart_is_what_one_in_a_hundred_ways_to_deal_runs_exceeds() -> None:
    values = np.random.default_rng(7).lognormal(0, 0.03, 12)
    reaches = []
    for chosen in itertools.combinations(range(12), 6):
        others = [place for place in range(12) if place not in chosen]
        found = evidence(values[list(chosen)].tolist(), values[others].tolist())
        reaches.append(noise.reach(found.low, found.high))
    assert within_the_tail(noise.floor_apart(values.tolist()), reaches)


def test_stored_floors_are_found_again_by_case_conditions_and_way(tmp_path: Path) -> None:
    made = records(True, 0.01, 0.1)
    machine = made[0]["machine"]["name"]
    (tmp_path / machine).mkdir()
    noise.store(tmp_path / machine, noise.floors_of(made))
    found = noise.floors_for(made, tmp_path)
    assert {(key_of(made[0]), "epoch_s", way): floor for way, floor in floors(made).items()}.items() <= found.items()
    changed = [{**record, "case": {**record["case"], "epochs": 99}} for record in made]
    assert noise.floors_for(changed, tmp_path) == {}


def test_floors_of_another_version_are_told(tmp_path: Path) -> None:
    (tmp_path / noise.NAME).write_text(json.dumps({"schema": 1, "floors": []}))
    with pytest.raises(RecordError, match=r"another version of the harness\. Expected schema 2\. Received 1\."):
        noise.read(tmp_path)
