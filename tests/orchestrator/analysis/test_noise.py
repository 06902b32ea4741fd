"""The noise floor: what chance alone reaches, of interleaved and of separate sides."""

from __future__ import annotations

import itertools
import json
import math
import shutil
import statistics
from pathlib import Path

import numpy as np
import pytest

from harness.orchestrator.analysis import noise, pairs
from harness.orchestrator.analysis.comparability import IDENTITY
from harness.orchestrator.analysis.comparison import key_of
from harness.orchestrator.analysis.statistics import evidence
from harness.orchestrator.core.cases import CONFIRM, FIRST
from harness.orchestrator.core.errors import RecordError
from tests.orchestrator.sample_records import sample

ROUNDS = 12
OLD = Path(__file__).with_name("noise_schema_2.json")


def records(interleaved: bool, scatter: float, weather: float) -> list[dict]:
    """Runs of each round on both sides, or of one: `weather` slows a round's runs alike, `scatter` each by itself."""
    rng, made = np.random.default_rng(3), []
    for number in range(1, ROUNDS + 1):
        shared = rng.lognormal(0, weather)
        for side in ("a", "b") if interleaved else (None,):
            record = sample("cntk", "mnist_mlp", number=number)
            record["run"].update(side=side, stage=FIRST)
            took = shared * rng.lognormal(0, scatter)
            record["metrics"] = {"epoch_s": took}
            record["epochs"] = [{"index": 0, "warmup": False, "train_s": took}]
            made.append(record)
    return made


def floors(made: list[dict]) -> dict[bool, float]:
    """The floor of the epoch's, by whether sides were interleaved."""
    return {row["interleaved"]: row["floor"] for row in noise.floors_of(made) if row["metric"] == "epoch_s"}


def test_what_slows_whole_rounds_raises_the_floor_of_separate_sides_only() -> None:
    found = floors(records(True, 0.005, 0.2))
    assert found[False] > 0.05
    assert found[True] < 0.02


def test_runs_of_one_side_have_no_floor_interleaved() -> None:
    assert list(floors(records(False, 0.01, 0.0))) == [False]


def test_ten_rounds_have_a_floor_and_nine_have_none() -> None:
    made = records(True, 0.01, 0.0)
    assert set(floors(made[:20])) == {False, True}
    assert noise.floors_of(made[:18]) == []


def test_fresh_rounds_are_rounds_like_others() -> None:
    made = records(True, 0.01, 0.1)
    before = floors(made)
    for record in made[12:]:
        record["run"]["stage"] = CONFIRM
    assert floors(made) == before


def test_floor_is_stored_with_what_it_was_taken_from() -> None:
    made = records(True, 0.01, 0.1)
    for place, record in enumerate(made):
        record["run"]["begin_utc"] = f"2026-11-20T12:{place:02d}:00Z"
    took = {side: [r["metrics"]["epoch_s"] for r in made if r["run"]["side"] == side] for side in "ab"}
    ratios = [b / a for a, b in zip(took["a"], took["b"], strict=True)]
    rows = {row["interleaved"]: row for row in noise.floors_of(made) if row["metric"] == "epoch_s"}
    for interleaved, figures in ((False, took["a"]), (True, ratios)):
        logs = [math.log(figure) for figure in figures]
        middle = statistics.median(logs)
        spread = 1.4826 * statistics.median(abs(log - middle) for log in logs)
        row = rows[interleaved]
        assert (row["runs"], row["median"]) == (ROUNDS, pytest.approx(statistics.median(figures)))
        assert row["spread"] == pytest.approx(spread, rel=1e-4)
        assert (row["session"], row["begin_utc"]) == ("20261120-120000", "2026-11-20T12:00:00Z")
    assert rows[False]["floor"] == noise.floor_separate(took["a"])
    assert rows[True]["floor"] == pytest.approx(noise.floor_interleaved(ratios))


def test_floor_separate_leaves_out_one_run_of_an_odd_number() -> None:
    # Of all ways one in 15 leaves out 1.5 and sets 1, 1 against 2, 2: the interval of their ratio is 2 alone.
    assert noise.floor_separate([1.0, 1.0, 1.5, 2.0, 2.0]) == pytest.approx(1.0)


def test_floor_interleaved_swaps_sides_and_does_not_scale_what_differs() -> None:
    # Of all ways one in eight swaps all rounds or none: the interval of their ratio is 1.5 or 2 / 3 alone.
    assert noise.floor_interleaved([1.5] * 4) == pytest.approx(0.5)


def test_without_noise_the_floor_is_zero() -> None:
    assert floors(records(True, 0.0, 0.0)) == {False: 0.0, True: 0.0}


def test_chance_hardly_ever_goes_beyond_the_floor_of_interleaved_sides() -> None:
    rng = np.random.default_rng(0)
    beyond = []
    for _ in range(20):
        floor = noise.floor_interleaved(rng.lognormal(0, 0.03, ROUNDS).tolist())
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


def test_floor_interleaved_is_what_one_in_a_hundred_ways_to_swap_sides_exceeds() -> None:
    logs = np.random.default_rng(5).normal(0, 0.03, 11)
    signs = itertools.product([-1, 1], repeat=len(logs))
    reaches = [noise.reach(*pairs.student(np.array(each) * logs)[:2]) for each in signs]
    assert within_the_tail(noise.floor_interleaved(np.exp(logs).tolist()), reaches)


def test_floor_separate_is_what_one_in_a_hundred_ways_to_deal_runs_exceeds() -> None:
    values = np.random.default_rng(7).lognormal(0, 0.03, 12)
    reaches = []
    for chosen in itertools.combinations(range(12), 6):
        others = [place for place in range(12) if place not in chosen]
        found = evidence(values[list(chosen)].tolist(), values[others].tolist())
        reaches.append(noise.reach(found.low, found.high))
    assert within_the_tail(noise.floor_separate(values.tolist()), reaches)


def test_stored_floors_are_found_again_by_case_conditions_and_way(tmp_path: Path) -> None:
    made = records(True, 0.01, 0.1)
    machine = made[0]["machine"]["name"]
    (tmp_path / machine).mkdir()
    noise.store(tmp_path / machine, noise.floors_of(made))
    found = noise.floors_for(made, tmp_path)
    assert {(key_of(made[0]), "epoch_s", way): floor for way, floor in floors(made).items()}.items() <= found.items()
    changed = [{**record, "case": {**record["case"], "epochs": 99}} for record in made]
    assert noise.floors_for(changed, tmp_path) == {}


def rows(floor: float, **changes: object) -> list[dict]:
    """A stored floor, as the file has it."""
    conditions = {"epochs": 3, "samples": {"train": 2, "test": 1}}
    row = {"case": {"backend": "cntk"}, "conditions": conditions, "metric": "epoch_s", "interleaved": True}
    return [{**row, "floor": floor, **changes}]


def test_newer_floor_takes_the_place_of_an_older_one_of_the_same(tmp_path: Path) -> None:
    others = [
        *rows(0.2, interleaved=False),
        *rows(0.3, metric="compile_s"),
        *rows(0.4, case={"backend": "numpy"}),
        *rows(0.5, conditions={"epochs": 5}),
    ]
    noise.store(tmp_path, rows(0.1) + others)
    again = rows(0.6, conditions={"samples": {"test": 1, "train": 2}, "epochs": 3})
    path = noise.store(tmp_path, again)
    assert noise.read(tmp_path) == others + again
    assert path.read_text().startswith('{\n "schema": 4,\n "floors": [\n  {\n   "case": {')
    with pytest.raises(ValueError, match="JSON compliant"):
        noise.store(tmp_path, rows(math.nan))
    assert noise.read(tmp_path) == others + again


def test_cases_that_are_compared_across_a_field_share_the_larger_floor(tmp_path: Path) -> None:
    made = records(True, 0.01, 0.1)[:1]
    other = {**made[0], "case": {**made[0]["case"], "threads": 1}}
    case = {"interleaved": True, "metric": "epoch_s", "conditions": noise.floor_conditions(other)}
    stored = [
        {**case, "case": dict(zip(IDENTITY, key_of(record), strict=True)), "floor": floor}
        for record, floor in ((made[0], 0.2), (other, 0.1))
    ]
    (tmp_path / other["machine"]["name"]).mkdir()
    noise.store(tmp_path / other["machine"]["name"], stored)
    shared = key_of(other, ["threads"])
    assert noise.floors_for([*made, other], tmp_path, ["threads"]) == {(shared, "epoch_s", True): 0.2}
    assert noise.floors_for([other], tmp_path) == {(key_of(other), "epoch_s", True): 0.1}


def test_floors_of_schema_2_are_read_as_those_of_the_current_one(tmp_path: Path) -> None:
    shutil.copy(OLD, tmp_path / noise.NAME)
    floors = noise.read(tmp_path)
    assert [(one["metric"], one["interleaved"]) for one in floors] == [("epoch_s", False), ("epoch_s", True)]
    assert not any("in_turns" in one or "batch_size" in one["conditions"] for one in floors)
    assert [one["case"]["batch_size"] for one in floors] == ["128", "128"]
    newer = [{**floors[1], "floor": 0.5}]
    noise.store(tmp_path, newer)
    assert noise.read(tmp_path) == [floors[0], *newer]
    assert json.loads((tmp_path / noise.NAME).read_text())["schema"] == noise.SCHEMA


def test_torn_floors_are_told(tmp_path: Path) -> None:
    (tmp_path / noise.NAME).write_text('{"schema": 3, "flo')
    with pytest.raises(RecordError) as caught:
        noise.read(tmp_path)
    path = tmp_path / noise.NAME
    assert str(caught.value) == f"{path} is not readable. Expected what harness noise writes. Remove it."


def test_floors_of_another_version_are_told(tmp_path: Path) -> None:
    (tmp_path / noise.NAME).write_text(json.dumps({"schema": 1, "floors": []}))
    with pytest.raises(RecordError, match=r"another version of the harness\. Expected schema 4\. Received 1\."):
        noise.read(tmp_path)
