"""The errors a user can meet, each with the exit code that the command line ends with."""

from __future__ import annotations


class HarnessError(Exception):
    """Any failure that is answered with one sentence; subclasses name its kind."""

    exit_code = 1


class ConfigError(HarnessError):
    """Invalid input: an option, a key, a name or a value."""

    exit_code = 2


class ProvisioningError(HarnessError):
    """An environment could not be built or does not verify."""

    exit_code = 5


class DataError(HarnessError):
    """A data set is unavailable, or its file has unexpected content."""

    exit_code = 5


class ProtocolError(HarnessError):
    """A worker or a file said something that the protocol does not know."""

    exit_code = 5


class WorkerFailed(HarnessError):
    """A worker ended without a result."""

    exit_code = 5


class RegressionConfirmed(HarnessError):
    """Something is slower than it was, and fresh runs have shown it again."""

    exit_code = 3


class NothingComparable(HarnessError):
    """There is nothing to compare, or less than there was."""

    exit_code = 4


class RecordError(HarnessError):
    """A record file is unreadable or of a newer schema; it is left where it is."""

    exit_code = 5
