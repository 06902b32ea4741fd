"""What CNTK raises: Python's plain errors, whose first line says what happened; a C++ call stack follows."""

from harness.backends.engines.failures import MEMORY, Failure, plain

OF_MEMORY = ("bad_alloc", "out of memory", "Unable to allocate")


def failure(error):
    """The Failure that an error of CNTK's is."""
    found = plain(error)
    return Failure(MEMORY, found.said) if any(words in str(error) for words in OF_MEMORY) else found
