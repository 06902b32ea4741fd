"""The conformance cases: what every engine must compute, one family a module.

A module's `CASES` is a list of cases; every module here is found, there is no list of them. Both sides import this
package: the runner inside each environment, and the tests, which compare what the environments answered.
"""

import importlib
import os


def all_cases():
    """The cases of every family, family by family in the order of their names; no two share a name."""
    folder = os.path.dirname(os.path.abspath(__file__))
    families = sorted(name[:-3] for name in os.listdir(folder) if name.endswith(".py") and name != "__init__.py")
    modules = [importlib.import_module("%s.%s" % (__name__, family)) for family in families]
    cases = [case for module in modules for case in getattr(module, "CASES", ())]
    names = [case.name for case in cases]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError("case name not unique. Expected one case each. Received %s." % ", ".join(repeated))
    return cases
