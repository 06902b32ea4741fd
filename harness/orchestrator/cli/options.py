"""Kinds of options. Every --help imports this, so it imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable

import click

Decorator = Callable[[Callable], Callable]


class NamesType(click.ParamType):
    """Names with commas between them."""

    name = "NAME,..."

    def convert(self, value: str, parameter: click.Parameter | None, context: click.Context | None) -> list[str]:
        return [name.strip() for name in value.split(",") if name.strip()]


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
