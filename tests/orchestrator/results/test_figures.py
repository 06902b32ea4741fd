"""Metrics from raw times: what they are, and when there are too few of them."""

from __future__ import annotations

import pytest

from harness.orchestrator.results.figures import figures, percentile

SAMPLES = {"train": 300, "test": 140}  # two whole batches of 128 and a rest in an epoch


def epoch(*step_s: float, warmup: bool = False, validation_s: float | None = 0.5) -> dict:
    return {
        "warmup": warmup, "step_s": list(step_s), "validation_step_s": [0.1] if validation_s else [],
        "validation_s": validation_s or 0.0,
    }  # fmt: skip


def test_percentiles_are_those_of_whole_batches_of_timed_epochs() -> None:
    epochs = [epoch(9.0, 9.0, 9.0, warmup=True), *(epoch(1.0, 2.0, 0.1) for _ in range(10)), epoch(3.0, 4.0, 0.1)]
    found = figures(epochs, SAMPLES, 128, None)
    assert found["step_p50_s"] == 2.0
    assert found["step_p95_s"] == pytest.approx(2.95)  # of 22 steps: 0.95 of the way from the 20th to the 21st
    assert found["step_p99_s"] is None


def test_a_single_batch_smaller_than_asked_for_is_a_step() -> None:
    assert figures([epoch(1.0), epoch(3.0)], {"train": 5, "test": 0}, 128, None)["step_p50_s"] == 2.0


@pytest.mark.parametrize(("percent", "fewest"), [(50, 2), (95, 20), (99, 100)])
def test_percentile_needs_a_value_that_is_expected_beyond_it(percent: int, fewest: int) -> None:
    assert percentile([1.0] * (fewest - 1), percent) is None
    assert percentile([1.0] * fewest, percent) == 1.0


def test_evaluation_is_that_of_the_median_pass_of_timed_epochs() -> None:
    epochs = [epoch(1.0, warmup=True, validation_s=90.0), *(epoch(1.0, validation_s=s) for s in (0.1, 0.7, 5.0))]
    assert figures(epochs, SAMPLES, 128, None)["evaluation_samples_per_s"] == pytest.approx(200.0)


def test_nothing_is_told_of_an_evaluation_that_was_not_made() -> None:
    assert (
        figures([epoch(1.0, validation_s=None)], {"train": 3, "test": 0}, 1, None)["evaluation_samples_per_s"] is None
    )


def test_inference_is_told_by_percentiles_and_the_median_call() -> None:
    measured = {
        "compile_s": 0.5, "batch_size": 32, "latency_call_s": [0.001] * 19 + [0.002], "batch_call_s": [0.1, 0.2, 9.0],
        "deviation": 1e-7, "tolerance": 1e-5,
    }  # fmt: skip
    found = figures([], None, None, measured)
    assert found["inference_latency_p50_s"] == 0.001
    assert found["inference_latency_p95_s"] == pytest.approx(0.00105)
    assert found["inference_latency_p99_s"] is None
    assert found["inference_samples_per_s"] == pytest.approx(160.0)
    assert (found["inference_compile_s"], found["inference_deviation"]) == (0.5, 1e-7)


def test_all_are_null_where_nothing_was_measured() -> None:
    assert set(figures([], None, None, None).values()) == {None}
