"""Finds the conformance cases: every module in `cases` is a family, and its `CASES` is the list of its cases."""

import importlib
import os


def all_cases():
    """The cases of every family, family by family in the order of their names; no two share a name."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases")
    families = sorted(name[:-3] for name in os.listdir(folder) if name.endswith(".py") and name != "__init__.py")
    modules = [importlib.import_module("harness.worker.conformance.cases.%s" % family) for family in families]
    cases = [case for module in modules for case in cases_of(module)]
    names = [case.name for case in cases]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError("case name not unique. Expected one case each. Received %s." % ", ".join(repeated))
    return cases


def cases_of(module):
    """The cases that a family lists."""
    if not getattr(module, "CASES", None):
        raise ValueError(
            "family without cases. Expected a list CASES in %s. Received none. What families share is in forms.py."
            % module.__name__
        )
    return module.CASES
