"""What all commands share that measure: their options, and carrying a session through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.orchestrator.cli.options import RoundsType, list_option, silence_option
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.core.formatting import counted
from harness.orchestrator.core.paths import REPORTS, RESULTS
from harness.orchestrator.core.working_line import working

if TYPE_CHECKING:
    from rich.console import Console

    from harness.orchestrator.core.cases import Run
    from harness.orchestrator.core.status import Status
    from harness.orchestrator.results.store import Store
    from harness.orchestrator.sessions.session import Session
    from harness.orchestrator.sessions.sides import Side


OPTIONS = (
    list_option("--backend", "backends", help="Only these backends."),
    list_option("--workload", "workloads", help="Only these workloads."),
    list_option("--device", "devices", help="cpu, gpu or gpu:N."),
    click.option("--data", help="auto, real, digits, synthetic, or the name of a data set."),
    list_option("--threads", help="Threads each library may use, e.g. 1,2; default: every physical core."),
    list_option("--batch-size", help="Samples of a batch, e.g. 32,128; default: as each workload's edition."),
    click.option("--epochs", type=int, help="Timed epochs."),
    click.option("--warmup-epochs", type=int, help="Epochs before the timed ones."),
    click.option(
        "--rounds",
        type=RoundsType(),
        help="Runs of each case; auto: one, then more of what is undecided, as long as the budget lasts.",
    ),
    list_option("--profile", "profiles", help="stock: as installed; tuned: with what makes it faster."),
    click.option("--compile-cache", help="keep or clear the libraries' compile caches before each run."),
    click.option(
        "--telemetry/--no-telemetry",
        default=None,
        help="Sample all sensors, or memory alone; default: as configured (all).",
    ),
    click.option(
        "--inference/--no-inference",
        default=None,
        help="Measure the forward function after the epochs; default: as configured.",
    ),
    click.option("--edition", help="Year of the hyper-parameters, e.g. 2015-12."),
    click.option("--seed", type=int, help="Draws weights, batches, data and the order of the runs."),
    silence_option,
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


def planned(source: str, overrides: dict[str, object], sides: Sequence[Side] = (), rounds: int = 1) -> Session:
    """A new session of the configuration `source`; options that are None leave it as it is."""
    from harness.orchestrator.core.config import load_config
    from harness.orchestrator.sessions.session import plan

    return plan(load_config(source, overrides), Path(source).stem, sides, rounds)


def go_on(folder: Path, options: dict[str, object]) -> Session:
    """The session in `folder`; ConfigError for an option that would change what it measures."""
    from harness.orchestrator.sessions.session import resume

    names = {option.name: option.opts[0] for option in click.get_current_context().command.params}
    given = [names[name] for name, value in options.items() if value is not None]
    if given:
        raise ConfigError(
            "--resume continues a session as it was planned. Expected no other setting. "
            f"Received {', '.join(given)}. Leave them out, or start a new session."
        )
    return resume(folder)


def nothing_further(session: Session) -> list[Run]:
    """The runs of a session that is over once its plan is carried out."""
    return []


@contextmanager
def machine_lock(console: Console, devices: Iterable[str]) -> Iterator[Status]:
    """Measure while no other bench does, on some devices; gives what shows what is done meanwhile."""
    from harness.orchestrator.core.status import Status
    from harness.orchestrator.execution.locks import host_lock

    with Status(console) as status:
        waiting = status.begin("taking the lock of this machine")

        def say(line: str) -> None:
            waiting.words = "waiting for another bench to end"
            status.say(line)

        with host_lock(say, devices):
            status.end(waiting)
            yield status


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
    from harness.orchestrator.monitoring import machine
    from harness.orchestrator.results.store import Store
    from harness.orchestrator.sessions.conductor import Conductor
    from harness.orchestrator.sessions.forecast import Forecast, earlier_runs
    from harness.orchestrator.sessions.preparation import prepare
    from harness.orchestrator.sessions.progress import Progress

    with machine_lock(console, session.config.devices) as status:
        prepared = prepare(session.config, session.threads, status, session.sides.values(), session.runs)
        with status.stage("describing the machine"):
            state = machine.describe()
        forecast = Forecast(earlier_runs(results / state["name"], session.config))
        store = Store(results, state["name"], folder)
        session.records.extend(store.records)
        display = Progress(status, session.waiting, len(session.runs), forecast, prepared.impossible)
        for line in heading(session, store):
            status.say(line)
        Conductor(session, prepared, store, display, state, further).conduct()
    working("evaluating the runs")
    return store


def heading(session: Session, store: Store) -> list[str]:
    """What a session is about to do, and where it is stored."""
    threads = sorted({run.case.threads for run in session.runs})
    shown = counted(threads[0], "thread") if len(threads) == 1 else f"{' or '.join(map(str, threads))} threads"
    return [f"Session {store.name}: {counted(len(session.waiting), 'run')}, {shown}.", f"Records in {store.folder}"]


def records_of(session: Session, store: Store) -> list[dict]:
    """The session's records, with stand-ins for runs that left none."""
    from harness.orchestrator.results.store import load

    by_run = {record["run"]["name"]: record for record in load(store.folder).records}
    by_run |= {record["run"]["name"]: record for record in session.records}
    return list(by_run.values())
