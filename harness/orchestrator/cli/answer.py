"""What goes to stdout: with --json one JSON document, a result or an error, and everything else to stderr."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from harness.orchestrator.reports.documents.document import Document

JSON = "--json"
# Their arguments are Python's.
OTHERS = ("exec", "shell")


class Answer:
    """Whether a document is wanted, and whether there is one."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self.wanted = JSON in arguments and arguments[0] not in OTHERS
        self.given = False

    def give(self, document: Document) -> None:
        """Print the result."""
        click.echo(document.text())
        self.given = True

    def fail(self, kind: str, message: str, exit_code: int) -> int:
        """Print the error if it is all there is to print; returns the exit code."""
        if self.wanted and not self.given:
            from harness.orchestrator.reports.documents.document import ErrorDocument, Failure

            self.give(ErrorDocument(error=Failure(kind=kind, message=message, exit_code=exit_code)))
        return exit_code


def give(document: Document) -> None:
    """Print the result of the command that runs."""
    click.get_current_context().ensure_object(Answer).give(document)


def console_beside(as_json: bool) -> Console:
    """Where people read what happens: stdout, or stderr if that is for a document."""
    from rich.console import Console

    return Console(stderr=as_json)
