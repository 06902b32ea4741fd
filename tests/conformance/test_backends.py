"""Every engine against the numpy engine in float64, case by case."""

from __future__ import annotations

import pytest
from collected import answer, backends, dtypes, reference
from comparator import compare, fails
from expectations import path_of, read

from harness.worker.conformance_cases import all_cases

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
    failure = shortcoming(backend, case)
    expected = read(backend).get(case)
    if expected is None:
        assert failure is None, failure
    else:
        assert failure is not None, f"passes, but is listed in {path_of(backend).name}: {expected}"


def shortcoming(backend: str, case: str) -> str | None:
    """In what a backend's results of a case are not the reference's; None if in nothing."""
    error = answer(backend).cases[case]["error"]
    if error is not None:
        return f"error: {error}"
    received, expected = answer(backend).results[case], reference().results[case]
    return fails(lambda: compare(received, expected, CASES[case].tolerance, dtypes(case)))
