"""Kinds of options. Every --help imports this, so it imports nothing heavy."""

from __future__ import annotations

import re
from collections.abc import Callable

import click

from harness.orchestrator.core.errors import ConfigError

Decorator = Callable[[Callable], Callable]
UNITS_S = {"s": 1, "m": 60, "h": 3600}


class NamesType(click.ParamType):
    """Names with commas between them."""

    name = "NAME,..."

    def convert(self, value: str, parameter: click.Parameter | None, context: click.Context | None) -> list[str]:
        return [name.strip() for name in value.split(",") if name.strip()]


class RoundsType(click.ParamType):
    """A number of rounds, or AUTO."""

    name = "N|auto"

    def convert(self, value: str, parameter: click.Parameter | None, context: click.Context | None) -> int | str:
        return int(value) if value.isdecimal() else value  # what is invalid is said with the configuration


class DurationType(click.ParamType):
    """Seconds, from words such as 90s, 5m or 2h."""

    name = "DURATION"

    def convert(self, value: str, parameter: click.Parameter | None, context: click.Context | None) -> float:
        number, unit = (value[:-1], value[-1]) if value[-1:] in UNITS_S else (value, "s")
        if not re.fullmatch(r"\d+(\.\d+)?", number):
            raise ConfigError(f"Invalid duration. Expected e.g. 90s, 5m or 2h. Received {value!r}.")
        return float(number) * UNITS_S[unit]


def added_up(context: click.Context, parameter: click.Parameter, given: tuple[list, ...]) -> list | None:
    """All that an option was given, each once; None if it was not given."""
    return list(dict.fromkeys(word for part in given for word in part)) if given else None


def list_option(*names: str, of: click.ParamType | None = None, **settings: object) -> Decorator:
    """An option that takes a list with commas and adds up if it is repeated; `of` converts one such list."""
    return click.option(*names, type=of or NamesType(), multiple=True, callback=added_up, **settings)


json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document, and everything else on stderr: harness schema."
)
silence_option = list_option("--silence", help="Diagnostics not to show: see docs/design/measuring.md.")
only_option = list_option(
    "--only", metavar="PATTERN,...", help="Only cases whose names match: 'tensorflow*', '*/mnist_mlp', '*/gpu/*'."
)
