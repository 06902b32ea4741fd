"""Calls of functions whose graph left sizes open, with arrays that do not fit: one sentence, its cause kept."""

from __future__ import annotations

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.errors import ComputationFailed, ShapeMismatch
from harness.orchestrator.verdict import MEMORY_KINDS

LONGEST = 400  # characters of a message
ROWS, OTHERS = K.placeholder((None, 3), name="rows"), K.placeholder((None, 3), name="others")
TALL, WIDE = K.placeholder((2, None), name="tall"), K.placeholder((None, 2), name="wide")


@pytest.mark.parametrize(
    ("inputs", "output", "arrays", "said"),
    [
        (
            [ROWS, OTHERS],
            ROWS + OTHERS,
            [np.ones((4, 3)), np.ones((5, 3))],
            r"rows \(4, 3\) of \(None, 3\), others \(",
        ),
        (
            [TALL, WIDE],
            K.dot(TALL, WIDE),
            [np.ones((2, 4)), np.ones((5, 2))],
            r"tall \(2, 4\) of \(2, None\), wide \(",
        ),
        ([TALL], K.squeeze(TALL, 1), [np.ones((2, 4))], r"tall \(2, 4\)"),
        ([ROWS], K.reshape(ROWS, (5, -1)), [np.ones((4, 3))], r"rows \(4, 3\)"),
        ([ROWS], K.concatenate([ROWS, K.ones((2, 2))]), [np.ones((4, 3))], r"rows \(4, 3\)"),
        ([ROWS], K.max(ROWS, axis=0), [np.ones((0, 3))], r"K says: max: no elements"),
        ([], K.min(K.zeros((2, 0)), axis=1), [], r"Received none. K says: min: no elements"),
        ([], K.argmax(K.zeros((0, 2)), 0), [], r"K says: argmax: no elements"),
        ([TALL], K.softmax(TALL), [np.ones((2, 0))], r"K says: max: no elements"),
    ],
    ids=("add", "dot", "squeeze", "reshape", "concatenate", "max", "min", "argmax", "softmax"),
)
def test_sizes_that_only_a_call_knows_are_refused_with_one_sentence(inputs, output, arrays, said):
    function = K.function(inputs, [output])
    with pytest.raises(ComputationFailed, match=said) as raised:
        function(arrays)
    message = str(raised.value)
    assert message.startswith("function: not computed with these inputs. Expected inputs that fit together. Received ")
    assert "K says: " in message
    assert "\n" not in message
    assert len(message) <= LONGEST
    assert isinstance(raised.value.__cause__, ShapeMismatch)


def failing(error: BaseException):
    """A function that fails with an error when it is called."""

    def fail(arrays):
        raise error

    function = K.function([ROWS], [ROWS * 2.0])
    function.compiled = {None: fail}
    return function


def test_first_line_of_a_long_message_is_said_and_no_more():
    with pytest.raises(ComputationFailed, match=r"The library says: sizes differ$"):
        failing(RuntimeError("sizes differ\nApply node that caused the error\nHINT: set a flag"))([np.ones((1, 3))])
    with pytest.raises(ComputationFailed, match=r"The library says: RuntimeError$"):
        failing(RuntimeError())([np.ones((1, 3))])


@pytest.mark.parametrize("name", MEMORY_KINDS)
def test_want_of_memory_stays_what_it_is(name):
    """A run's verdict goes by the name."""
    kind = MemoryError if name == "MemoryError" else type(name, (Exception,), {})
    with pytest.raises(kind):
        failing(kind("no room"))([np.ones((1, 3))])


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ShapeMismatch("a sentence")])
def test_interrupts_and_sentences_pass(error):
    with pytest.raises(type(error)) as raised:
        failing(error)([np.ones((1, 3))])
    assert raised.value is error
