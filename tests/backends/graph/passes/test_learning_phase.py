"""A graph for one learning phase has that phase's branch alone."""

from __future__ import annotations

import pytest

from harness.backends import api as K
from harness.backends.graph.passes.learning_phase import chosen
from harness.backends.graph.traversal import always_inputs, schedule

X, V = K.placeholder((2, 3)), K.variable(1.0)


def names(tensors):
    """The operations that tensors need, composites closed."""
    return {operation.name for operation in schedule(tensors, always_inputs)}


@pytest.mark.parametrize(("value", "kept", "left_out"), [(True, "exp", "sin"), (False, "sin", "exp")])
def test_outputs_and_updates_have_the_branch_of_their_phase(value, kept, left_out):
    branch = K.in_train_phase(K.exp(X), K.sin(X))
    outputs, updates = chosen(K.learning_phase(), value, [K.sum(branch), branch], [(V, K.mean(branch))])
    assert len(outputs) == 2
    ((variable, new),) = updates
    assert variable is V
    for tensors in (outputs[:1], outputs[1:], [new]):
        assert kept in names(tensors)
        assert not names(tensors) & {left_out, "in_train_phase"}


def test_branch_within_a_branch_is_chosen_too():
    inner = K.in_train_phase(K.exp(X), K.sin(X))
    ((output,), _) = chosen(K.learning_phase(), True, [K.in_train_phase(K.tanh(inner), K.cos(inner))], [])
    assert names([output]) == {"placeholder", "exp", "tanh"}


def test_what_depends_on_no_phase_or_another_one_stays():
    other = K.placeholder((), dtype="uint8")
    plain, branch = K.exp(X), K.in_train_phase(K.exp(X), K.sin(X))
    outputs, updates = chosen(other, True, [plain, branch], [])
    assert outputs == [plain, branch]
    assert updates == []
