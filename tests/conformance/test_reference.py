"""The numpy engine in float64 against oracles that share nothing with it: formulas, SciPy, finite differences."""

from __future__ import annotations

import pytest

from harness.orchestrator.suites.conformance.comparator import compare
from harness.worker.conformance.case_list import all_cases
from tests.conformance import oracles
from tests.conformance.collected import answer, reference

CASES = {case.name: case for case in all_cases()}
TOLERANCE = 1e-12  # float64, sums of some hundred products
# Families whose results meet their oracle as closely as every engine meets the reference: they are drawn at random, or
# float32 or float16 in every run.
AS_ENGINES = ("draws-", "dtypes-mixed-", "halves-")
DIFFERENCES_TOLERANCE = 1e-7  # truncation about 1e-10, rounding about 1e-11, times the loss
DIFFERENTIABLE = [name for name, case in CASES.items() if case.smooth and case.wrt]


@pytest.mark.parametrize("case", CASES)
def test_reference_agrees_with_oracle(case):
    line = reference().cases[case]
    assert line["error"] is None, line["error"]
    expected = oracles.ALL[case]()
    received = {label: array for label, array in reference().results[case].items() if label in expected}
    tolerance = CASES[case].tolerance if case.startswith(AS_ENGINES) else TOLERANCE
    compare(received, expected, tolerance)


@pytest.mark.parametrize("case", DIFFERENTIABLE)
def test_reference_gradients_agree_with_finite_differences(case):
    numeric = answer("numpy", floatx="float64", numeric_gradients=True, plain=True)
    assert numeric.cases[case]["error"] is None, numeric.cases[case]["error"]
    expected = numeric.results[case]
    received = {label: array for label, array in reference().results[case].items() if label in expected}
    compare(received, expected, DIFFERENCES_TOLERANCE)
