"""Which captures of a scan get their gradient as one product over all times."""

from __future__ import annotations

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines import registry
from harness.backends.graph.composites import composite
from harness.backends.graph.passes.scan_weights import shared_factors
from harness.backends.graph.traversal import always_inputs, expanded


@pytest.mark.parametrize(("emits_the_matrix", "expected"), [(False, 1), (True, 0)])
def test_matrix_that_the_step_also_emits_is_no_shared_factor(emits_the_matrix, expected):
    matrix = K.variable(np.eye(3))

    def step(x_t, states):
        product = K.dot(x_t, matrix)
        return matrix if emits_the_matrix else product, [product]

    _, outputs, _ = K.rnn(step, K.placeholder((3, 4, 3)), [K.zeros((3, 3))])
    assert len(shared_factors(registry.engine(), outputs.operation.attributes["body"])) == expected


def factors(step, engine=None):
    """What is found of a recurrence whose step is given a matrix."""
    matrix = K.variable(np.eye(3))

    def looped(x_t, states):
        h = step(x_t, matrix)
        return h, [h]

    _, outputs, _ = K.rnn(looped, K.placeholder((3, 4, 3)), [K.zeros((3, 3))])
    return shared_factors(engine or registry.engine(), outputs.operation.attributes["body"])


def test_product_that_a_matrix_is_the_right_factor_of_is_found():
    ((capture, product),) = factors(lambda x, matrix: K.tanh(K.dot(x, matrix))).items()
    assert (product.name, product.inputs[1]) == ("dot", capture)


@pytest.mark.parametrize(
    "step",
    [
        lambda x, matrix: K.dot(matrix, x),
        lambda x, matrix: x * matrix,
        lambda x, matrix: K.dot(K.dot(x, matrix), matrix),
        lambda x, matrix: K.batch_dot(K.expand_dims(x, 1), K.expand_dims(matrix, 0) + K.zeros((3, 3, 3)))[:, 0],
    ],
    ids=["the left one", "no product", "two products", "a product for each sample"],
)
def test_matrix_with_other_uses_is_no_shared_factor(step):
    assert factors(step) == {}


class Opening:
    """An engine that lowers every composite itself, or none."""

    def __init__(self, children):
        self.children = children


def test_product_within_a_claimed_composite_is_no_shared_factor():
    def step(x, matrix):
        return composite("dense", (x, matrix), {}, K.dot(x, matrix))

    assert factors(step, Opening(always_inputs)) == {}
    assert len(factors(step, Opening(expanded))) == 1
