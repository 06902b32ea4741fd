"""What K's functions must refuse: of each argument of each function some values that it cannot have.

A family's module gives `FUNCTIONS`, name -> Function; every module here is found, there is no list of them.
"""

from __future__ import annotations

import importlib
import pkgutil

from tests.backends.api.arguments.wrong_arguments.forms import Function

ALL: dict[str, Function] = {
    name: function
    for found in pkgutil.iter_modules(__path__)
    for name, function in getattr(importlib.import_module(f"{__name__}.{found.name}"), "FUNCTIONS", {}).items()
}
