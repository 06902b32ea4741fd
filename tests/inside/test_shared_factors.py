"""Which captures of a scan get their gradient as one product over all times."""

from __future__ import annotations

import numpy as np
import pytest

from harness.backends import active
from harness.backends import api as K
from harness.backends.shared_factors import shared_factors


@pytest.mark.parametrize(("emits_the_matrix", "expected"), [(False, 1), (True, 0)])
def test_matrix_that_the_step_also_emits_is_no_shared_factor(emits_the_matrix, expected):
    matrix = K.variable(np.eye(3))

    def step(x_t, states):
        product = K.dot(x_t, matrix)
        return matrix if emits_the_matrix else product, [product]

    _, outputs, _ = K.rnn(step, K.placeholder((3, 4, 3)), [K.zeros((3, 3))])
    assert len(shared_factors(active.engine(), outputs.operation.attributes["body"])) == expected
