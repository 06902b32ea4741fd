"""Stands for the package `harness` on a script's path, and puts the real one in its place.

The folder that the real one lies in cannot be on the path: it may hold the orchestrator's packages as well.
"""

import os
import runpy

_WORKER = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

runpy.run_path(os.path.join(_WORKER, "bootstrap.py"))["install"]()
