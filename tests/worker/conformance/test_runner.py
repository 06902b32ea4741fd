"""The view of K that cases work with notes what they call, and nothing else."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from harness.backends import api, settings
from harness.backends.engines import registry
from harness.worker.conformance.forms import Expression, Program
from harness.worker.conformance.runner import Bench, Recording, public_functions, results_of

ENGINE = {"backend": "numpy", "device": "cpu", "threads": None, "plain": False}
REQUEST = {**ENGINE, "floatx": "float64", "inputs": None}


@pytest.fixture(autouse=True)
def settings_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bench sets the float type and the image layout, and puts an engine in use."""
    monkeypatch.setattr(settings, "_values", dict(settings._values))
    monkeypatch.setattr(registry, "_engines", [])


@pytest.fixture
def recording() -> Recording:
    return Recording(api)


def test_call_is_noted(recording):
    recording.relu(recording.placeholder((2,)))
    assert recording.called == {"placeholder", "relu"}


def test_calls_of_k_among_itself_are_not(recording):
    recording.batch_set_value([(api.variable(1.0), 2.0)])
    assert recording.called == {"batch_set_value"}


def test_function_that_is_passed_on_is_noted_when_it_is_called(recording):
    tanh = recording.tanh
    assert recording.called == set()
    tanh(api.placeholder((2,)))
    assert recording.called == {"tanh"}


def test_call_that_raises_is_noted(recording):
    with pytest.raises(ValueError, match="shape or ndim"):
        recording.placeholder()
    assert recording.called == {"placeholder"}


def test_names_and_signatures_are_those_of_k(recording):
    for name in public_functions(api):
        assert inspect.signature(getattr(recording, name)) == inspect.signature(getattr(api, name))
    assert recording.called == set()
    with pytest.raises(AttributeError):
        recording.no_such_function()


def test_public_functions_are_neither_modules_nor_classes():
    names = public_functions(api)
    assert {"dot", "rnn", "set_floatx"} <= set(names)
    assert not {"Function", "arithmetic", "recurrent"} & set(names)


def program(bench):
    return {"value/y": bench.function([], [bench.K.sum(bench.K.variable(np.ones(3)))])([])[0]}


@pytest.mark.parametrize(
    ("case", "functions"),
    [
        (Expression("e", {"x": np.ones(2)}, lambda k, primitives, x: {"y": k.exp(x)}, ("x",)), ["exp"]),
        (Expression("e", {"x": np.ones(2)}, lambda k, primitives, x: {"y": primitives.unary("exp", x)}, ("x",)), []),
        (Program("p", program), ["function", "sum", "variable"]),
    ],
)
def test_report_says_what_a_case_calls_itself(case, functions):
    results, line = results_of(case, Bench(REQUEST), numeric=False)
    assert line["error"] is None
    assert line["functions"] == functions
    assert results["value/y"].shape in [(), (2,)]


def test_report_begins_anew_with_each_case():
    bench = Bench(REQUEST)
    results_of(Program("p", program), bench, numeric=False)
    _, line = results_of(Program("q", lambda bench: {"value/y": np.array(bench.K.epsilon())}), bench, numeric=False)
    assert line["functions"] == ["epsilon"]
