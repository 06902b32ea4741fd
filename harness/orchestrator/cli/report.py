"""`harness report`: render stored sessions again."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from harness.orchestrator.paths import REPORTS, RESULTS
from harness.orchestrator.store import find


@click.command()
@click.argument("sources", nargs=-1)
@click.option("--results", type=click.Path(path_type=Path), default=RESULTS, help="Folder of the records.")
@click.option("--reports", type=click.Path(path_type=Path), default=REPORTS, help="Folder of the reports.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown and write nothing.")
def report(sources: tuple[str, ...], results: Path, reports: Path, as_markdown: bool) -> None:
    """Render sessions, folders or record files again; the latest session if none is named."""
    from harness.orchestrator.reports import files, markdown, terminal

    console = Console()
    for stored in find(sources, results):
        for problem in stored.problems:
            click.echo(f"Warning: {problem}", err=True)
        if not stored.records:
            click.echo(f"{stored.name} holds no record.", err=True)
        elif as_markdown:
            click.echo(markdown.render(stored.name, stored.records), nl=False)
        else:
            terminal.show(console, stored.records)
            console.print(f"Written to {files.write(stored.name, stored.records, reports)}", highlight=False)
