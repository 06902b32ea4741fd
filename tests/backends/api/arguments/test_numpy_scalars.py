"""NumPy's scalars and arrays where Python's own are usual: each argument of each function of K gives the same graph."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends import settings
from harness.backends.api.control import learning_phase
from harness.backends.graph.nodes import Tensor
from harness.backends.graph.traversal import everything, schedule
from tests.backends.api.arguments import wrong_arguments

# arguments whose default is None, or that the right arguments of wrong_arguments leave out
OPTIONAL = {
    "all": {"axis": 1}, "any": {"axis": (0, 1)}, "max": {"axis": [0, 1]}, "mean": {"axis": -1}, "min": {"axis": 1},
    "prod": {"axis": 0}, "std": {"axis": 1}, "sum": {"axis": (0, 1)}, "var": {"axis": [0]}, "argmax": {"axis": 0},
    "batch_dot": {"axes": (2, 1)}, "dropout": {"noise_shape": (2, 1), "seed": 5}, "eye": {"dtype": "int32"},
    "get_uid": {"prefix": "a"}, "ones": {"dtype": "float64", "name": "a"}, "placeholder": {"ndim": 2, "dtype": "int8"},
    "print_tensor": {"message": "a"}, "random_binomial": {"p": 0.5, "dtype": "int32", "seed": 5}, "relu": {
    "max_value": 6.0, "alpha": 0.1}, "elu": {"alpha": 0.5}, "random_normal": {"seed": 5}, "random_uniform": {"seed": 5},
    "random_normal_variable": {"seed": 5}, "random_uniform_variable": {"seed": 5, "dtype": "float64"},
    "rnn": {"input_length": 3, "constants": ()}, "variable": {"value": 2.5, "dtype": "float64", "name": "a"},
    "zeros": {"dtype": "bool"}, "zeros_like": {"dtype": "int32"}, "ones_like": {"dtype": "int32"},
    "pow": {"x": 2}, "clip": {"min_value": 0.0, "max_value": 1.5}, "reverse": {"axes": (0, 1)},
    "repeat_elements": {"axis": -1}, "arange": {"step": 2}, "update_add": {"increment": 1},
    "moving_average_update": {"momentum": 0.5}, "in_top_k": {"k": 2}, "switch": {"condition": True},
}  # fmt: skip


@pytest.fixture(autouse=True)
def settings_as_they_are():
    """Settings and the learning phase as they were."""
    before = dict(settings._values)
    yield
    settings._values.update(before)
    learning_phase.forget()


def arguments(name: str) -> dict[str, Any]:
    """Of a function every argument that has a plain value."""
    defaults = {
        argument: parameter.default
        for argument, parameter in inspect.signature(getattr(K, name)).parameters.items()
        if parameter.default not in (inspect.Parameter.empty, None)
    }
    return {**defaults, **wrong_arguments.ALL[name].right, **OPTIONAL.get(name, {})}


def in_numpy(argument: str, value: Any) -> list[Any]:
    """A plain value as NumPy has it, in each way; callables make those that can be read once."""
    if isinstance(value, bool):
        return [np.bool_(value), np.array(value)]
    if isinstance(value, int):
        return [np.int64(value), np.int32(value), np.int8(value), np.array(value), np.array(value, "int16")]
    if isinstance(value, float):
        return [np.float64(value), np.float32(value), np.array(value), np.array(value, "float32")]
    if isinstance(value, str):
        types = [np.dtype(value), np.dtype(value).type] if argument in ("dtype", "floatx") else []
        return [np.str_(value), np.array(value), *([] if argument == "floatx" else types)]
    if isinstance(value, (list, tuple)):
        return in_order(value)
    return []


def in_order(values: Any) -> list[Any]:
    """A list as a tuple, and the other way round; read once; of ints an array."""
    found = [list(values), tuple(values), lambda: iter(values), lambda: (value for value in values)]
    if values and all(type(value) is int for value in values):
        found += [np.array(values), tuple(np.int64(value) for value in values), [np.array(value) for value in values]]
    if values and all(type(value) is bool for value in values):
        found += [np.array(values), [np.bool_(value) for value in values]]
    return found


def described(found: Any) -> Any:
    """A result with the graph behind each of its tensors: names, shapes and attributes, numbered in order."""
    if isinstance(found, (list, tuple)):
        return [described(each) for each in found]
    if not isinstance(found, Tensor):
        return type(found).__name__, attribute(found)
    order = schedule([found], everything)
    places = {operation: place for place, operation in enumerate(order)}
    return [
        (
            operation.name,
            [(places[each.operation], each.index) for each in everything(operation)],
            [(each.shape, each.dtype) for each in operation.outputs],
            {name: attribute(value) for name, value in operation.attributes.items()},
        )
        for operation in order
    ]


def attribute(value: Any) -> Any:
    """An attribute's value as it may be compared: Python's own types alone, arrays but in leaves."""
    if isinstance(value, np.ndarray):
        return value.dtype.name, np.round(value.astype("float64"), 5).tolist()
    assert not isinstance(value, np.generic), value
    if isinstance(value, tuple) and hasattr(value, "new_states"):
        return described(value.outputs + value.new_states)
    if isinstance(value, (list, tuple)):
        return [attribute(each) for each in value]
    if isinstance(value, slice):
        return [attribute(each) for each in (value.start, value.stop, value.step)]
    return round(value, 5) if isinstance(value, float) else value if not callable(value) else "function"


CASES = [
    pytest.param(name, argument, value, id=f"{name}-{argument}-{place}")
    for name, function in wrong_arguments.ALL.items()
    if name != "function"
    for argument, plain in arguments(name).items()
    if argument not in function.ignored
    for place, value in enumerate(in_numpy(argument, plain))
    if not (isinstance(plain, list) and argument in ("x", "value"))  # an array's rows
]


def call(name: str, given: dict[str, Any]) -> Any:
    """What a function makes of arguments; a setter what is set then."""
    K.reset_uids()
    found = getattr(K, name)(**given)
    return described(getattr(K, name.removeprefix("set_"))() if found is None and name.startswith("set_") else found)


@pytest.mark.parametrize(("name", "argument", "value"), CASES)
def test_numpy_value_gives_the_graph_of_the_plain_one(name, argument, value):
    plain = arguments(name)
    value = value() if callable(value) and not isinstance(value, type) else value
    assert call(name, {**plain, argument: value}) == call(name, plain)


X = K.placeholder((4, 5))


def test_function_takes_its_lists_in_any_form():
    x, v = K.placeholder((2,)), K.variable(1.0)
    function = K.function(iter([x]), (each for each in [x * 2.0]), iter([K.update_add(v, np.float32(1.0))]))
    assert function([np.ones(2)])[0].tolist() == [2.0, 2.0]
    assert K.get_value(v) == 2.0


@pytest.mark.parametrize(
    ("make", "plain"),
    [
        (lambda: X[np.int64(1)], lambda: X[1]),
        (lambda: X[np.array(-1), np.int8(2)], lambda: X[-1, 2]),
        (lambda: X[np.int32(1) : np.array(3) : np.int64(2)], lambda: X[1:3:2]),
        (lambda: X * np.float64(2), lambda: X * 2),
        (lambda: np.float64(2) * X, lambda: 2 * X),
        (lambda: np.float32(2) - X, lambda: 2 - X),
        (lambda: np.array(2) / X, lambda: 2 / X),
        (lambda: np.int64(2) ** X, lambda: 2**X),
        (lambda: np.bool_(True) * K.cast(X, "bool"), lambda: True * K.cast(X, "bool")),
        (lambda: np.float16(0.5) < X, lambda: X > 0.5),
        (lambda: X[:, np.int64(1)] + np.float32(1), lambda: X[:, 1] + 1),
    ],
)
def test_operators_take_numpy_scalars(make, plain):
    assert described(make()) == described(plain())
