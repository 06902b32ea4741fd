"""K has every public function of the two backends of Keras 1.2.2, with the arguments and defaults of one of them."""

from __future__ import annotations

import ast
import functools
import inspect
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from benchmarks.speed.entrants import packages
from harness.backends import api as K
from tests.client.runs import HERE, environment

MODULES = ("common", "tensorflow_backend", "theano_backend")
COUNT = 149  # with backend(), which Keras defines beside them


class Signature(NamedTuple):
    """Names of the arguments, the source of the defaults of the last of them, and Keras's module."""

    arguments: list[str]
    defaults: dict[str, str]
    module: str = ""


@functools.cache
def of_keras() -> dict[str, list[Signature]]:
    """Function -> its signatures in the modules that have it, as the installed source says."""
    folder = Path(packages(HERE, environment("numpy")), "keras", "backend")
    found: dict[str, list[Signature]] = {"backend": [Signature([], {}, "__init__")]}
    for module in MODULES:
        for node in ast.parse((folder / f"{module}.py").read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(signature(node.args, module))
    return found


def signature(arguments: ast.arguments, module: str) -> Signature:
    """Of a function's definition."""
    names = [argument.arg for argument in arguments.args]
    defaults = zip(names[len(names) - len(arguments.defaults) :], arguments.defaults, strict=True)
    return Signature(names, {name: ast.unparse(value) for name, value in defaults}, module)


def of_ours(name: str) -> Signature:
    """Of a function of K; an empty tuple stands for Keras's empty list."""
    found = inspect.signature(getattr(K, name)).parameters.values()
    named = [each for each in found if each.kind is not each.VAR_KEYWORD]
    defaults = {each.name: each.default for each in named if each.default is not each.empty}
    return Signature([each.name for each in named], {key: repr(value) for key, value in defaults.items()})


def agree(one: Signature, other: Signature) -> bool:
    """Whether names and defaults are the same, whatever way the values are written."""
    values = [{name: _value(text) for name, text in each.defaults.items()} for each in (one, other)]
    return one.arguments == other.arguments and values[0] == values[1]


def _value(text: str) -> object:
    value = ast.literal_eval(text)
    return tuple(value) if isinstance(value, list) else value


def test_k_has_the_functions_of_keras_and_no_others():
    assert set(of_keras()) == set(K.__all__) - {"Function"}
    assert len(of_keras()) == COUNT


@pytest.mark.parametrize("name", sorted(set(K.__all__) - {"Function"}))
def test_function_takes_the_arguments_of_keras(name):
    assert any(agree(of_ours(name), theirs) for theirs in of_keras()[name]), (of_ours(name), of_keras()[name])


@pytest.mark.parametrize("name", sorted(set(K.__all__) - {"Function"}))
def test_docstring_names_a_module_of_keras_that_has_the_function(name):
    named = re.search(r"keras/backend/(\w+)\.py", getattr(K, name).__doc__)
    assert named
    assert named[1] in [theirs.module for theirs in of_keras()[name]]
