"""Cases, their names and the order of their runs."""

from __future__ import annotations

import pytest

from harness.orchestrator.core.config import Config
from harness.orchestrator.core.declared_workloads import DeclaredWorkload
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.monitoring import machine
from harness.orchestrator.sessions.schedule import check_known, compared_cases, expand, most_threads, schedule
from harness.orchestrator.sessions.sides import parse

BACKENDS = ["cntk", "numpy", "theano"]
WORKLOADS = {
    "mnist_cnn": DeclaredWorkload("images", ["2015-12"]),
    "mnist_mlp": DeclaredWorkload("images", ["2015-12", "1.2.2"]),
}


def config(**settings: object) -> Config:
    return Config(**{"backends": ["theano", "cntk"], "workloads": ["mnist_mlp", "mnist_cnn"], **settings})


def test_expand_makes_every_combination_once() -> None:
    cases = expand(config(devices=["cpu", "gpu:1"]), threads=2)
    assert len(cases) == len(set(cases)) == 8
    assert {case.threads for case in cases} == {2}


def test_expand_measures_each_profile() -> None:
    profiles = [case.profile for case in expand(config(profiles=["tuned", "stock"]), threads=2)]
    assert profiles == ["tuned"] * 4 + ["stock"] * 4


def test_expand_keeps_the_order_of_the_configuration() -> None:
    names = [(case.workload, case.backend) for case in expand(config(), 2)]
    assert names == [("mnist_mlp", "theano"), ("mnist_mlp", "cntk"), ("mnist_cnn", "theano"), ("mnist_cnn", "cntk")]


def test_schedule_runs_each_case_once_a_round() -> None:
    cases = expand(config(), 2)
    runs = schedule(cases, rounds=3, seed=7)
    for number in (1, 2, 3):
        assert sorted(run.name for run in runs if run.round == number) == sorted(f"{c.name}-r{number}" for c in cases)
    assert [run.round for run in runs] == sorted(run.round for run in runs)


def test_schedule_is_the_same_for_the_same_seed_only() -> None:
    cases = expand(config(), 2)
    orders = {tuple(run.name for run in schedule(cases, 2, seed)) for seed in range(20)}
    assert schedule(cases, 2, 3) == schedule(cases, 2, 3)
    assert len(orders) > 5


def test_run_name_is_fit_for_a_file() -> None:
    run = schedule(expand(config(devices=["gpu:1"], workloads=["mnist_mlp"], backends=["cntk"]), 4), 1, 0)[0]
    assert run.name == "cntk-mnist_mlp-gpu1-4t-tuned-r1"


def test_expand_sweeps_batch_sizes_and_threads() -> None:
    swept = config(backends=["cntk"], workloads=["mnist_mlp"], threads=[1, 4], batch_size=[32, 128])
    names = [case.name for case in expand(swept, threads=2)]
    assert names == [f"cntk-mnist_mlp-cpu-{threads}t-tuned-b{batch}" for threads in (1, 4) for batch in (32, 128)]


def test_name_of_a_case_is_as_it_was_without_a_batch_size() -> None:
    (case, _) = expand(config(backends=["cntk"]), threads=2)
    assert (case.name, case.batch_size) == ("cntk-mnist_mlp-cpu-2t-tuned", None)


def test_cases_that_differ_in_what_sides_change_are_compared_once() -> None:
    cases = expand(config(profiles=["tuned", "stock"]), 2)
    sides = parse("a", ["backend=cntk"]), parse("b", ["backend=numpy", "threads=1"])
    left = compared_cases(cases, sides)
    assert [(case.workload, case.profile) for case in left] == [
        (workload, profile) for profile in ("tuned", "stock") for workload in ("mnist_mlp", "mnist_cnn")
    ]
    assert compared_cases(cases, ()) == cases


def test_most_threads_is_the_largest_number_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "available_cpus", lambda: [0, 1, 2, 3])
    assert most_threads(config(threads=[1, 4, 2])) == 4
    with pytest.raises(ConfigError, match=r"Too many threads\. Expected 1 to 4, .* Received threads=5"):
        most_threads(config(threads=[1, 5]))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"backends": ["teano"]}, "Unknown backend.*'teano'. Did you mean theano?"),
        ({"workloads": ["mnist-mlp"]}, "Unknown workload.*Did you mean mnist_mlp?"),
        ({"workload_settings": {"mlp": {}}}, "Unknown workload"),
        ({"devices": ["cpuu"]}, "Unknown device.*Did you mean cpu?"),
        ({"devices": ["gpu:x"]}, "Unknown device"),
        ({"edition": "1.2.2"}, "Unknown edition of mnist_cnn. Expected one of 2015-12"),
        ({"edition": "2015"}, "Unknown edition of mnist_mlp"),
        ({"backends": ["cntk", "cntk"]}, "backends names cntk twice"),
        (
            {"batch_size": [32, 64, 32]},
            "batch_size names 32 twice. Expected each one once. Received batch_size=32,64,32",
        ),
        ({"threads": [1, 1]}, "threads names 1 twice"),
    ],
)
def test_unknown_name_is_answered_with_the_known_ones(settings: dict, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        check_known(config(**settings), BACKENDS, WORKLOADS)
