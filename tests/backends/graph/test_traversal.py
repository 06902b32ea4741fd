"""Walks over the graph: order, dependence and substitution."""

from __future__ import annotations

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.graph.composites import composite
from harness.backends.graph.traversal import always_inputs, depends_on, everything, expanded, schedule, substitute


def test_schedule_puts_every_operation_after_what_it_needs():
    x = K.placeholder((2, 3))
    y = K.exp(x) + x
    order = schedule([K.sum(y * y)])
    place = {operation: index for index, operation in enumerate(order)}
    assert all(place[child.operation] < place[operation] for operation in order for child in expanded(operation))
    assert len(place) == len(order)


def test_schedule_walks_graphs_deeper_than_the_recursion_limit():
    x = K.placeholder((2,))
    for _ in range(5000):
        x = x + 1.0
    assert len(schedule([x])) == 10001


def test_depends_on_finds_only_what_needs_the_source():
    x, y = K.placeholder((2,)), K.placeholder((2,))
    needs_x, needs_y = K.exp(x), K.exp(y)
    found = depends_on([needs_x + needs_y], {x.operation})
    assert needs_x.operation in found
    assert needs_y.operation not in found


def test_substitute_makes_new_only_what_needs_the_replaced_tensor():
    x, y, z = (K.placeholder((2,)) for _ in range(3))
    kept = K.exp(y)
    (result,) = substitute([K.softmax(K.reshape(x, (1, 2))) + kept], {x: z})
    order = schedule([result])
    assert z.operation in order
    assert x.operation not in order
    assert kept.operation in order


def test_substitute_makes_a_composite_new_with_what_it_stands_for():
    x, z = K.placeholder((2, 3)), K.placeholder((2, 3))
    (result,) = substitute([K.softmax(x)], {x: z})
    assert result.operation.name == "softmax"
    assert result.operation.inputs == (z,)
    assert K.function([z], [result])([[[1.0] * 3] * 2])[0] == pytest.approx(np.full((2, 3), 1 / 3))
    needed = schedule(result.operation.expansion, everything)
    assert z.operation in needed
    assert x.operation not in needed


def test_substitute_reaches_what_a_composite_takes_and_does_not_use():
    x, y, z = (K.placeholder((2,)) for _ in range(3))
    doubled = composite("doubled", (K.exp(x), y), {}, y * 2.0)
    (result,) = substitute([doubled], {x: z})
    assert z.operation in schedule([result], always_inputs)
    assert result.operation.expansion == doubled.operation.expansion


def test_depends_on_follows_the_children_that_it_is_given():
    x, y = K.placeholder((2,)), K.placeholder((2,))
    doubled = composite("doubled", (x, y), {}, y * 2.0)
    assert doubled.operation in depends_on([doubled], {x.operation})
    assert doubled.operation not in depends_on([doubled], {x.operation}, expanded)
    assert doubled.operation in depends_on([doubled], {y.operation}, expanded)
