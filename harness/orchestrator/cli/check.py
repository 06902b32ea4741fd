"""`harness check`: the gate of continuous integration. Is anything slower than the baseline?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.orchestrator.analysis.comparability import MUST_AGREE, at
from harness.orchestrator.cli.measuring import conduct, go_on, measuring_options, planned, records_of
from harness.orchestrator.cli.options import json_option
from harness.orchestrator.cli.verdict_options import (
    chosen_metrics,
    chosen_thresholds,
    ended,
    exit_code,
    give_comparisons,
    verdict_options,
    view_of_comparison,
    warn_of_few_rounds,
    with_inference,
    write_asked,
)
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.sessions.sides import parse

if TYPE_CHECKING:
    from harness.orchestrator.analysis.selection import Selection
    from harness.orchestrator.core.config import Config
    from harness.orchestrator.reports.comparison.view import ComparisonView
    from harness.orchestrator.sessions.session import Session

CONFIG = "check"
BASELINE, CANDIDATE = "baseline", "candidate"
# GitHub's own: what is appended to this file is shown on the page of the job.
SUMMARY = "GITHUB_STEP_SUMMARY"


@click.command("check")
@click.option(
    "--baseline", required=True, metavar="REF", help="A stored session, or a git revision to measure as well."
)
@measuring_options(CONFIG)
@verdict_options
@click.option(
    "--max-rounds",
    type=int,
    default=0,
    help="Most rounds to run while a verdict is inconclusive; default: none beyond the plan.",
)
@click.option("--junit", "junit_file", type=click.Path(path_type=Path), help="Write JUnit XML to this file.")
@click.option("--resume", metavar="SESSION", help="Continue an interrupted session.")
@json_option
def check_command(
    baseline: str,
    results: Path,
    reports: Path,
    metrics: list[str] | None,
    thresholds: tuple[str, ...],
    max_rounds: int,
    junit_file: Path | None,
    resume: str | None,
    as_json: bool,
    **options: object,
) -> int:
    """Measure, compare with a baseline, and fail if anything is slower, as fresh runs confirm.

    A git revision is measured as well, interleaved with this checkout, which is the fairer comparison. Exit codes: 0
    nothing is slower; 2 invalid input; 3 slower; 4 nothing comparable, or coverage lost; 5 nothing could be measured.
    """
    from rich.console import Console

    from harness.orchestrator.results.store import find_folder
    from harness.orchestrator.sessions.adaptive_rounds import AdaptiveComparison

    stored = stored_baseline(baseline, results)
    folder = None if resume is None else find_folder(resume, results)
    session = (
        begin(baseline, stored, results, **with_inference(options, metrics))
        if folder is None
        else checked(go_on(folder, options), stored, folder)
    )
    judged = chosen_metrics(metrics), chosen_thresholds(thresholds)
    adaptive = AdaptiveComparison(
        (BASELINE, CANDIDATE), stored.records if stored else None, *judged, (), max_rounds, results
    )
    console = Console(stderr=True)
    warn_of_few_rounds(session, adaptive)
    store = conduct(console, session, results, folder, adaptive.further)
    records = records_of(session, store)
    sides = baseline, "this checkout"
    shown = view_of_comparison(session, adaptive, records, f"{store.name}-check", "Regression check", sides)
    publish(shown, reports, junit_file, as_json)
    ended(console, session, store)
    return exit_code(session, adaptive, records, shown)


def stored_baseline(reference: str, results: Path) -> Selection | None:
    """The stored runs that are the baseline; None if a git revision is, which is measured.

    Raises:
        ConfigError: it is neither.
    """
    from harness.orchestrator.analysis.selection import select
    from harness.orchestrator.sessions.revisions import commit_of

    if not Path(reference).exists() and not stored_session(reference, results) and commit_of(reference):
        return None
    try:
        return select(reference, results)
    except ConfigError as error:
        raise ConfigError(f"No baseline. {error} A git revision would do too.") from error


def stored_session(reference: str, results: Path) -> bool:
    """Whether a stored session has this name."""
    return any(path.name == reference.partition(":")[0] for path in results.glob("*/*"))


def begin(baseline: str, stored: Selection | None, results: Path, config: str | None, **overrides: object) -> Session:
    """A new session: what the baseline's measured if it is stored, else both sides."""
    from harness.orchestrator.analysis.statistics import FEWEST
    from harness.orchestrator.core.config import overridden
    from harness.orchestrator.sessions.session import plan

    if stored is None:
        sides = parse(BASELINE, [f"revision={baseline}"]), parse(CANDIDATE, [])
        return planned(config or CONFIG, overrides, sides, FEWEST)
    measured = config_of(stored, baseline, results) if config is None else None
    if measured is None:
        return planned(config or CONFIG, overrides, rounds=FEWEST)
    return plan(overridden(measured, overrides), stored.records[0]["session"]["config"], rounds=FEWEST)


def checked(session: Session, stored: Selection | None, folder: Path) -> Session:
    """The session in `folder`; ConfigError if it does not measure what this baseline asks for."""
    expected = () if stored else (BASELINE, CANDIDATE)
    if tuple(sorted(session.sides)) != expected:
        raise ConfigError(
            f"{folder.name} is of another comparison. Expected the session of a check with this baseline. "
            f"Received one of {', '.join(session.sides) or 'one side'}. Name the baseline that it began with."
        )
    return session


def config_of(stored: Selection, baseline: str, results: Path) -> Config | None:
    """The configuration that the baseline's session was measured with; None if the baseline is no one session."""
    from harness.orchestrator.core.config import Config
    from harness.orchestrator.results.journal import read_journal

    sessions = {record["session"]["id"] for record in stored.records}
    machines = {at(record, MUST_AGREE["machine"]) for record in stored.records} - {None}
    if len(sessions) != 1 or len(machines) != 1:
        return None
    for folder in (Path(baseline), results / machines.pop() / sessions.pop()):
        story = read_journal(folder) if folder.is_dir() else None
        if story and story.config:
            return Config.model_validate(story.config)
    return None


def publish(shown: ComparisonView, reports: Path, junit_file: Path | None, as_json: bool = False) -> None:
    """Print the summary, and write the reports and the files that are asked for."""
    from harness.orchestrator.reports.exporters import exported, write

    text = exported(shown, "markdown")
    if as_json:
        give_comparisons([shown])
    else:
        click.echo(text, nl=False)
    write(shown, reports)
    if junit_file is not None:
        write_asked(junit_file, exported(shown, "junit"))
    summary = os.environ.get(SUMMARY)
    if summary:
        write_asked(Path(summary), text, "a")
