"""`harness compare`: what stored runs say about each other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.orchestrator.analysis.comparability import COMPARED, at
from harness.orchestrator.cli.options import json_option, list_option, only_option, silence_option
from harness.orchestrator.cli.verdict_options import (
    check_across,
    chosen_metrics,
    chosen_thresholds,
    give_comparisons,
    verdict_options,
)
from harness.orchestrator.core.errors import ConfigError, NothingComparable
from harness.orchestrator.core.paths import REPORTS, RESULTS
from harness.orchestrator.core.working_line import working
from harness.orchestrator.sessions.sides import changed_fields, parse

if TYPE_CHECKING:
    from harness.orchestrator.analysis.selection import Selection
    from harness.orchestrator.reports.comparison.view import ComparisonView


@click.command("compare")
@click.argument("sources", nargs=-1, required=True, metavar="A B...")
@verdict_options
@list_option(
    "--across",
    help="Fields in which the sides may differ, e.g. machine; of a single source: the axis by which it is split, e.g. "
    "backend, threads, batch_size, profile, device, data.",
)
@click.option("--baseline-value", metavar="VALUE", help="The value on that axis that all others are compared with.")
@click.option("--results", type=click.Path(path_type=Path), default=RESULTS, help="Folder of the records.")
@click.option("--reports", type=click.Path(path_type=Path), default=REPORTS, help="Folder of the reports.")
@only_option
@silence_option
@json_option
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown and write nothing.")
def compare_command(
    sources: tuple[str, ...],
    metrics: list[str] | None,
    thresholds: tuple[str, ...],
    across: list[str] | None,
    baseline_value: str | None,
    results: Path,
    reports: Path,
    only: list[str] | None,
    silence: list[str] | None,
    as_json: bool,
    as_markdown: bool,
) -> None:
    """Compare stored runs: each of B, C, ... against A.

    Each is a session, session:side, a folder or record file, a commit, a machine's name, or a version such as
    tensorflow==2.20.0. Of a single one the sides are compared, or with --across the values that its runs have on that
    axis: harness compare SESSION --across backend. With --json, --markdown or --only nothing is written.
    """
    from harness.orchestrator.analysis.diagnostics.rules import check_codes
    from harness.orchestrator.reports.exporters import exported

    check_codes(silence or ())
    allowed, chosen, limits = check_across(across), chosen_metrics(metrics), chosen_thresholds(thresholds)
    pairs = of_cases(selections(sources, allowed, baseline_value, results), only)
    views = [compared(*pair, chosen, limits, allowed, results, silence or ()) for pair in pairs]
    if as_json:
        give_comparisons(views)
    for shown in () if as_json else views:
        if as_markdown:
            click.echo(exported(shown, "markdown"), nl=False)
        else:
            show(shown, None if only else reports)
    if not any(line.comparison for shown in views for line in shown.lines):
        raise NothingComparable("Nothing could be compared. Expected at least one case. The reasons are above.")


def show(shown: ComparisonView, reports: Path | None) -> None:
    """Print a comparison, and write its report unless there is no folder for it."""
    from rich.console import Console

    from harness.orchestrator.reports.comparison import terminal
    from harness.orchestrator.reports.exporters import write
    from harness.orchestrator.reports.terminal import say_written

    console = Console()
    terminal.show(console, shown)
    if reports is not None:
        say_written(console, write(shown, reports))


def of_cases(pairs: list[tuple[Selection, Selection]], patterns: list[str] | None) -> list[tuple[Selection, Selection]]:
    """Selections with the records of the cases that patterns name alone."""
    from harness.orchestrator.analysis import selection

    flat = [one for pair in pairs for one in pair]
    groups = selection.of_cases(patterns, *(one.records for one in flat))
    chosen = [replace(one, records=records) for one, records in zip(flat, groups, strict=True)]
    return list(zip(chosen[::2], chosen[1::2], strict=True))


def selections(
    sources: tuple[str, ...], across: tuple[str, ...], first: str | None, results: Path
) -> list[tuple[Selection, Selection]]:
    """What is compared with what; problems with files are printed.

    Raises:
        ConfigError: less than two things are named, or a single one has no two sides or values on the axis.
    """
    from harness.orchestrator.analysis.selection import FORMS, by_axis, by_side, select

    working("reading the records")
    found = [select(source, results) for source in sources]
    for problem in dict.fromkeys(problem for one in found for problem in one.problems):
        click.echo(f"Warning: {problem}", err=True)
    if len(found) == 1 and across:
        return by_axis(found[0], across[0], first)
    if first is not None:
        raise ConfigError(
            "--baseline-value is a value on an axis. Expected one source and --across. "
            f"Received {len(sources)} source(s), across={','.join(across) or None}."
        )
    if len(found) == 1:
        found = by_side(found[0])
    if len(found) < 2:
        raise ConfigError(
            f"Nothing to compare with. Expected two of {FORMS}, or an axis such as --across backend. "
            f"Received {sources[0]}."
        )
    return [(found[0], other) for other in found[1:]]


def compared(
    a: Selection,
    b: Selection,
    metrics: tuple[str, ...],
    thresholds: dict[str, float],
    across: tuple[str, ...],
    results: Path,
    silence: Collection[str] = (),
) -> ComparisonView:
    """The view of two selections."""
    from harness.orchestrator.analysis.comparison import compare
    from harness.orchestrator.analysis.noise import floors_for
    from harness.orchestrator.reports.comparison.view import view_of

    across = (*across, *changed(a, b))
    floors = floors_for([*a.records, *b.records], results, across)
    lines = compare(a.records, b.records, metrics, thresholds, floors, across)
    name, heading = f"compare-{slug(a.name)}-{slug(b.name)}", f"{b.name} against {a.name}"
    return view_of(name, heading, (a.name, a.records), (b.name, b.records), lines, across, silence)


def changed(a: Selection, b: Selection) -> tuple[str, ...]:
    """The fields of a case that the sides of one session change on purpose."""
    words = {tuple(at(record, COMPARED["change"]) or ()) for one in (a, b) for record in one.records}
    return changed_fields(parse("", list(of_side)) for of_side in words)


def slug(name: str) -> str:
    """A name as part of a file's."""
    return "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in Path(name).name)
