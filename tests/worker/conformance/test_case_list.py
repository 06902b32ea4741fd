"""Every module of the conformance cases is a family, and none is left out in silence."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from harness.worker.conformance.case_list import all_cases, cases_of


@pytest.mark.parametrize("contents", [{}, {"CASES": []}])
def test_family_without_cases_is_an_error(contents: dict) -> None:
    with pytest.raises(ValueError, match=r"Expected a list CASES in family\."):
        cases_of(SimpleNamespace(__name__="family", **contents))


def test_case_names_are_unique() -> None:
    names = [case.name for case in all_cases()]
    assert len(names) == len(set(names)) > 700
