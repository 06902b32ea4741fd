"""float64 to its last digits: as the float type of a run, and in a run of another one."""

from __future__ import annotations

import numpy as np
import pytest

from harness.orchestrator.suites.conformance.comparator import Mismatch, Results, compare
from harness.worker.conformance.case_list import all_cases
from harness.worker.conformance.forms import Expression
from tests.conformance.collected import answer, backends, reference

CASES = {case.name: case for case in all_cases()}
TOLERANCE = 1e-10
EXACT = 1e-12
# drawn at random, or of narrower floats in every run
LESS_EXACT = ("draws-", "dtypes-float16", "dtypes-mixed-", "halves-")
# what is made of numbers, or counted, to the run's float type
CAST_BY_ITSELF = ("neural-accuracy", "arithmetic-mixed_dtypes", "making-arange-open", "indices-classes")
CAST_BY_ITSELF += ("numpy_scalars-numbers", "plain_values-", "rnn_constant-folds")


@pytest.mark.parametrize("backend", backends())
def test_backend_keeps_float64(backend):
    found, expected = answer(backend, floatx="float64"), reference()
    wrong = {}
    for name, line in found.cases.items():
        tolerance = CASES[name].tolerance if name.startswith(LESS_EXACT) else TOLERANCE
        wrong[name] = line["error"] or difference(found.results[name], expected.results[name], tolerance)
    assert not {name: why for name, why in wrong.items() if why}


@pytest.mark.parametrize("backend", [backend for backend in backends() if backend in ("numpy", "cntk")])
def test_float64_inputs_keep_float64_in_a_run_of_float32(backend):
    """No function of K takes them for the run's float type, and no engine: CNTK holds both."""
    named = [name for name, case in CASES.items() if keeps(name, case)]
    found, expected = answer(backend, inputs="float64", only=",".join(named)), reference()
    wrong = {}
    for name in named:
        line, results = found.cases[name], found.results[name]
        wrong[name] = line["error"] or difference(results, expected.results[name], EXACT)
    assert not {name: why for name, why in wrong.items() if why}


def difference(received: Results, expected: Results, tolerance: float) -> str | None:
    """In what results differ, None if in nothing."""
    try:
        compare(received, expected, tolerance)
    except Mismatch as mismatch:
        return str(mismatch)
    return None


def keeps(name: str, case: object) -> bool:
    """Whether a case has an input that takes the float type of the run, and nothing that has it by itself."""
    if not isinstance(case, Expression) or name.startswith(CAST_BY_ITSELF):
        return False
    return any(np.asarray(array).dtype == "float64" and label not in case.kept for label, array in case.inputs.items())
