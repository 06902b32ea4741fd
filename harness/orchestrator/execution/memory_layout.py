"""The accidental part of a worker's memory layout: the length of its paths and the size of its environment variables.

Both decide where the stack begins and where the C library's heap puts everything else, and with it how much memory a
run takes and how fast it is: docs/design/layout-bias.md. So they are no longer what the checkout, the user and the
side's name happen to make them: they are drawn for each round and case, alike for all sides.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

# Of the folder that a worker finds its code in. The shortest is longer than most folders for temporary files.
PATH_CHARACTERS = 96, 224
# Of all environment variables. One page more or less takes the stack through every place in a page.
ENVIRONMENT_BYTES = 4096, 8192
PAGE_BYTES = 4096
VARIABLES = 32  # how many there are, or a multiple of it
PADDING = "HARNESS_PADDING_{:03}"
FOLDER = re.compile(r"[^\s\"']*/harness-\w{8}/-+(?=/)")  # what `folder_of` makes


@dataclass(frozen=True)
class Layout:
    """The length of the path of a worker's code, and the bytes of its environment variables with their names."""

    path_characters: int
    environment_bytes: int


def draw(*place: object) -> Layout:
    """The layout of a place in a session: the same place has the same one in every session with the same seed."""
    random = Random(" ".join(map(str, place)))
    return Layout(random.randint(*PATH_CHARACTERS), random.randint(*ENVIRONMENT_BYTES))


def padded(variables: Mapping[str, str], layout: Layout) -> dict[str, str]:
    """Variables with others that mean nothing, so that their number and their bytes are the layout's.

    More variables than VARIABLES, or more bytes than the layout has, make it as many times, or pages, more.
    """
    number = VARIABLES * (len(variables) // VARIABLES + 1)
    names = [PADDING.format(place) for place in range(len(variables), number)]
    padding = dict.fromkeys(names, "")
    missing = layout.environment_bytes - size_bytes({**variables, **padding})
    padding[names[0]] = "-" * (missing if missing >= 0 else missing % PAGE_BYTES)
    return {**variables, **padding}


def size_bytes(variables: Mapping[str, str]) -> int:
    """What variables take where the kernel puts them, above the stack."""
    return sum(len(f"{name}={value}".encode()) + 1 for name, value in variables.items())


@contextmanager
def folder_of(layout: Layout) -> Iterator[Path]:
    """A new folder whose path is as long as the layout says, or as the folder of temporary files allows."""
    made = tempfile.mkdtemp(prefix="harness-")
    try:
        folder = Path(made, "-" * max(1, layout.path_characters - len(made) - 1))
        folder.mkdir()
        yield folder
    finally:
        shutil.rmtree(made, ignore_errors=True)
