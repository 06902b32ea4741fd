"""`harness ab`: measures two variants of the same cases interleaved, with a verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.orchestrator.cli.answer import console_beside
from harness.orchestrator.cli.measuring import conduct, go_on, measuring_options, records_of
from harness.orchestrator.cli.options import json_option, list_option
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
)
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.sessions.sides import FORMS, Side, changed_fields, parse

if TYPE_CHECKING:
    from harness.orchestrator.sessions.adaptive_rounds import AdaptiveComparison
    from harness.orchestrator.sessions.session import Session

CONFIG = "check"


@click.command("ab")
@list_option("--a", "a", help=f"What is different on side A, e.g. {FORMS}; default: nothing.")
@list_option("--b", "b", help="What is different on side B.")
@measuring_options(CONFIG)
@verdict_options
@click.option(
    "--max-rounds", type=int, default=30, show_default=True, help="Most rounds to run while a verdict is inconclusive."
)
@click.option("--resume", metavar="SESSION", help="Continue an interrupted session.")
@json_option
def ab_command(
    a: list[str] | None,
    b: list[str] | None,
    results: Path,
    reports: Path,
    metrics: list[str] | None,
    thresholds: tuple[str, ...],
    max_rounds: int,
    resume: str | None,
    as_json: bool,
    **options: object,
) -> int:
    """Measure two variants of the same cases interleaved, and say which is faster, with the confidence interval."""
    from harness.orchestrator.reports.comparison import terminal
    from harness.orchestrator.reports.exporters import write
    from harness.orchestrator.reports.terminal import say_written
    from harness.orchestrator.results.store import find_folder

    folder = None if resume is None else find_folder(resume, results)
    session = (
        begin(a, b, **with_inference(options, metrics))
        if folder is None
        else compared(go_on(folder, {"a": a, "b": b, **options}), folder)
    )
    adaptive = adaptive_comparison_of(
        session, results, chosen_metrics(metrics), chosen_thresholds(thresholds), max_rounds
    )
    console = console_beside(as_json)
    warn_of_few_rounds(session, adaptive)
    store = conduct(console, session, results, folder, adaptive.further)
    records = records_of(session, store)
    names = tuple(str(side) for side in session.sides.values())
    heading = f"{names[0]} against {names[1]}"
    shown = view_of_comparison(session, adaptive, records, f"{store.name}-ab", heading, names)
    if as_json:
        give_comparisons([shown])
    else:
        terminal.show(console, shown)
    ended(console, session, store)
    say_written(console, write(shown, reports))
    return exit_code(session, adaptive, records, shown)


def begin(a: list[str] | None, b: list[str] | None, config: str | None, **overrides: object) -> Session:
    """A new session with both sides.

    Raises:
        ConfigError: they do not differ, or a side is invalid.
    """
    from harness.orchestrator.analysis.statistics import FEWEST
    from harness.orchestrator.core.config import load_config
    from harness.orchestrator.sessions.session import plan

    sides = parse("a", a or []), parse("b", b or [])
    if sorted(sides[0].words) == sorted(sides[1].words):
        raise ConfigError(
            f"Both sides are the same. Expected --a or --b to change something, e.g. {FORMS}. "
            f"Received a={sides[0]}, b={sides[1]}. The noise of one side is measured by: harness noise."
        )
    source = config or CONFIG
    chosen = load_config(source, overrides)
    if overrides["backends"] is None:
        chosen = chosen.model_copy(update={"backends": changed_backends(sides, chosen.backends)})
    return plan(chosen, Path(source).stem, sides, FEWEST)


def changed_backends(sides: tuple[Side, ...], backends: list[str]) -> list[str]:
    """The backends that the sides' packages change, where packages are all that they change; else all."""
    from harness.orchestrator.environments import provision

    words = [word for side in sides for word in side.words]
    packages = [word for side in sides for word in side.requirements]
    if not packages or len(packages) < len(words):
        return backends
    return [backend for backend in backends if provision.requirements_of(backend, packages)] or backends


def compared(session: Session, folder: Path) -> Session:
    """The session in `folder`; ConfigError if it compares nothing."""
    if not session.sides:
        raise ConfigError(
            f"{folder.name} compares nothing. Expected a session of harness ab. Continue it with: harness run."
        )
    return session


def adaptive_comparison_of(
    session: Session, results: Path, metrics: tuple[str, ...], thresholds: dict[str, float], most_rounds: int
) -> AdaptiveComparison:
    """The comparison of a session's two sides."""
    from harness.orchestrator.sessions.adaptive_rounds import AdaptiveComparison

    labels = tuple(session.sides)
    across = changed_fields(session.sides.values())
    return AdaptiveComparison(labels, None, metrics, thresholds, across, most_rounds, results)
