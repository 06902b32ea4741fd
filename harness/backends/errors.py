"""The errors of K and its engines; messages say what happened, what was expected, what was received, and what to do."""

LONGEST = 100  # characters of a value in a message


def shown(value):
    """A value as a message shows it: on one line, and not endless."""
    return shortened(repr(value))


def shortened(text, longest=LONGEST):
    """A text on one line, and not endless."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 3] + "..."


class BackendError(Exception):
    """Any failure of the API or of an engine that has a sentence of its own."""


class ShapeMismatch(BackendError, ValueError):
    """Shapes, ranks or axes do not fit the operation."""


class TypeMismatch(BackendError, TypeError):
    """A dtype or the kind of an argument does not fit the operation."""


class UnknownArgument(ShapeMismatch, TypeMismatch):
    """A keyword that a function does not have: a TypeError as Python raises, a ValueError as Keras does."""


class ComputationFailed(BackendError, RuntimeError):
    """A function was not computed: what it was given does not fit, unless this is a LibraryFailed."""


class LibraryFailed(ComputationFailed):
    """A library did not compile or compute what fits; its own error is the cause."""


class OutOfMemory(LibraryFailed, MemoryError):
    """There is not the memory that a library asks for; its own error is the cause."""


class UnsupportedOperation(BackendError, NotImplementedError):
    """An engine has no way to compute an operation.

    Attributes: op (name of the operation), backend, reason.
    """

    def __init__(self, op, backend, reason):
        super(UnsupportedOperation, self).__init__(
            "%s: not supported by the %s backend. Expected an operation that it has. Received op=%s: %s."
            % (op, backend, op, reason)
        )
        self.op = op
        self.backend = backend
        self.reason = reason
