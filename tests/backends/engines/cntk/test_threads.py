"""The real CNTK on two threads: what opens regions for them, what both compute, and that the two ways go together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conformance.collected import output_of


@pytest.fixture(scope="module")
def told():
    """What the script says, which ends well only if convolutions and all else go together in any order."""
    return json.loads(output_of(Path(__file__).parent / "compute_on_threads.py", "cntk").splitlines()[-1])


def test_regions_of_no_composite_grow_as_its_rows_do(told):
    """Those of a sum grow with the root of their number."""
    assert {name: (few, many) for name, (few, many) in told["regions"].items() if many > 1.5 * few} == {}


def test_what_is_worth_it_is_computed_on_both_threads(told):
    assert told["placed"] == {
        "small recurrence": False,
        "large recurrence": True,
        "small convolution": True,
        "small tanh": False,
        "large tanh": True,
    }
