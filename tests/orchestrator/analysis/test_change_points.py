"""Steps are found, and nothing else is taken for one. Rates over many histories: python -m benchmarks.history_rates."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.orchestrator.analysis.change_points import FEWEST_POINTS, Course, course_of, drift_instead, noise, penalty
from tests.orchestrator.sample_history import noisy

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


@pytest.mark.parametrize(("last", "bounded"), [(4, False), (5, True)])
def test_course_of_gives_an_interval_when_each_level_has_five_points(last: int, bounded: bool) -> None:
    (step,) = course_of([1.0] * 10 + [1.5] * last, THRESHOLD).steps
    assert (step.low, step.high) == ((pytest.approx(1.5), pytest.approx(1.5)) if bounded else (None, None))


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
    assert course_of([1.0] * 10 + [1.25] * 10, 0.25).steps == ()  # the threshold itself


def test_course_of_has_no_level_shorter_than_three_points() -> None:
    values = [1.0] * 6 + [2.0] * 2 + [1.0] * 6
    levels = course_of(values, THRESHOLD).levels(len(values))
    assert len(levels) == 3
    assert min(end - begin for begin, end in levels) == 3


def test_course_of_names_no_place_when_figures_drift() -> None:
    values = noisy(6, 30, 0.005) * np.linspace(1.0, 1.3, 30)
    course = course_of(list(values), THRESHOLD)
    assert course.steps == ()
    assert course.drift == pytest.approx(1.3, abs=0.03)


def test_course_of_a_straight_line_drifts_by_the_ratio_of_its_ends() -> None:
    assert course_of(list(np.geomspace(1.0, 2.0, 30)), THRESHOLD) == Course(judged=True, drift=pytest.approx(2.0))


# The line that Theil and Sen lay through these misses them by 2 in all; the two steps miss nothing.
STAIRS = np.repeat([0.0, 1.0, 2.0], 3)


@pytest.mark.parametrize(("price", "drifts"), [(1.99, False), (2.01, True)])
def test_a_line_is_taken_where_the_steps_that_it_saves_cost_more_than_it_misses(price: float, drifts: bool) -> None:
    found = drift_instead(STAIRS, [3, 6], price)
    # The median of the slopes of all pairs is 13 / 42.
    assert found == (pytest.approx(math.exp(8 * 13 / 42)) if drifts else None)


def test_noise_is_the_deviation_of_normal_figures_and_no_step_raises_it() -> None:
    logs = np.random.default_rng(1).normal(0, 0.05, 4000)
    assert noise(logs) == pytest.approx(0.05, rel=0.03)
    assert noise(logs + np.repeat([0.0, 1.0], 2000)) == pytest.approx(0.05, rel=0.03)


def test_penalty_of_figures_without_noise_is_that_of_a_tenth_of_the_smallest_step() -> None:
    # Of eight points: twice, twice again as they are few, 0.008 each, times log 8.
    assert penalty(np.zeros(8), 0.08) == pytest.approx(0.0665421)
    assert penalty(np.zeros(16), 0.08) == pytest.approx(2 * 1.5 * 0.008 * 2.7725887)


def test_course_of_a_step_is_no_drift() -> None:
    values = noisy(7, 30, 0.005)
    values[15:] *= 1.3
    course = course_of(list(values), THRESHOLD)
    assert ([step.place for step in course.steps], course.drift) == ([15], None)


def test_course_of_few_points_is_not_judged() -> None:
    values = [1.0, 1.0, 1.0, 9.0, 9.0, 9.0]
    assert course_of(values[: FEWEST_POINTS - 1], THRESHOLD) == Course(judged=False)
    assert course_of(values, THRESHOLD).judged


def test_course_of_figures_without_noise_finds_their_step() -> None:
    assert [step.place for step in course_of([1.0, 1.0, 1.0, 9.0, 9.0, 9.0], THRESHOLD).steps] == [3]
    assert course_of([1.0] * 9, THRESHOLD).steps == ()


def test_course_has_a_level_between_any_two_steps() -> None:
    assert course_of([1.0] * 6 + [2.0] * 6, THRESHOLD).levels(12) == [(0, 6), (6, 12)]
