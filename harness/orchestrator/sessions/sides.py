"""What a session compares: its sides are the same cases with something changed in each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from packaging.requirements import InvalidRequirement, Requirement

from harness.orchestrator.core.cases import Case
from harness.orchestrator.core.errors import ConfigError

# Fields of a case that a side may change.
OF_CASE = ("profile", "threads")
VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
SETTINGS = (*OF_CASE, "revision")
FORMS = "tensorflow==2.20, profile=stock, threads=1, OMP_WAIT_POLICY=passive or revision=HEAD~1"


@dataclass(frozen=True)
class Side:
    """Changes to every case; None and empty leave it as the session has it. `words` are they as they were given."""

    label: str
    words: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    profile: str | None = None
    threads: int | None = None
    revision: str | None = None

    def changed(self, case: Case) -> Case:
        """The case on this side."""
        return replace(case, **{field: getattr(self, field) for field in changed_fields([self])})

    def __str__(self) -> str:
        return " ".join(self.words) or "as configured"


def changed_fields(sides: Iterable[Side]) -> tuple[str, ...]:
    """The fields of a case that one of the sides changes."""
    known = list(sides)
    return tuple(field for field in OF_CASE if any(getattr(side, field) for side in known))


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
    if value and not value.startswith("=") and key in SETTINGS:
        return replace(side, **{key: whole(word, value) if key == "threads" else value})
    if equals and not value.startswith("=") and VARIABLE.fullmatch(key):
        return replace(side, variables={**side.variables, key: value})
    try:
        Requirement(word)
    except InvalidRequirement as cause:
        raise invalid(word) from cause
    if key not in SETTINGS and re.search(r"[<>=!~]=|[<>]", word):
        return replace(side, requirements=(*side.requirements, word))
    raise invalid(word)


def whole(word: str, value: str) -> int:
    """A number of threads."""
    if not value.isdecimal() or int(value) < 1:
        raise invalid(word)
    return int(value)


def invalid(word: str) -> ConfigError:
    return ConfigError(f"A side's change is invalid. Expected e.g. {FORMS}. Received {word!r}.")
