"""Python's cyclic garbage collection, held back while a graph is built.

A graph is thousands of new objects and hardly any garbage, but the number of new ones is what makes Python look for
garbage: through all of them, and all that the library consists of, again and again.
"""

import contextlib
import gc


@contextlib.contextmanager
def without_collection():
    """No automatic collection inside; what is garbage then waits for the next one."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
