"""Makes the package `harness` importable from its own folder, and nothing else beside it.

A worker runs with `-I`, so neither this folder nor the orchestrator's site-packages are on the path. Scripts load this
file by path: `runpy.run_path(".../bootstrap.py")["install"]()`.
"""

import importlib.util
import os
import sys


def install():
    """Imports the package `harness` from the folder that this file lies in."""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    spec = importlib.util.spec_from_file_location(
        "harness", os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules["harness"] = package
    spec.loader.exec_module(package)
