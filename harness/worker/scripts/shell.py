"""The start of `harness shell`: K on the shell's backend, and a banner that says so."""

import os
import platform
import sys

from harness.backends.engines import registry
from harness.backends.errors import BackendError


def enter():
    """K, announced. Where it is unavailable the process ends: `python -i` would go on to a prompt without it."""
    try:
        from harness import backend
    except BackendError as error:
        sys.stderr.write("Error: %s\n" % error)
        sys.stderr.flush()
        os._exit(1)
    sys.stderr.write(_banner(registry.engine()) + "\n")
    return backend


def _banner(engine):
    """What the shell computes with."""
    versions = dict(engine.versions(), python=platform.python_version())
    libraries = ", ".join("%s %s" % item for item in sorted(versions.items()))
    device, threads = os.environ.get("HARNESS_DEVICE", "cpu"), os.environ.get("OMP_NUM_THREADS", "the library's")
    return "K is the backend API on %s: %s; device %s, threads %s. Ctrl-D leaves." % (
        engine.backend,
        libraries,
        device,
        threads,
    )
