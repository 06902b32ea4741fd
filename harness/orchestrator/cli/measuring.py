"""What all commands share that measure: their options, and carrying a session through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console

from harness.orchestrator.core.cases import Run
from harness.orchestrator.core.config import load_config
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.core.paths import REPORTS, RESULTS
from harness.orchestrator.execution.locks import host_lock
from harness.orchestrator.monitoring import machine
from harness.orchestrator.results.store import Store, load
from harness.orchestrator.sessions.conductor import Conductor
from harness.orchestrator.sessions.preparation import prepare
from harness.orchestrator.sessions.prepared import Say
from harness.orchestrator.sessions.progress import Progress
from harness.orchestrator.sessions.session import Session, plan
from harness.orchestrator.sessions.session import resume as resume_session
from harness.orchestrator.sessions.sides import Side


class NamesType(click.ParamType):
    """Names with commas between them."""

    name = "NAME,..."

    def convert(self, value: str, parameter: click.Parameter | None, context: click.Context | None) -> list[str]:
        return [name.strip() for name in value.split(",") if name.strip()]


OPTIONS = (
    click.option("--backend", "backends", type=NamesType(), help="Only these backends."),
    click.option("--workload", "workloads", type=NamesType(), help="Only these workloads."),
    click.option("--device", "devices", type=NamesType(), help="cpu, gpu or gpu:N."),
    click.option("--data", help="auto, real, digits, synthetic, or the name of a data set."),
    click.option(
        "--threads", type=NamesType(), help="Threads each library may use, e.g. 1,2; default: every physical core."
    ),
    click.option(
        "--batch-size", type=NamesType(), help="Samples of a batch, e.g. 32,128; default: as each workload's edition."
    ),
    click.option("--epochs", type=int, help="Timed epochs."),
    click.option("--warmup-epochs", type=int, help="Epochs before the timed ones."),
    click.option("--rounds", type=int, help="Runs of each case."),
    click.option(
        "--profile", "profiles", type=NamesType(), help="stock: as installed; tuned: with what makes it faster."
    ),
    click.option("--compile-cache", help="keep or clear the libraries' compile caches before each run."),
    click.option(
        "--telemetry/--no-telemetry",
        default=None,
        help="Sample all sensors, or memory alone; default: as configured (all).",
    ),
    click.option("--edition", help="Year of the hyper-parameters, e.g. 2015-12."),
    click.option("--seed", type=int, help="Draws weights, batches, data and the order of the runs."),
    click.option("--results", type=click.Path(path_type=Path), default=RESULTS, help="Folder of the records."),
    click.option("--reports", type=click.Path(path_type=Path), default=REPORTS, help="Folder of the reports."),
)


def measuring_options(default: str) -> Callable[[Callable], Callable]:
    """The options of a command that measures; what is None is as the configuration has it."""

    def add(command: Callable) -> Callable:
        for option in reversed(OPTIONS):
            command = option(command)
        named = click.option("--config", show_default=default, help="A file, or the name of one in configs/.")
        return named(command)

    return add


def planned(source: str, overrides: dict[str, object], sides: Sequence[Side] = ()) -> Session:
    """A new session of the configuration `source`; options that are None leave it as it is."""
    return plan(load_config(source, overrides), Path(source).stem, sides)


def go_on(folder: Path, options: dict[str, object]) -> Session:
    """The session in `folder`; ConfigError for an option that would change what it measures."""
    names = {option.name: option.opts[0] for option in click.get_current_context().command.params}
    given = [names[name] for name, value in options.items() if value is not None]
    if given:
        raise ConfigError(
            "--resume continues a session as it was planned. Expected no other setting. "
            f"Received {', '.join(given)}. Leave them out, or start a new session."
        )
    return resume_session(folder)


def nothing_further(session: Session) -> list[Run]:
    """The runs of a session that is over once its plan is carried out."""
    return []


@contextmanager
def machine_lock(console: Console, devices: Iterable[str]) -> Iterator[Say]:
    """Measure while no other bench does, on some devices; gives what prints a line."""

    def say(line: str) -> None:
        console.print(line, markup=False, highlight=False, soft_wrap=True)

    with host_lock(say, devices):
        yield say


def conduct(
    console: Console,
    session: Session,
    results: Path,
    folder: Path | None = None,
    further: Callable[[Session], list[Run]] = nothing_further,
) -> Store:
    """Carry a session through; returns where it is stored.

    Args:
        folder: of the session, if it goes on.
        further: gives the runs that the results call for.
    """

    with machine_lock(console, session.config.devices) as say:
        prepared = prepare(session.config, session.threads, say, session.sides.values(), session.runs)
        state = machine.describe()
        store = Store(results, state["name"], folder)
        session.records.extend(store.records)
        display = Progress(console, session.waiting, len(session.runs), session.config.limits.wall_s)
        threads = " or ".join(map(str, sorted({run.case.threads for run in session.runs})))
        say(f"Session {store.name}: {len(session.waiting)} runs, {threads} threads; records in {store.folder}")
        Conductor(session, prepared, store, display, state, further).conduct()
    return store


def records_of(session: Session, store: Store) -> list[dict]:
    """The session's records, with stand-ins for runs that left none."""
    by_run = {record["run"]["name"]: record for record in load(store.folder).records}
    by_run |= {record["run"]["name"]: record for record in session.records}
    return list(by_run.values())
