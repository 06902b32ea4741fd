"""Functions that are not compiled or not computed: one sentence, its cause kept, and the fault given to whom it is."""

from __future__ import annotations

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines import failures
from harness.backends.errors import ComputationFailed, LibraryFailed, OutOfMemory, ShapeMismatch
from harness.orchestrator.execution.run_status import MEMORY_KINDS

LONGEST = 450  # characters of a message
ROWS, OTHERS = K.placeholder((None, 3), name="rows"), K.placeholder((None, 3), name="others")
TALL, WIDE = K.placeholder((2, None), name="tall"), K.placeholder((None, 2), name="wide")
IMAGES, NUMBERS = K.placeholder((None, None, None, 2), name="images"), K.placeholder((None,), dtype="int32", name="n")
STEPS, FIRST = K.placeholder((None, None, 3), name="steps"), K.placeholder((None, 3), name="first")
OF_INPUTS = "function: not computed with these inputs. Expected inputs that fit together. Received "


def said(raised) -> str:
    """The message, which is one line of a bearable length."""
    message = str(raised.value)
    assert "\n" not in message
    assert len(message) <= LONGEST
    return message


def run(x, states):
    """A step of a recurrence."""
    return x + states[0], [x + states[0]]


@pytest.mark.parametrize(
    ("inputs", "output", "arrays", "received", "wrong"),
    [
        (
            [ROWS, OTHERS],
            ROWS + OTHERS,
            [np.ones((4, 3)), np.ones((5, 3))],
            "rows (4, 3) of (None, 3), others (5, 3) of (None, 3)",
            "add: shapes do not broadcast. ",
        ),
        (
            [TALL, WIDE],
            K.dot(TALL, WIDE),
            [np.ones((2, 4)), np.ones((5, 2))],
            "tall (2, 4) of (2, None), wide (5, 2) of (None, 2)",
            "dot: inner dimensions differ. ",
        ),
        ([TALL], K.squeeze(TALL, 1), [np.ones((2, 4))], "tall (2, 4)", "squeeze: size is not 1. "),
        ([ROWS], K.reshape(ROWS, (5, -1)), [np.ones((4, 3))], "rows (4, 3)", "reshape: sizes do not fit. "),
        ([ROWS], K.concatenate([ROWS, K.ones((2, 2))]), [np.ones((4, 3))], "rows (4, 3)", "concatenate: shapes differ"),
        (
            [IMAGES],
            K.conv2d(IMAGES, K.ones((3, 3, 2, 1)), dim_ordering="tf"),
            [np.ones((1, 2, 5, 2))],
            "images (1, 2, 5, 2)",
            "convolution: the window is larger than x. ",
        ),
        (
            [ROWS, TALL],
            K.sum(K.gradients(K.sum(K.square(K.dot(ROWS, K.transpose(TALL)))), [ROWS])[0]),
            [np.ones((4, 3)), np.ones((2, 4))],
            "rows (4, 3)",
            "dot: inner dimensions differ. ",
        ),
        (
            [STEPS, FIRST],
            K.rnn(run, STEPS, [FIRST])[0],
            [np.ones((4, 2, 3)), np.ones((5, 3))],
            "steps (4, 2, 3)",
            "add: shapes do not broadcast. ",
        ),
        ([ROWS], K.max(ROWS, axis=0), [np.ones((0, 3))], "rows (0, 3)", "max: no elements"),
        ([], K.min(K.zeros((2, 0)), axis=1), [], "no inputs", "min: no elements"),
        ([], K.argmax(K.zeros((0, 2)), 0), [], "no inputs", "argmax: no elements"),
        ([TALL], K.softmax(TALL), [np.ones((2, 0))], "tall (2, 0)", "max: no elements"),
    ],
    ids=[
        *("add", "dot", "squeeze", "reshape", "concatenate", "window", "gradient", "recurrence"),
        *("max", "min", "argmax", "softmax"),
    ],
)
def test_sizes_that_only_a_call_knows_are_refused_with_one_sentence(inputs, output, arrays, received, wrong):
    function = K.function(inputs, [output])
    with pytest.raises(ComputationFailed) as raised:
        function(arrays)
    message = said(raised)
    assert message.startswith(OF_INPUTS + received)
    assert ". What does not fit: " + wrong in message
    assert raised.type is ComputationFailed
    assert isinstance(raised.value.__cause__, ShapeMismatch)


@pytest.mark.parametrize(
    ("inputs", "output", "arrays", "cause"),
    [
        ([NUMBERS], K.pow(K.variable(2, dtype="int32"), NUMBERS), [[-1]], "Integers to negative integer powers"),
        ([ROWS, NUMBERS], K.reshape(ROWS, (NUMBERS[0], 2)), [np.ones((4, 3)), [100]], "cannot reshape array"),
    ],
    ids=("power", "reshape"),
)
def test_values_that_an_operation_refuses_are_the_inputs_fault(inputs, output, arrays, cause):
    function = K.function(inputs, [output])
    with pytest.raises(ComputationFailed) as raised:
        function(arrays)
    message = said(raised)
    assert message.startswith(OF_INPUTS)
    assert f". The library says: {cause}" in message
    assert raised.type is ComputationFailed


def test_values_of_variables_are_not_called_inputs():
    function = K.function([], [K.pow(K.variable(2, dtype="int32"), K.variable([-1], dtype="int32"))])
    with pytest.raises(
        ComputationFailed, match=r"^function: not computed with the values of its variables\. Expected "
    ):
        function([])


def failing(error: BaseException, inputs=(ROWS,), output=ROWS * 2.0):
    """A function that fails with an error when it is called."""

    def fail(arrays):
        raise error

    function = K.function(list(inputs), [output])
    function.compiled = {None: fail}
    return function


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (RuntimeError("no kernel for it\nApply node that caused the error\nHINT: set a flag"), "no kernel for it"),
        (ValueError("\n\n  a stride is wrong.\nCALL STACK"), "a stride is wrong"),
        (NotImplementedError(), "NotImplementedError"),
        (TypeError("long " * 100), "long " * 39),
    ],
)
def test_library_that_fails_is_named_with_its_cause_first(error, cause):
    with pytest.raises(LibraryFailed) as raised:
        failing(error)([np.ones((1, 3))])
    message = said(raised)
    assert message.startswith(f"function: numpy failed: {cause}")
    assert "Expected it to compute what fits. Received rows (1, 3) of (None, 3). " in message
    assert "inputs that fit together" not in message
    assert raised.value.__cause__ is error


def test_library_fails_without_inputs_too():
    with pytest.raises(LibraryFailed, match=r"^function: numpy failed: no\. .* Received no inputs\. "):
        failing(RuntimeError("no"), (), K.ones((2,)) * 2.0)([])


def test_error_of_the_right_kind_is_the_librarys_where_no_value_can_be_wrong():
    with pytest.raises(LibraryFailed):
        failing(IndexError("out of bounds"))([np.ones((1, 3))])
    with pytest.raises(ComputationFailed, match="The library says: out of bounds"):
        failing(IndexError("out of bounds"), [ROWS, NUMBERS], K.reshape(ROWS, (NUMBERS[0], 2)))([np.ones((2, 3)), [3]])


@pytest.mark.parametrize("name", [name for name in MEMORY_KINDS if name != "OutOfMemory"])
def test_lack_of_memory_is_reported_and_recognised(name):
    """A run's verdict goes by the name of the class."""
    kind = MemoryError if name == "MemoryError" else type(name, (Exception,), {})
    with pytest.raises(OutOfMemory) as raised:
        failing(kind("no room for 3 GiB\nBacktrace"))([np.ones((1, 3))])
    assert said(raised).startswith("function: numpy is out of memory: no room for 3 GiB. Expected ")
    assert isinstance(raised.value, MemoryError)
    assert type(raised.value).__name__ in MEMORY_KINDS


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ShapeMismatch("a sentence")])
def test_interrupts_and_errors_of_k_pass(error):
    with pytest.raises(type(error)) as raised:
        failing(error)([np.ones((1, 3))])
    assert raised.value is error


@pytest.mark.parametrize(
    ("error", "kind", "start"),
    [
        (
            RuntimeError("no compiler\nlines"),
            LibraryFailed,
            "function: numpy did not compile it: no compiler. Expected ",
        ),
        (MemoryError("no room"), OutOfMemory, "function: numpy is out of memory: no room. Expected "),
    ],
)
def test_function_that_is_not_compiled_is_refused_with_one_sentence(error, kind, start, monkeypatch):
    def fail(engine, inputs, outputs, updates):
        raise error

    monkeypatch.setattr("harness.backends.engines.numpy.engine.NumpyEngine.function", fail)
    with pytest.raises(kind) as raised:
        K.function([ROWS], [ROWS * 2.0, ROWS])
    assert said(raised).startswith(start)
    assert "Received 1 inputs, 2 outputs, 0 updates. " in str(raised.value)
    assert raised.value.__cause__ is error


@pytest.mark.parametrize(
    ("op", "method", "call"),
    [
        ("get_value", "get_value", lambda v: K.get_value(v)),
        ("batch_get_value", "get_values", lambda v: K.batch_get_value([v, v])),
        ("set_value", "set_value", lambda v: K.set_value(v, [1.0, 2.0])),
        ("batch_set_value", "set_values", lambda v: K.batch_set_value([(v, [1.0, 2.0])])),
    ],
)
@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [(RuntimeError("lost"), LibraryFailed, "failed: lost"), (MemoryError("no"), OutOfMemory, "is out of memory: no")],
)
def test_values_that_a_library_does_not_give_or_take(op, method, call, error, kind, words, monkeypatch):
    def fail(engine, *arguments):
        raise error

    v = K.variable([1.0, 2.0])
    monkeypatch.setattr(f"harness.backends.engines.numpy.engine.NumpyEngine.{method}", fail)
    with pytest.raises(kind) as raised:
        call(v)
    assert said(raised).startswith(f"{op}: numpy {words}. Expected ")


def test_line_that_says_something_is_the_first_that_is_not_empty():
    assert failures.first_line(ValueError("\n\n  it is wrong  \nstack")) == "it is wrong"
    assert failures.first_line(ValueError("")) == "ValueError"
