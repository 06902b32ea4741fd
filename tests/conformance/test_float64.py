"""Every engine with float64 for the run's float type, against the reference, which computes in nothing else."""

from __future__ import annotations

import functools

import pytest
from collected import Answer, answer, backends, reference
from comparator import compare, fails

from harness.worker.conformance_cases import all_cases

CASES = {case.name: case for case in all_cases()}
TOLERANCE = 1e-10
LESS_EXACT = ("draws-", "dtypes-float16", "dtypes-mixed-")  # drawn at random, or of narrower floats in every run
COMPILED = "theano"  # compiles each new operation for a second or more


def covering() -> list[str]:
    """The first cases that hold between them every operation, and each that gradients pass with its gradient.

    But those of the dtypes, whose float64 is the same in every run.
    """
    held, chosen = set(), []
    for name, line in answer("numpy").cases.items():
        operations = {(operation, bool(CASES[name].wrt)) for operation in line["operations"]}
        if not name.startswith("dtypes-") and operations - held:
            held |= operations
            chosen.append(name)
    return chosen


@functools.cache
def float64_answer(backend: str) -> Answer:
    """All cases; of a backend that compiles long those that cover every operation."""
    only = ["--only", ",".join(covering())] if backend == COMPILED else []
    return answer(backend, "--floatx", "float64", *only)


@pytest.mark.parametrize("backend", [backend for backend in backends() if backend != "numpy"])
def test_backend_keeps_float64(backend):
    found, expected = float64_answer(backend), reference()
    wrong = {}
    for name, line in found.cases.items():
        tolerance = CASES[name].tolerance if name.startswith(LESS_EXACT) else TOLERANCE
        results = found.results[name], expected.results[name]
        wrong[name] = line["error"] or fails(functools.partial(compare, *results, tolerance))
    assert not {name: why for name, why in wrong.items() if why}


def test_float64_cases_cover_every_operation():
    """Of the backend that does not run all."""
    lines = answer("numpy").cases
    everything = {
        operation for name, line in lines.items() for operation in line["operations"] if not name.startswith("dtypes-")
    }
    assert {
        operation for name in float64_answer(COMPILED).cases for operation in lines[name]["operations"]
    } == everything
