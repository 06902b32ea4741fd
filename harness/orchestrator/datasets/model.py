"""What a data set is before and after it is prepared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from harness.orchestrator.core.errors import DataError

ARRAYS = ("x_train", "y_train", "x_test", "y_test")

Arrays = dict[str, np.ndarray]
Say = Callable[[str], None]


class DataMismatch(DataError):
    """The data set asked for is of another kind than the workload needs; the user's choice, so exit code 2."""

    exit_code = 2


class FileUnavailable(DataError):
    """No source has the published file; `reason` says so in one sentence, without the advice of the message."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Volume:
    """Samples of a data set."""

    train: int
    test: int


@dataclass(frozen=True)
class RealFile:
    """A published file, known by its sum."""

    name: str
    url: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Order:
    """What `DataSet.make` is to make: so many rows, drawn from the seed or read from the file's verified content."""

    train: int
    test: int
    seed: int
    content: bytes = b""


@dataclass(frozen=True)
class DataSet:
    """One way to fill the four arrays of a kind of workload.

    `version` changes whenever `make` gives other bytes. `seeded` says whether the seed matters. `file` is what real
    data is read from; `make` then gets its content, and the sum has been checked.
    """

    name: str
    kind: str
    version: int
    description: str
    volume: Volume
    seeded: bool
    make: Callable[[Order], Arrays]
    file: RealFile | None = None


@dataclass(frozen=True)
class PreparedData:
    """Arrays on disk, ready for a worker to map, and what a table says about them.

    `train` and `test` count the samples there are; `full_train` and `full_test` those of the real thing. `sha256`
    covers names, types, shapes and bytes of the arrays, so that two records can be compared.
    """

    name: str
    arrays: dict[str, Path]
    train: int
    test: int
    full_train: int
    full_test: int
    description: str
    sha256: str
    notes: list[str] = field(default_factory=list)
