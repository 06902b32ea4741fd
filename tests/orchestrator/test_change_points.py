"""Steps are found, and nothing else is taken for one. Rates over many histories: python -m benchmarks.history_rates."""

from __future__ import annotations

import numpy as np
import pytest
from sample_history import noisy

from harness.orchestrator.analysis.change_points import FEWEST_POINTS, course_of

THRESHOLD = 0.03
SEEDS = range(200)


@pytest.mark.parametrize("count", [6, 12, 24])
@pytest.mark.parametrize("deviation", [0.01, 0.05])
def test_course_of_noise_has_hardly_ever_a_step(count: int, deviation: float) -> None:
    alarms = [bool(course_of(list(noisy(seed, count, deviation)), THRESHOLD).steps) for seed in SEEDS]
    assert sum(alarms) <= 0.03 * len(SEEDS)


@pytest.mark.parametrize(("step", "deviation", "least"), [(1.10, 0.01, 0.9), (1 / 1.10, 0.01, 0.9), (1.05, 0.005, 0.9)])
def test_course_of_finds_a_step_at_its_place(step: float, deviation: float, least: float) -> None:
    hits = 0
    for seed in SEEDS:
        values = noisy(seed, 26, deviation)
        values[20:] *= step
        hits += any(abs(found.place - 20) <= 1 for found in course_of(list(values), THRESHOLD).steps)
    assert hits >= least * len(SEEDS)


def test_course_of_gives_the_size_of_a_step_with_an_interval_around_it() -> None:
    values = noisy(1, 30, 0.01, bad=0)
    values[18:] *= 1.10
    (step,) = course_of(list(values), THRESHOLD).steps
    assert step.place == 18
    assert step.low < 1.10 < step.high
    assert step.ratio == pytest.approx(1.10, abs=0.02)


def test_course_of_gives_no_interval_when_a_level_has_few_points() -> None:
    values = noisy(2, 15, 0.005, bad=0)
    values[12:] *= 1.5
    (step,) = course_of(list(values), THRESHOLD).steps
    assert (step.place, step.low, step.high) == (12, None, None)


def test_course_of_finds_every_step() -> None:
    values = noisy(3, 45, 0.01)
    values[15:30] *= 1.2
    assert [step.place for step in course_of(list(values), THRESHOLD).steps] == [15, 30]


@pytest.mark.parametrize("place", [0, 7, 18, 19])
@pytest.mark.parametrize("factor", [0.1, 1.3, 1000.0])
def test_course_of_takes_one_bad_point_for_no_step(place: int, factor: float) -> None:
    values = noisy(4, 20, 0.01, bad=0)
    values[place] *= factor
    assert course_of(list(values), THRESHOLD).steps == ()


@pytest.mark.parametrize("factor", [0.1, 1000.0])
def test_course_of_finds_a_step_in_spite_of_one_bad_point(factor: float) -> None:
    values = noisy(5, 24, 0.01, bad=0)
    values[16:] *= 1.10
    values[8] *= factor
    assert [step.place for step in course_of(list(values), THRESHOLD).steps] == [16]


def test_course_of_ignores_steps_below_the_threshold() -> None:
    values = [2.0] * 10 + [2.0 * 1.02] * 10
    assert course_of(values, THRESHOLD).steps == ()
    assert [step.place for step in course_of(values, 0.01).steps] == [10]


def test_course_of_names_no_place_when_figures_drift() -> None:
    values = noisy(6, 30, 0.005) * np.linspace(1.0, 1.3, 30)
    course = course_of(list(values), THRESHOLD)
    assert course.steps == ()
    assert course.drift == pytest.approx(1.3, abs=0.03)


def test_course_of_a_step_is_no_drift() -> None:
    values = noisy(7, 30, 0.005)
    values[15:] *= 1.3
    course = course_of(list(values), THRESHOLD)
    assert ([step.place for step in course.steps], course.drift) == ([15], None)


def test_course_of_few_points_is_not_judged() -> None:
    values = [1.0, 1.0, 1.0, 9.0, 9.0, 9.0]
    assert not course_of(values[: FEWEST_POINTS - 1], THRESHOLD).judged
    assert course_of(values, THRESHOLD).judged


def test_course_of_figures_without_noise_finds_their_step() -> None:
    assert [step.place for step in course_of([1.0, 1.0, 1.0, 9.0, 9.0, 9.0], THRESHOLD).steps] == [3]
    assert course_of([1.0] * 9, THRESHOLD).steps == ()


def test_course_has_a_level_between_any_two_steps() -> None:
    assert course_of([1.0] * 6 + [2.0] * 6, THRESHOLD).levels(12) == [(0, 6), (6, 12)]
