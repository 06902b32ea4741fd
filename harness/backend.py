"""`from harness import backend as K`: every function of the backend API, on the engine that the user chose.

Importing this module is choosing: see harness/backends/startup.py.
"""

from harness.backends import startup as _switching
from harness.backends.api import *  # noqa: F403

_switching.start()
