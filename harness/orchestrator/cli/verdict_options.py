"""What the commands share that compare: their options, and what their verdicts mean for the exit code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from harness.orchestrator.analysis.comparability import ACROSS
from harness.orchestrator.analysis.metrics import ALL_METRICS, METRICS, METRICS_ON_REQUEST
from harness.orchestrator.cli.answer import give
from harness.orchestrator.cli.main import INTERRUPTED
from harness.orchestrator.cli.options import list_option
from harness.orchestrator.core.errors import ConfigError, NothingComparable, ProvisioningError, RegressionConfirmed
from harness.orchestrator.core.formatting import counted
from harness.orchestrator.core.names import check_names

if TYPE_CHECKING:
    from rich.console import Console

    from harness.orchestrator.analysis.comparison import Line
    from harness.orchestrator.reports.comparison.view import ComparisonView
    from harness.orchestrator.results.store import Store
    from harness.orchestrator.sessions.adaptive_rounds import AdaptiveComparison
    from harness.orchestrator.sessions.session import Session

OK = 0

# Names that an error lists before it says how many more there are.
LISTED = 5


def verdict_options(command: Callable) -> Callable:
    """--metric and --threshold."""
    command = click.option(
        "--threshold", "thresholds", multiple=True, metavar="METRIC=5%", help="Smallest relative change that counts."
    )(command)
    names = f"Only these of {', '.join(METRICS)}; or, on request, of {', '.join(METRICS_ON_REQUEST)}."
    return list_option("--metric", "--metrics", "metrics", help=names)(command)


def chosen_metrics(metrics: list[str] | None) -> tuple[str, ...]:
    """The metrics that a command judges."""
    check_names("metric", metrics or [], ALL_METRICS)
    return tuple(metrics or METRICS)


def with_inference(options: dict[str, object], metrics: list[str] | None) -> dict[str, object]:
    """Options of a new session that measures inference if a metric of it is to be judged and none says otherwise."""
    asked = any(metric.startswith("inference_") for metric in metrics or [])
    return {**options, "inference": True} if asked and options["inference"] is None else options


def chosen_thresholds(given: tuple[str, ...]) -> dict[str, float]:
    """metric -> threshold, from words like epoch_s=5%."""
    found = {}
    for word in given:
        metric, _, value = word.partition("=")
        check_names("metric", [metric], ALL_METRICS)
        found[metric] = fraction(word, value)
    return found


def fraction(word: str, value: str) -> float:
    """5% or 0.05 as a number."""
    percent = value.endswith("%")
    try:
        number = float(value.rstrip("%")) / (100 if percent else 1)
    except ValueError:
        number = -1.0
    if not 0 < number < 1:
        raise ConfigError(f"Invalid threshold. Expected e.g. epoch_s=5%. Received {word!r}.")
    return number


def check_across(across: list[str] | None) -> tuple[str, ...]:
    """The fields in which sides may differ."""
    check_names("field", across or [], ACROSS)
    return tuple(across or ())


def check_lines(lines: list[Line], view: ComparisonView) -> None:
    """Pass if everything could be compared and nothing is slower.

    Raises:
        RegressionConfirmed: something is slower.
        NothingComparable: nothing could be compared, or a case that A has is missing in B.
    """
    from harness.orchestrator.analysis.comparison import MISSING, NOT_COMPARABLE
    from harness.orchestrator.analysis.verdict import SLOWER

    slower = [line for line in lines if line.verdict == SLOWER]
    if slower:
        raise RegressionConfirmed(
            f"B is slower, as fresh runs confirm. Expected no slower case. Received {named(slower, view)}."
        )
    if not any(line.comparison for line in lines):
        reasons = dict.fromkeys(f"{line.verdict}: {line.reason}" for line in lines)
        received = "; ".join(list(reasons)[:LISTED]) or "no case at all"
        raise NothingComparable(f"Nothing could be compared. Expected at least one case. Received {received}.")
    lost = [
        line for line in lines if line.verdict in (MISSING, NOT_COMPARABLE) and not (line.reason or "").startswith("A:")
    ]
    if lost:
        raise NothingComparable(
            f"Cases of A have no verdict. Expected every case of A in B. Received no verdict on {named(lost, view)}."
        )


def warn_of_few_rounds(session: Session, adaptive: AdaptiveComparison) -> None:
    """Warn if there are too few rounds for any single case to be called slower."""
    from harness.orchestrator.analysis.verdict import fewest_runs

    planned = max(run.round for run in session.runs)
    rounds, cases = max(planned, adaptive.most_rounds), len(session.cases)
    needed = fewest_runs(cases, interleaved=adaptive.baseline is None)
    if rounds < needed:
        plan = f"{counted(rounds, 'round')} and {counted(cases, 'case')}"
        click.echo(
            f"Warning: with {plan} no case alone can be called slower, as chance does as much too often. "
            f"Expected at least {needed}. Received rounds={planned}.",
            err=True,
        )


def view_of_comparison(
    session: Session,
    adaptive: AdaptiveComparison,
    records: list[dict],
    name: str,
    heading: str,
    sides: tuple[str, str],
) -> ComparisonView:
    """The view of a session's records under a name and a heading, its sides under their names."""
    from harness.orchestrator.reports.comparison.view import view_of

    a, b = adaptive.split(records)
    lines, silence = adaptive.lines(records), session.config.silence
    return view_of(name, heading, (sides[0], a), (sides[1], b), lines, adaptive.across, silence)


def give_comparisons(views: list[ComparisonView]) -> None:
    """Print comparisons as a JSON document."""
    from harness.orchestrator.reports.documents import comparison as json_document

    give(json_document.document(views))


def ended(console: Console, session: Session, store: Store) -> None:
    """Say how a session that was cut off goes on; raise what made it end before its time."""
    if session.trouble is not None:
        raise session.trouble
    if session.interrupted:
        console.print(f"Continue with: --resume {store.folder}", highlight=False, soft_wrap=True)


def exit_code(session: Session, adaptive: AdaptiveComparison, records: list[dict], shown: ComparisonView) -> int:
    """0 if everything could be compared and nothing is slower; see check_lines.

    Raises:
        ProvisioningError: nothing could run on the side that is judged.
    """
    if session.interrupted:
        return INTERRUPTED
    _, b = adaptive.split(records)
    if b and {record["status"] for record in b} <= {"unsupported"}:
        raise ProvisioningError(
            f"No case could run. Expected at least one. Received {b[0]['reason']}. See harness doctor."
        )
    check_lines(shown.lines, shown)
    return OK


def named(lines: list[Line], view: ComparisonView) -> str:
    """Cases and metrics, the first few."""
    names = [f"{view.case_name(line)}: {line.metric.label}" for line in lines]
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more


def write_asked(path: Path, text: str, mode: Literal["w", "a"] = "w") -> None:
    """Write a report that was asked for, or add to it; ConfigError if it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open(mode, encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ConfigError(f"{path} could not be written: {error.strerror}. Expected a writable file.") from error
