"""The cases reach everything that they should, and every result of the reference is proved by something else."""

from __future__ import annotations

from harness.backends.graph.primitive_table import PRIMITIVES
from harness.worker.conformance.case_list import all_cases
from harness.worker.conformance.forms import Expression
from tests.conformance import oracles
from tests.conformance.collected import answer, reference

CASES = {case.name: case for case in all_cases()}
COMPOSITES = ("relu", "softmax", "hard_sigmoid", "clip", "dropout", "categorical_crossentropy", "binary_crossentropy")


def operations() -> set[str]:
    """Names of all operations that occur in the graphs of the cases."""
    return {name for line in answer("numpy").cases.values() for name in line["operations"]}


def test_every_primitive_occurs_in_a_case():
    assert not set(PRIMITIVES) - operations()


def test_every_function_of_k_is_called_by_a_case():
    called = {name for line in reference().cases.values() for name in line["functions"]}
    assert not set(reference().functions) - called


def test_every_composite_of_the_workloads_occurs_in_a_case():
    assert not set(COMPOSITES) - operations()


def test_every_case_has_an_oracle():
    assert set(oracles.ALL) == set(CASES)


def test_every_gradient_is_proved_by_differences_or_by_its_oracle():
    for name, case in CASES.items():
        if isinstance(case, Expression) and case.wrt and not case.smooth:
            proved = set(oracles.ALL[name]())
            assert {"gradient/" + label for label in case.wrt} <= proved, name


def test_every_value_is_proved_by_its_oracle():
    for name, results in reference().results.items():
        values = {label for label in results if not label.startswith("gradient/")}
        assert values <= set(oracles.ALL[name]()), name
