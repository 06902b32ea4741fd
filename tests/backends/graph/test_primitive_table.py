"""The table of primitives agrees with the code that it speaks of."""

from __future__ import annotations

import pytest

from harness.backends.engines.numpy import gradients
from harness.backends.engines.numpy.lowerings import LOWERINGS
from harness.backends.graph import primitives
from harness.backends.graph.primitive_table import LEAVES, ROWS, TABLE, WITHOUT_GRADIENT, gradient_cost

BY_ENGINE = {"scan", "gradient"}  # what NumPy's engine computes and differentiates by itself
OF_A_KIND = {"unary", "binary", "comparison", "reduction"}  # one builder for all


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_has_a_builder(row):
    name = row.kind if row.kind in OF_A_KIND else {"slice": "slice_"}.get(row.name, row.name)
    assert callable(getattr(primitives, name))


def test_numpy_has_a_lowering_for_exactly_the_primitives():
    assert set(LOWERINGS) | BY_ENGINE | {"placeholder"} == set(TABLE)


def test_numpy_has_a_gradient_for_exactly_the_rows_with_one():
    assert set(gradients.PRODUCTS) | BY_ENGINE == set(TABLE) - WITHOUT_GRADIENT


def test_rows_have_names_of_their_own():
    assert len(TABLE) == len(ROWS)
    assert LEAVES <= WITHOUT_GRADIENT


def test_the_last_gradient_stands_for_all_further_inputs():
    assert [gradient_cost("select", index) for index in range(3)] == [None, 1, 1]
    assert [gradient_cost("concatenate", index) for index in range(3)] == [0, 0, 0]
    assert [gradient_cost("reshape", index) for index in range(3)] == [0, None, None]
    assert gradient_cost("less", 1) is None
