"""help() of a function of K: where it is from, and what it returns, in the function's own docstring."""

from __future__ import annotations

import inspect
import re

import pytest

from harness.backends import api as K
from harness.backends.errors import TypeMismatch
from harness.worker.conformance.runner import public_functions
from tests.backends.api.arguments import wrong_arguments

MODULES = ("__init__", "common", "tensorflow_backend", "theano_backend")  # of keras/backend
SECTIONS = ["Parameters", "Returns", "Raises", "Notes"]
SOURCE = re.compile(r"^Source: +keras 1\.2\.2, keras/backend/(\w+)\.py, (\w+)\.$", re.MULTILINE)


def sections(name: str) -> dict[str, str]:
    """Heading -> text of a function's docstring; what stands before the first heading is under ""."""
    parts = re.split(r"^(\w+)\n-+$", inspect.getdoc(getattr(K, name)), flags=re.MULTILINE)
    return dict(zip(["", *parts[1::2]], map(str.strip, parts[::2]), strict=True))


@pytest.mark.parametrize("name", public_functions(K))
def test_sections_are_in_their_order(name):
    headings = list(sections(name))[1:]
    assert headings == [each for each in SECTIONS if each in headings]


@pytest.mark.parametrize("name", public_functions(K))
def test_docstring_names_its_source_last(name):
    found = SOURCE.search(sections(name)["Notes"].splitlines()[-1])
    assert found
    assert found[1] in MODULES
    assert found[2] == name


@pytest.mark.parametrize("name", public_functions(K))
def test_docstring_says_what_is_returned(name):
    """A setter says None."""
    returns = sections(name)["Returns"]
    assert returns
    assert (returns == "None") == name.startswith(("set_", "reset_", "clear_", "batch_set_", "manual_"))


@pytest.mark.parametrize("name", public_functions(K))
def test_docstring_stands_alone(name):
    """help() of one function shows nothing of the module around it."""
    assert not re.search(r"\b(as|see) above\b", inspect.getdoc(getattr(K, name)))


@pytest.mark.parametrize("name", wrong_arguments.ALL)
def test_docstring_lists_what_is_raised(name):
    """But for TypeMismatch of what is no tensor, which every function raises: K's own docstring says so."""
    raised = {error for values in wrong_arguments.ALL[name].wrong.values() for _, error in values} - {TypeMismatch}
    listed = re.findall(r"^\w+", sections(name).get("Raises", ""), flags=re.MULTILINE)
    assert {error.__name__ for error in raised} <= set(listed)
