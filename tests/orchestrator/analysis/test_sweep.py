"""What a case gains from larger batches and more threads."""

from __future__ import annotations

import pytest

from harness.orchestrator.analysis.sweep import Sweep, sweeps
from tests.orchestrator.sample_records import broken, sample


def run(rate: float, number: int = 1, backend: str = "cntk", **case: object) -> dict:
    """A run with a throughput."""
    record = sample(backend, "mnist_mlp", number=number)
    record["metrics"]["samples_per_s"] = rate
    record["case"] = {**record["case"], **case}
    return record


def only(records: list[dict]) -> Sweep:
    (sweep,) = sweeps(records)
    return sweep


def test_efficiency_of_threads_is_relative_to_as_many_times_the_throughput() -> None:
    sweep = only([run(rate, threads=threads) for threads, rate in ((4, 3000.0), (1, 1000.0), (2, 1800.0))])
    (curve,) = sweep.curves
    assert (sweep.axis, sweep.values) == ("threads", [1, 2, 4])
    assert [(one.gain, one.efficiency) for one in curve.points] == [(1.0, 1.0), (1.8, 0.9), (3.0, 0.75)]


def test_efficiency_of_threads_begins_at_the_smallest_number_measured() -> None:
    (curve,) = only([run(1000.0, threads=2), run(1500.0, threads=4)]).curves
    assert [one.efficiency for one in curve.points] == [1.0, 0.75]


def test_larger_batches_gain_their_whole_ratio() -> None:
    (curve,) = only([run(1000.0, batch_size=32), run(2500.0, batch_size=128)]).curves
    assert [(one.gain, one.efficiency) for one in curve.points] == [(1.0, 1.0), (2.5, 2.5)]


def test_gain_is_taken_round_by_round() -> None:
    """The machine is half as fast in the second round; a ratio of medians would say 2.625 / 1.5."""
    rates = {(1, 1): 2000.0, (1, 2): 4000.0, (2, 1): 1000.0, (2, 2): 2000.0, (3, 1): 1500.0, (3, 2): 2625.0}
    records = [run(rate, number, threads=threads) for (number, threads), rate in rates.items()]
    first, second = only(records).curves[0].points
    assert (first.low, first.throughput, first.high, first.runs) == (1000.0, 1500.0, 2000.0, 3)
    assert (second.gain, second.efficiency) == (2.0, 1.0)


def test_separate_sessions_are_compared_by_their_medians() -> None:
    later = run(3000.0, threads=2)
    later["session"] = {**later["session"], "id": "later"}
    assert only([run(2000.0, threads=1), later]).curves[0].points[1].gain == 1.5


def test_both_axes_have_a_curve_for_each_value_of_the_other() -> None:
    records = [run(100.0 * t * b, threads=t, batch_size=b) for t in (1, 2) for b in (32, 64)]
    found = sweeps(records)
    assert [(sweep.axis, len(sweep.curves)) for sweep in found] == [("batch_size", 2), ("threads", 2)]


@pytest.mark.parametrize(
    "records",
    [
        [],
        [run(1000.0), run(1100.0, 2)],
        [run(1000.0, batch_size=32), {**broken("cntk", "mnist_mlp", "failed", "x")}],
        [run(1000.0, batch_size=32), run(1000.0, batch_size=64, backend="numpy")],
        [run(1000.0), {**run(1000.0, batch_size=64), "metrics": {}}],
    ],
)
def test_what_has_one_value_is_no_sweep(records: list[dict]) -> None:
    assert sweeps(records) == []
