"""`from harness import backend as K`: the backend API on the engine that KERAS_BACKEND names, NumPy if unset."""

import os

from harness.backends import active
from harness.backends.api import *  # noqa: F403

active.use(os.environ.get("KERAS_BACKEND") or "numpy")
