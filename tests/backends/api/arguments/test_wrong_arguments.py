"""Wrong arguments to K: every argument of every function; one sentence that says what was expected and received."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.api.control import learning_phase
from harness.backends.errors import BackendError
from harness.worker.conformance.runner import public_functions
from tests.backends.api.arguments import wrong_arguments

WITHOUT_ARGUMENTS = {
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_session",
    "image_dim_ordering",
    "learning_phase",
    "legacy_weight_ordering",
    "reset_uids",
}
LONGEST = 400  # characters of a message, values and shapes among them
CASES = [
    pytest.param(name, argument, value, error, id=f"{name}-{argument}-{place}")
    for name, function in wrong_arguments.ALL.items()
    for argument, values in function.wrong.items()
    for place, (value, error) in enumerate(values)
]


@pytest.fixture(autouse=True)
def open_phase():
    """The learning phase is an input again when a test has fixed it; other settings are set to what they are."""
    yield
    learning_phase.forget()


def arguments(name: str) -> set[str]:
    """The names of a function's arguments."""
    return set(inspect.signature(getattr(K, name)).parameters)


def test_every_function_has_wrong_arguments():
    assert set(wrong_arguments.ALL) | WITHOUT_ARGUMENTS == set(public_functions(K))
    assert not any(map(arguments, WITHOUT_ARGUMENTS))


@pytest.mark.parametrize("name", wrong_arguments.ALL)
def test_every_argument_has_wrong_values_or_is_ignored(name):
    function = wrong_arguments.ALL[name]
    assert set(function.wrong) | set(function.ignored) == arguments(name)
    assert not set(function.wrong) & set(function.ignored)
    assert all(function.wrong.values())


@pytest.mark.parametrize("name", wrong_arguments.ALL)
def test_right_arguments_are_taken(name):
    """So that it is the wrong one of them that is refused below."""
    getattr(K, name)(**wrong_arguments.ALL[name].right)


@pytest.mark.parametrize(("name", "argument", "value", "error"), CASES)
def test_wrong_argument_is_refused_with_one_sentence(name, argument, value, error):
    function = wrong_arguments.ALL[name]
    with pytest.raises(BackendError) as raised:
        getattr(K, name)(**{**function.right, argument: value})
    said = str(raised.value)
    assert raised.type is error, said
    assert said.startswith((f"{name}: ", f"{name.removeprefix('set_')}: ")), said
    assert "Expected" in said, said
    assert "Received" in said, said
    assert "\n" not in said, said
    assert len(said) <= LONGEST, said


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: K.ones((), "int64") + 2**40, 2**40 + 1),
        (lambda: K.ones((), "uint8") * 255, 255),
        (lambda: K.ones((), "int32") * 0.5, 0.5),
        (lambda: K.clip(K.ones((), "uint8"), 0, 255), 1),
        (lambda: K.pow(K.ones((), "float32"), -1), 1.0),
        (lambda: K.sum(K.zeros((2, 0))), 0.0),
        (lambda: K.prod(K.zeros((2, 0))), 1.0),
        (lambda: K.any(K.zeros((0,))), False),
        (lambda: K.all(K.zeros((0,))), True),
        (lambda: K.max(K.zeros((2, 0)), axis=0), np.zeros(0)),
        (lambda: K.mean(K.zeros((2, 0)), axis=1), [np.nan, np.nan]),
        (lambda: K.std(K.zeros((0, 2))), np.nan),
        (lambda: K.foldl(lambda total, x: total + x, K.zeros((0,)), K.zeros(())), 0.0),
        (lambda: K.cast(K.ones((), "int32"), np.longlong), 1),
        (lambda: K.cast(K.ones((), "int32"), float), 1.0),
    ],
)
def test_what_is_next_to_the_wrong_arguments_is_taken(make, expected):
    np.testing.assert_array_equal(K.eval(make()), expected)
