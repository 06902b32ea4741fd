"""The gradients of whole workloads by the NumPy engine in float64, against central differences of the training loss."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines import registry
from harness.backends.engines.numpy import gradients
from harness.backends.engines.numpy.plan import derivatives
from harness.workloads.modeling.training import Model

SAMPLES = {"mnist_mlp": 8, "mnist_cnn": 4, "imdb_lstm": 4}
# Truncation, h^2 |L'''| / 6, is below 1e-9 of the gradient at both. A kink (of relu, of a maximum) between w - h d and
# w + h d adds up to half of its jump, as much as its place says: it would show, and differently at each step, while a
# wrong gradient is off by the same at both. At 1e-6 mnist_cnn meets one (1.5e-3); at these steps no direction does.
STEPS = (1e-7, 3e-8)
ROUNDING = 4e-15  # over h, in a difference quotient of losses near 3: some units of float64
RTOL = 1e-6  # of the gradient's norm along the direction; seen: at most 0.07 of this and rounding together
DIRECTIONS = 3  # of each array, and of all together
COORDINATES = 2  # of each array: so many with the largest gradients, and as many drawn
PLANTED = 1e-4  # relative error of a gradient rule


class Probe(NamedTuple):
    """A direction in the space of the weights (None: an array stays) and the loss's central difference at each step."""

    direction: list[np.ndarray | None]
    differences: list[float]


class Workload(NamedTuple):
    """A model on one batch: its gradients, compiled anew at each call, and how its loss really changes.

    rules: the engine's, by name; scaled: (arguments of a rule, a gradient that it gives, factor) -> their product
    """

    gradients: object
    probes: list[Probe]
    rules: dict
    scaled: object


@pytest.fixture(autouse=True)
def float32_afterwards() -> Iterator[None]:
    yield
    K.set_floatx("float32")


@functools.cache
def workload_named(name: str, plain: bool) -> Workload:
    """The workload as it is trained, with every dropout at level 0, planned or plain."""
    engine = registry.use("numpy")
    if plain:
        engine.evaluate_plainly()
    K.set_floatx("float64")
    K.set_image_dim_ordering("tf")
    declared = importlib.import_module(f"harness.workloads.{name}").WORKLOAD
    model = Model(declared, declared.editions["2015-12"], np.random.RandomState(1))
    model.switch_dropout(False)
    variables = [weight.variable for weight in model.weights]
    batch = samples(declared, SAMPLES[name])
    loss = K.function(model.inputs, [model.training[0]])
    wanted = K.gradients(model.training[0], variables)

    def compiled():
        registry.resume(engine)
        return K.function(model.inputs, wanted)(batch)

    start = K.batch_get_value(variables)
    probes = [
        Probe(direction, [difference(lambda: loss(batch)[0], variables, start, direction, step) for step in STEPS])
        for direction in directions(compiled())
    ]
    if plain:
        return Workload(compiled, probes, gradients.PRODUCTS, lambda arguments, array, factor: array * factor)
    return Workload(compiled, probes, derivatives.RULES, scaled_value)


def scaled_value(arguments, value, factor):
    """A value of a plan times a factor: the first argument of a rule adds nodes."""
    return arguments[0].program.scaled("multiply", factor, value)


def samples(declared, count: int) -> list[np.ndarray]:
    rng = np.random.RandomState(1)
    if declared.data_kind == "images":
        x, y = rng.rand(count, 28, 28), rng.randint(0, 10, count)
    else:
        x, y = rng.randint(0, 20000, (count, 100)), rng.randint(0, 2, count)
    return [declared.inputs(x), declared.targets(y)]


def directions(arrays: list[np.ndarray]) -> Iterator[list[np.ndarray | None]]:
    """Normal draws in every array and in all at once, and single coordinates of every array."""
    rng = np.random.RandomState(2)
    for index, array in enumerate(arrays):
        largest = np.argsort(np.abs(array), axis=None)[-COORDINATES:]
        units = [place == np.arange(array.size) for place in (*largest, *rng.randint(0, array.size, COORDINATES))]
        draws = [rng.standard_normal(array.shape) for _ in range(DIRECTIONS)]
        for drawn in (*draws, *(unit.reshape(array.shape).astype("float64") for unit in units)):
            yield [drawn if place == index else None for place in range(len(arrays))]
    for _ in range(DIRECTIONS):
        yield [rng.standard_normal(array.shape) for array in arrays]


def difference(loss, variables, start, direction, step: float) -> float:
    """(L(w + h d) - L(w - h d)) / 2 h."""
    found = []
    for signed in (step, -step):
        for variable, value, along in zip(variables, start, direction, strict=True):
            K.set_value(variable, value if along is None else value + signed * along)
        found.append(float(loss()))
    K.batch_set_value(list(zip(variables, start, strict=True)))
    return (found[0] - found[1]) / (2 * step)


def excess(workload: Workload) -> float:
    """The largest deviation of g.d from a difference, in units of the tolerance."""
    arrays = workload.gradients()
    return max(off(arrays, probe) for probe in workload.probes)


def off(arrays: list[np.ndarray], probe: Probe) -> float:
    """That of one direction."""
    moved = [(array, along) for array, along in zip(arrays, probe.direction, strict=True) if along is not None]
    expected = sum(float(np.sum(array * along)) for array, along in moved)
    length = np.sqrt(sum(float(np.sum(np.square(array * (along != 0)))) for array, along in moved))
    return max(
        abs(found - expected) / (RTOL * length + ROUNDING / step)
        for found, step in zip(probe.differences, STEPS, strict=True)
    )


@pytest.mark.parametrize("plain", [True, False], ids=["plain", "planned"])
@pytest.mark.parametrize("name", SAMPLES)
def test_gradient_of_a_whole_workload_agrees_with_central_differences(name: str, plain: bool) -> None:
    assert excess(workload_named(name, plain)) < 1


@pytest.mark.parametrize("plain", [True, False], ids=["plain", "planned"])
@pytest.mark.parametrize("name", SAMPLES)
def test_every_wrong_rule_on_the_way_is_caught(name: str, plain: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every rule that the workload's gradient takes, each a ten-thousandth off by itself."""
    workload = workload_named(name, plain)
    caught = {}
    for rule in rules_of(workload, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setitem(workload.rules, rule, planted(workload.rules[rule], workload.scaled))
            caught[rule] = excess(workload) > 1
    assert len(caught) > 4
    assert all(caught.values()), caught


def rules_of(workload: Workload, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the rules through which a gradient flows."""
    used: set[str] = set()

    def watched(name, right):
        def product(*arguments):
            passed = right(*arguments)
            used.update([name] * any(array is not None for array in passed))
            return passed

        return product

    with monkeypatch.context() as patch:
        for name, right in list(workload.rules.items()):
            patch.setitem(workload.rules, name, watched(name, right))
        workload.gradients()
    return sorted(used)


def planted(right, scaled):
    """The rule with its gradients too large by PLANTED."""

    def product(*arguments):
        passed = right(*arguments)
        return [found if found is None else scaled(arguments, found, 1 + PLANTED) for found in passed]

    return product
