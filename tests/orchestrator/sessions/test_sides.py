"""What a side changes, as a person writes it."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from harness.orchestrator.core.cases import CONFIRM, Case, Run
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.sessions.schedule import schedule
from harness.orchestrator.sessions.sides import changed_fields, parse, unchanged

CASE = Case("tensorflow", "mnist_mlp", "2015-12", "cpu", 2, "tuned", "float32")
OTHER = Case("cntk", "mnist_mlp", "2015-12", "cpu", 2, "tuned", "float32")


def test_side_understands_every_kind_of_change() -> None:
    side = parse("a", ["tensorflow==2.20", "profile=stock", "threads=1", "OMP_WAIT_POLICY=passive", "revision=HEAD~1"])
    assert side.requirements == ("tensorflow==2.20",)
    assert side.variables == {"OMP_WAIT_POLICY": "passive"}
    assert (side.case, side.revision) == ({"profile": "stock", "threads": 1}, "HEAD~1")
    assert str(side) == "tensorflow==2.20 profile=stock threads=1 OMP_WAIT_POLICY=passive revision=HEAD~1"


@pytest.mark.parametrize("field", [each.name for each in fields(Case) if each.name != "workload"])
def test_side_changes_any_field_of_a_case_but_the_task(field: str) -> None:
    value = {"threads": 4, "batch_size": 32}.get(field, "other")
    side = parse("b", [f"{field}={value}"])
    assert side.changed(CASE) == replace(CASE, **{field: value})
    assert changed_fields([parse("a", []), side]) == (field,)


def test_side_may_train_on_other_data_but_not_another_workload() -> None:
    side = parse("b", ["data=digits", "backend=cntk"])
    assert (side.data, changed_fields([side])) == ("digits", ("backend", "data"))
    with pytest.raises(ConfigError, match=r"Expected both sides to train the same one.*'workload=mnist_cnn'"):
        parse("b", ["workload=mnist_cnn"])


def test_sides_of_a_case_agree_in_what_none_changes() -> None:
    sides = [parse("a", ["backend=cntk"]), parse("b", ["backend=numpy", "threads=1"])]
    assert len({unchanged(side.changed(CASE), sides) for side in sides}) == 1
    assert unchanged(replace(CASE, profile="stock"), sides) != unchanged(CASE, sides)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "fast",
        "batch_size=0",
        "data=",
        "threads=",
        "tensorflow=2.20",
        "threads=0",
        "threads=two",
        "threads==2",
        "Mixed=1",
    ],
)
def test_side_refuses_what_is_no_change(word: str) -> None:
    with pytest.raises(ConfigError, match="A side's change is invalid") as caught:
        parse("a", [word])
    assert repr(word) in str(caught.value)


def test_side_changes_the_case() -> None:
    changed = parse("b", ["profile=stock", "threads=1"]).changed(CASE)
    assert (changed.profile, changed.threads, changed.backend) == ("stock", 1, "tensorflow")
    assert parse("a", []).changed(CASE) == CASE


def test_schedule_lets_the_sides_of_a_case_follow_each_other_in_random_order() -> None:
    sides = parse("a", []), parse("b", ["threads=1"])
    runs = schedule([CASE, OTHER], rounds=20, seed=3, sides=sides, first=5, stage=CONFIRM)
    pairs = [runs[place : place + 2] for place in range(0, len(runs), 2)]
    assert all(one.case.backend == two.case.backend and {one.side, two.side} == {"a", "b"} for one, two in pairs)
    assert [run.round for run in runs] == [number for number in range(5, 25) for _ in range(4)]
    assert {one.side for one, _ in pairs} == {"a", "b"}
    assert {run.stage for run in runs} == {CONFIRM}
    assert len({run.name for run in runs}) == len(runs)


def test_run_is_read_as_it_was_written() -> None:
    run = Run(CASE, 3, "b", CONFIRM)
    assert Run.from_json(run.as_json()) == run
    assert Run.from_json({"name": "x", "round": 1, "case": vars(CASE)}) == Run(CASE, 1)
