"""What a session compares: its sides are the same cases with something changed in each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace

from packaging.requirements import InvalidRequirement, Requirement

from harness.orchestrator.core.cases import Case
from harness.orchestrator.core.errors import ConfigError

# Fields of a case that a side may change: all but the task, since the times of two tasks say nothing about each other.
TASK = "workload"
OF_CASE = tuple(field.name for field in fields(Case) if field.name != TASK)
WHOLE = ("threads", "batch_size")
VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
SETTINGS = (*OF_CASE, "data", "revision")
FORMS = (
    "backend=numpy, profile=stock, threads=1, batch_size=32, data=digits, tensorflow==2.20, OMP_WAIT_POLICY=passive or "
    "revision=HEAD~1"
)


@dataclass(frozen=True)
class Side:
    """Changes to every case; None and empty leave it as the session has it.

    words: the changes as they were given
    case: fields of Case -> their values
    """

    label: str
    words: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    case: dict[str, str | int] = field(default_factory=dict)
    data: str | None = None
    revision: str | None = None

    def changed(self, case: Case) -> Case:
        """The case on this side."""
        return replace(case, **self.case)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a case that it changes, with `data`."""
        return (*self.case, *(["data"] if self.data else []))

    def __str__(self) -> str:
        return " ".join(self.words) or "as configured"


def changed_fields(sides: Iterable[Side]) -> tuple[str, ...]:
    """The fields of a case, with `data`, that one of the sides changes."""
    return tuple(dict.fromkeys(field for side in sides for field in side.fields))


def unchanged(case: Case, sides: Iterable[Side]) -> tuple:
    """What of a case all sides have in common: the sides of one case agree in it."""
    changed = changed_fields(sides)
    return tuple(value for field, value in vars(case).items() if field not in changed)


def parse(label: str, words: list[str]) -> Side:
    """The side that words such as those in FORMS describe.

    Raises:
        ConfigError: a word is invalid.
    """
    side = Side(label, tuple(words))
    for word in words:
        side = with_word(side, word)
    return side


def with_word(side: Side, word: str) -> Side:
    """The side with one more change."""
    key, equals, value = word.partition("=")
    given = equals and not value.startswith("=")
    if given and key == TASK:
        raise other_task(word)
    if given and value and key in SETTINGS:
        return with_setting(side, key, value, word)
    if given and VARIABLE.fullmatch(key):
        return replace(side, variables={**side.variables, key: value})
    return with_requirement(side, word)


def with_setting(side: Side, key: str, value: str, word: str) -> Side:
    """The side with one of SETTINGS changed."""
    if key not in OF_CASE:
        return replace(side, **{key: value})
    return replace(side, case={**side.case, key: whole(word, value) if key in WHOLE else value})


def with_requirement(side: Side, word: str) -> Side:
    """The side with another version of a package."""
    try:
        Requirement(word)
    except InvalidRequirement as cause:
        raise invalid(word) from cause
    if word.partition("=")[0] not in SETTINGS and re.search(r"[<>=!~]=|[<>]", word):
        return replace(side, requirements=(*side.requirements, word))
    raise invalid(word)


def whole(word: str, value: str) -> int:
    """A number of threads or samples."""
    if not value.isdecimal() or int(value) < 1:
        raise invalid(word)
    return int(value)


def invalid(word: str) -> ConfigError:
    return ConfigError(f"A side's change is invalid. Expected e.g. {FORMS}. Received {word!r}.")


def other_task(word: str) -> ConfigError:
    return ConfigError(
        f"A side has a workload of its own. Expected both sides to train the same one, and e.g. {FORMS}. "
        f"Received {word!r}. Choose the workload of both with --workload."
    )
