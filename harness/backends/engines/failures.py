"""What is said of a function that a library did not compile or compute: whose fault it is, and what the cause is.

Sizes that do not fit are refused before a library sees them (api/core/call_shapes.py). Values can be at fault if its
error is of that kind and the graph has an operation that not all values fit. All else is the library's failure.
"""

import contextlib
from typing import NamedTuple

from harness.backends.errors import BackendError, ComputationFailed, LibraryFailed, OutOfMemory, shortened
from harness.backends.graph.dtypes import FLOATS
from harness.backends.graph.dynamic_sizes import NumberOf
from harness.backends.graph.traversal import expanded, schedule

MEMORY, VALUES, LIBRARY = "memory", "values", "library"
OF_MEMORY = ("ResourceExhaustedError", "OutOfMemoryError", "bad_alloc")  # what libraries raise for MemoryError
LONGEST = 200  # characters of a library's own words


class Failure(NamedTuple):
    """kind: MEMORY, VALUES (perhaps those that were given) or LIBRARY; said: the cause; advice: what to do about it."""

    kind: str
    said: str
    advice: str = ""


def plain(error):
    """The Failure that an error is, if nothing more is known of its library."""
    if isinstance(error, MemoryError) or type(error).__name__ in OF_MEMORY:
        return Failure(MEMORY, first_line(error))
    return Failure(VALUES if isinstance(error, (ValueError, IndexError)) else LIBRARY, first_line(error))


def first_line(error):
    """The first line of a library's message that says something: those after it tell of its insides."""
    lines = [line.strip() for line in str(error).splitlines()]
    return next(filter(None, lines), type(error).__name__)


def of_call(engine, inputs, arrays, targets, error):
    """The error of a call that ended in `error`.

    Parameters
    ----------
    inputs, targets : lists of Tensor      placeholders; outputs and new values
    arrays : list of arrays                the inputs'
    """
    failure = engine.failure(error)
    sizes = [array.shape for array in arrays]
    if failure.kind == VALUES and any(map(_takes_some_values_only, schedule(targets, expanded))):
        what = "these inputs. Expected inputs" if inputs else "the values of its variables. Expected values"
        return ComputationFailed(
            "function: not computed with %s that fit together. Received %s. The library says: %s."
            % (what, _given(inputs, sizes), _words(failure))
        )
    return _of_library("function", engine, error, "it to compute what fits", _given(inputs, sizes))


def of_sizes(inputs, sizes, wrong):
    """The error of a call with sizes that an operation refuses by the ShapeMismatch `wrong`."""
    return ComputationFailed(
        "function: not computed with these inputs. Expected inputs that fit together. Received %s. What does not fit: "
        "%s" % (_given(inputs, sizes), wrong)
    )


def of_compilation(engine, function, error):
    """The error of a function that its engine did not compile."""
    counts = "%d inputs, %d outputs, %d updates" % tuple(
        map(len, (function.inputs, function.outputs, function.updates))
    )
    return _of_library("function", engine, error, "a function of the graph", counts, "did not compile it")


@contextlib.contextmanager
def of_values(op, engine, given):
    """Turns what a library raises while variables are read or set into one sentence; `given` says of what."""
    try:
        yield
    except Exception as error:
        if isinstance(error, BackendError):
            raise
        raise _of_library(op, engine, error, "it to hold the values of variables", given) from error


def _of_library(op, engine, error, expected, given, what="failed"):
    """The error for what a library raised, and no value is at fault."""
    failure = engine.failure(error)
    if failure.kind == MEMORY:
        return OutOfMemory(
            "%s: %s is out of memory: %s. Expected room for all results. Received %s. Use smaller batches, or a larger "
            "machine." % (op, engine.backend, _words(failure), given)
        )
    advice = failure.advice or "The %s that is the cause of this error tells where." % type(error).__name__
    return LibraryFailed(
        "%s: %s %s: %s. Expected %s. Received %s. %s"
        % (op, engine.backend, what, _words(failure), expected, given, advice)
    )


def _words(failure):
    """What a library says, on one line and not endless, without the full stop."""
    return shortened(failure.said, LONGEST).rstrip(".")


def _given(inputs, sizes):
    """The inputs of a call with their sizes."""
    each = ("%s %s of %s" % (_name(tensor), shape, tensor.shape) for tensor, shape in zip(inputs, sizes))
    return shortened(", ".join(each)) or "no inputs"


def _name(tensor):
    return tensor.name or tensor.operation.name


def _takes_some_values_only(operation):
    """Whether an operation refuses some values of a right shape and dtype."""
    if operation.name == "power":
        return operation.outputs[0].dtype not in FLOATS
    late = any(isinstance(size, NumberOf) for size in operation.attributes.get("shape", ()))
    return late or operation.name == "host"
