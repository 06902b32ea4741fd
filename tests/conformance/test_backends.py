"""Every engine against the numpy engine in float64, case by case."""

from __future__ import annotations

import pytest

from harness.orchestrator.suites.conformance.expectations import path_of, read
from harness.orchestrator.suites.conformance.judgement import judge
from harness.worker.conformance.case_list import all_cases
from tests.conformance.collected import answer, backends, right

CASES = {case.name: case for case in all_cases()}


@pytest.mark.parametrize("backend", backends())
def test_backend_runs_every_case(backend):
    assert list(answer(backend).cases) == list(CASES)


@pytest.mark.parametrize("backend", backends())
def test_expected_failures_name_cases(backend):
    assert path_of(backend).is_file(), "a backend has a file of expected failures, if only an empty one"
    assert set(read(backend)) <= set(CASES)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("backend", backends())
def test_backend_agrees_with_reference(backend, case):
    verdict = judge(answer(backend), right(), CASES[case], backend, read(backend))
    assert not verdict.wrong, f"{verdict.level}: {verdict.message}"
