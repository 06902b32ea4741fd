"""Every engine against the numpy engine in float64, case by case."""

from __future__ import annotations

import pytest

from harness.orchestrator.suites.conformance.judgement import expectations_file, expected_failures, judge
from harness.worker.conformance.case_list import all_cases
from tests.conformance.collected import answer, backends, right

CASES = {case.name: case for case in all_cases()}


@pytest.mark.parametrize("backend", backends())
def test_backend_runs_every_case(backend):
    assert list(answer(backend).cases) == list(CASES)


@pytest.mark.parametrize("backend", backends())
def test_expected_failures_name_cases(backend):
    assert expectations_file(backend).is_file(), "a backend has a file of expected failures, if only an empty one"
    assert set(expected_failures(backend)) <= set(CASES)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("backend", backends())
def test_backend_agrees_with_reference(backend, case):
    outcome = judge(answer(backend), right(), CASES[case], backend, expected_failures(backend))
    assert not outcome.wrong, f"{outcome.level}: {outcome.message}"
