"""The command that the tolerances are derived with: which starts it looks at, and what its tables say."""

from __future__ import annotations

import pandas as pd
import pytest

from benchmarks.parity.__main__ import BACKENDS, WORKLOADS, starts
from benchmarks.parity.measure import Start, deviations
from benchmarks.parity.tables import tables
from harness.orchestrator.core.config import Config
from harness.orchestrator.environments import provision

TOLERANCE = {"loss": 1e-4, "gradient_norms": 1e-2, "weight_norms": 2e-3, "change_norms": 2e-3}


def rows(question: str, backend: str, seed: int, offset: int, deviation: float, steady: bool = True) -> list[dict]:
    """A place at which every figure deviates by the same."""
    where = {"question": question, "workload": "mnist_cnn", "seed": seed, "offset": offset, "steady": steady}
    return [
        {**where, "backend": backend, "figure": figure, "deviation": deviation, "tolerance": tolerance}
        for figure, tolerance in TOLERANCE.items()
    ]


def cells(table: str, label: str) -> list[str]:
    """What a line says behind its label."""
    line = next(line for line in table.splitlines() if line.startswith(f"| {label} "))
    return [cell.strip() for cell in line.split("|")[2:-1]]


def test_every_workload_starts_from_every_seed_and_one_at_many_places() -> None:
    config = Config(backends=list(BACKENDS), workloads=list(WORKLOADS))
    found = list(starts(config, seeds=2, places=5))
    assert [(start.workload, start.seed) for start in found[:-1]] == [
        (name, seed) for name in WORKLOADS for seed in (0, 1)
    ]
    assert all(start.places == 1 and start.steady for start in found[:-1])
    assert (found[-1].workload, found[-1].seed, found[-1].places, found[-1].steady) == ("mnist_cnn", 1337, 5, False)


def test_table_of_seeds_has_the_largest_deviation_of_each_backend_and_the_tolerance() -> None:
    made = [
        *rows("seeds", "numpy", 0, 0, 1e-7),
        *rows("seeds", "numpy", 1, 0, 3e-7),
        *rows("seeds", "cntk", 0, 0, 2e-7),
        *rows("seeds", "cntk", 1, 61, float("inf")),
    ]
    table = tables(pd.DataFrame(made))
    assert cells(table, "Largest deviation") == ["numpy", "cntk", "tolerance"]
    assert cells(table, "mnist_cnn gradient norms") == ["3.0e-07", "inf", "1.0e-02"]
    assert "weight norms" not in table


def test_table_of_places_takes_the_largest_from_places_that_a_disturbance_leaves_alone() -> None:
    made = [
        *rows("places", "numpy", 1337, 0, 1e-7),
        *rows("places", "numpy", 1337, 61, 5e-3),
        *rows("places", "numpy", 1337, 122, 9e-2, steady=False),
    ]
    table = tables(pd.DataFrame(made))
    assert cells(table, "places of 3 where the gradient norms deviate by less than 1e-04") == ["1"]
    assert cells(table, "median deviation of the gradient norms") == ["5.0e-03"]
    assert cells(table, "largest at places that pass the disturbance test") == ["5.0e-03"]


@pytest.mark.parametrize("places", [0, 5])
def test_places_are_looked_at_on_one_workload_only(places: int) -> None:
    config = Config(backends=["numpy"], workloads=["mnist_mlp"])
    assert len(list(starts(config, seeds=3, places=places))) == 3


def test_numpy_in_float32_is_within_the_tolerance_at_one_place_at_least() -> None:
    config = Config(backends=["numpy"], workloads=["mnist_mlp"], data="synthetic")
    start = Start("seeds", "mnist_mlp", seed=0, samples=(300, 150), places=3, steady=True)
    measured = pd.DataFrame(deviations(start, config, provision.ensure(["numpy"], "cpu"), threads=1))
    assert measured.groupby("offset")["figure"].apply(set).tolist() == [set(TOLERANCE)] * 3
    assert measured["steady"].all()
    assert (measured["deviation"] > 0).all()
    assert (measured["deviation"] < measured["tolerance"]).groupby(measured["offset"]).all().any()
