"""What the Theano engine promises besides right numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from harness.orchestrator.suites.conformance.answers import Answer
from tests.conformance.collected import answer, compiled, interpreted, output_of

HERE = Path(__file__).parent


def test_theano_compiles_a_case_of_every_operation_and_interprets_the_others():
    """In the other tests of this folder, which would take three times as long if all were compiled."""
    parts = compiled("theano"), interpreted("theano")
    assert [part.settings["linker"] for part in parts] == ["cvm", "py"]
    assert "-O0" in parts[0].settings["gcc.cxxflags"]
    assert not operations(answer("numpy")) - operations(parts[0])
    assert not set(parts[0].cases) & set(parts[1].cases)


def operations(found: Answer) -> set[str]:
    """What occurs in the graphs of the cases that ran."""
    return {operation for line in found.cases.values() for operation in line["operations"]}


def test_theano_compiles_nothing_that_an_earlier_process_compiled():
    """The same cases twice: in Theano a convolution before it changes the flags that a product is compiled with."""
    cases = "state-training-*"
    answer("theano", only=cases)
    assert answer.anew("theano", only=cases).settings["compiled_modules"] == 0


def test_theano_modules_take_the_compiled_headers():
    *taken, openmp = output_of(HERE / "headers_in_use.py", "theano").splitlines()
    assert len(taken) == 2
    assert all("all.h.gch" in variant for variant in taken), taken
    assert openmp == "openmp True"


def test_theano_modules_of_a_function_are_compiled_beside_each_other():
    """Those of a scan's inner function too; one that g++ refuses is tried again as Theano does it, and reported."""
    found = json.loads(output_of(HERE / "modules_side_by_side.py", "theano").splitlines()[-1])
    assert found["right"]
    assert found["beside"] >= 5
    assert found["in_turn"] == 0
    assert found["again"] == 0
    assert found["after_a_failure"]
    assert found["makers_after_a_failure"] == [False, True]
    assert found["left"] == []
    assert found["threads"] == 1


def splitmix(key: int, number: int) -> int:
    """An output of SplitMix64 in whole numbers."""
    z = (key + number * 0x9E3779B97F4A7C15) % 2**64
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
    return z ^ (z >> 31)


def test_theano_draws_are_the_outputs_of_splitmix64():
    found = json.loads(output_of(HERE / "uniform_draws.py", "theano"))
    for dtype, digits in (("float32", 24), ("float64", 53)):
        expected = [(splitmix(2**62 + 12345, number) >> (64 - digits)) / 2**digits for number in range(30)]
        for calls in found[dtype]:
            assert np.ravel(calls).tolist() == expected
