"""What Theano prints, logs and raises: kept off the user's standard output, and reported once, in one sentence."""

import builtins
import contextlib
import logging
import re
import sys
import warnings

from theano.gof import cmodule, link, op
from theano.gof.utils import MethodNotDefined

from harness.backends.engines.failures import LIBRARY, Failure, first_line, plain

_print = builtins.print
_log = logging.getLogger("theano.messages")
_of_optimizer = logging.getLogger("theano.gof.opt")
NEEDS_C = (
    "Let Theano compile: leave linker=py, cxx= and optimizer_excluding out of THEANO_FLAGS, and install a C++ compiler."
)
HAS_FAILED = "Optimization failure due to: "


def keep_to_itself():
    """Sends what Theano's modules print to its log, at a level that is not shown, and drops warnings of their code."""
    for module in (op, link, cmodule):
        module.print = _note
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"theano\.")


def _note(*words, **named):
    """As print, but on the standard streams."""
    if named.get("file") in (None, sys.stdout, sys.stderr):
        _log.info("%s", " ".join(map(str, words)))
    else:
        _print(*words, **named)


@contextlib.contextmanager
def failed_optimizations():
    """What Theano logs of optimizations that fail meanwhile: a line for each, instead of a traceback each time.

    None if an error ends it all, for that is the last of them.
    """
    records = []
    _of_optimizer.addFilter(records.append)  # a filter that returns None lets nothing through
    try:
        yield
    finally:
        _of_optimizer.removeFilter(records.append)
    said = [record.getMessage() for record in records]
    for name in sorted({text[len(HAS_FAILED) :] for text in said if text.startswith(HAS_FAILED)}):
        _of_optimizer.warning("the optimization %s failed; the function is compiled without it", name)


def failure(error):
    """The Failure that an error of Theano's is."""
    if isinstance(error, MethodNotDefined):
        found = re.search(r"<class '[\w.]*?(\w+)'>", str(error))
        return Failure(
            LIBRARY, "%s is computed by C code only" % (found.group(1) if found else "an operation"), NEEDS_C
        )
    texts = [arg for arg in error.args if isinstance(arg, str)]
    compiler = next((text for text in texts if text.startswith("Compilation failed")), None)
    if compiler is not None:
        return Failure(LIBRARY, compiler, "Look at gcc.cxxflags and blas.ldflags of THEANO_FLAGS and of the theanorc.")
    if isinstance(error, FileNotFoundError):
        return Failure(LIBRARY, first_line(error), NEEDS_C)
    if "no implementation available" in str(error):
        return Failure(LIBRARY, first_line(error).partition(". ")[0], NEEDS_C)
    return plain(error)
