"""`from harness import backend as K`: every function of the backend API, on the engine that the user chose.

Importing this module is choosing: see harness/backends/switching.py.
"""

from harness.backends import switching as _switching
from harness.backends.api import *  # noqa: F403

_switching.start()
