"""A session: every case of a configuration is run and stored, whatever becomes of each."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Protocol, get_args

from harness.orchestrator.core.cases import Case, Run
from harness.orchestrator.core.clock import utc_now
from harness.orchestrator.core.config import Config, validate
from harness.orchestrator.core.errors import ConfigError, RecordError
from harness.orchestrator.core.names import check_names
from harness.orchestrator.datasets import KNOWN
from harness.orchestrator.environments import provision
from harness.orchestrator.environments.description import specification
from harness.orchestrator.environments.description.specification import ProfileName
from harness.orchestrator.execution.interleaving import run_in_turns
from harness.orchestrator.execution.interrupts import Interrupts
from harness.orchestrator.execution.launcher import Job, Observer, Outcome, launch
from harness.orchestrator.execution.memory_layout import draw
from harness.orchestrator.execution.process import without_core_files, worker_variables
from harness.orchestrator.monitoring import machine
from harness.orchestrator.monitoring.conditions.observation import observed
from harness.orchestrator.results.journal import read_journal
from harness.orchestrator.results.store import Store
from harness.orchestrator.sessions import revisions
from harness.orchestrator.sessions.compile_cache import Cache
from harness.orchestrator.sessions.harness_overhead import overhead
from harness.orchestrator.sessions.parity_reference import Silent
from harness.orchestrator.sessions.preparation import Missing, Prepared
from harness.orchestrator.sessions.request import request_of
from harness.orchestrator.sessions.run_record import Circumstances, record_of
from harness.orchestrator.sessions.schedule import check_known, expand, known_workloads, schedule
from harness.orchestrator.sessions.sides import Side, parse


class Display(Observer, AbstractContextManager, Protocol):
    """Shows what a session is doing."""

    def begin(self, run: Run, epochs: int) -> None:
        """A run starts."""

    def end(self, record: dict) -> None:
        """A run has ended."""

    def extend(self, runs: list[Run]) -> None:
        """There are more runs than was said."""


@dataclass
class Session:
    """What a session has come to.

    `records` holds those of `runs` that have ended. `trouble` is what made the session stop before its end, other than
    the user.
    """

    config: Config
    config_name: str
    threads: int
    runs: list[Run]
    sides: dict[str, Side] = field(default_factory=dict)
    records: list[dict] = field(default_factory=list)
    interrupted: bool = False
    trouble: RecordError | None = None

    @property
    def cases(self) -> list[Case]:
        """The cases as they are before a side changes them, in the order of the table."""
        return expand(self.config, self.threads)

    @property
    def waiting(self) -> list[Run]:
        """Runs that have not ended."""
        ended = {record["run"]["name"] for record in self.records}
        return [run for run in self.runs if run.name not in ended]


def plan(config: Config, config_name: str, sides: Sequence[Side] = ()) -> Session:
    """Check every name and lay out the runs; nothing is built or started yet.

    Args:
        sides: what is compared; none if nothing is.

    Raises:
        ConfigError: a name is not known, or the threads are too many.
    """
    check(config)
    threads = machine.choose_threads(config.threads)
    for side in sides:
        check_side(side, config)
    runs = schedule(expand(config, threads), config.rounds, config.seed, sides)
    return Session(config, config_name, threads, runs, {side.label: side for side in sides})


def check_side(side: Side, config: Config) -> None:
    """Raises ConfigError for a change that cannot be made."""
    if side.profile is not None:
        check_names("profile", [side.profile], get_args(ProfileName))
    if side.threads is not None:
        machine.choose_threads(side.threads)
    if side.revision is not None:
        revisions.checkout(side.revision)
    for word in side.requirements:
        if not any(provision.requirements_of(backend, [word]) for backend in config.backends):
            raise ConfigError(
                f"A side's package changes nothing. Expected one that a backend in question installs. "
                f"Received {word!r} with backends={','.join(config.backends)}."
            )


def resume(folder: Path) -> Session:
    """The session in `folder` as it was planned; which of its runs have ended is known once its Store is open.

    Raises:
        ConfigError: the session cannot go on.
    """
    story = read_journal(folder)
    if not story.config:
        raise ConfigError(
            f"{folder} cannot go on. Expected a journal with the session's configuration. Received none. Run it anew."
        )
    config = validate(story.config, str(folder))
    check(config)
    runs = [Run.from_json(run) for run in story.planned]
    sides = {label: parse(label, words) for label, words in story.session.get("sides", {}).items()}
    return Session(config, story.session["config"], machine.choose_threads(config.threads), runs, sides)


def check(config: Config) -> None:
    """Raises ConfigError for a name that is not known."""
    check_known(config, specification.known_backends(), known_workloads())
    check_names("data set", [config.data, *config.data_settings], KNOWN)


class Conductor:
    """Carries out the runs of a session one after the other."""

    def __init__(
        self,
        session: Session,
        prepared: Prepared,
        store: Store,
        display: Display,
        state: dict,
        further: Callable[[Session], list[Run]] = lambda session: [],
    ) -> None:
        """Make ready; `further` tells, once all runs have ended, which ones what they showed calls for."""
        self.further = further
        self.session = session
        self.prepared = prepared
        self.store = store
        self.display = display
        self.machine = state
        self.about = about(session, store.name)

    def conduct(self) -> None:
        """Run everything; Ctrl-C or a full disk ends the session with all that was finished."""
        without_core_files()
        try:
            self.open()
            with Interrupts() as interrupts, self.display:
                if self.session.config.harness_overhead:
                    self.about["harness_overhead"] = overhead(self, self.worker(None), interrupts)
                self.conduct_runs(interrupts)
            self.store.journal.append("close", interrupted=self.session.interrupted)
        except RecordError as error:
            self.session.trouble = error

    def open(self) -> None:
        """Note what is planned, or that a session which noted it goes on."""
        if self.store.reopened:
            self.store.journal.append("resume", waiting=len(self.session.waiting))
            return
        config = self.session.config.model_dump(mode="json")
        runs = [run.as_json() for run in self.session.runs]
        self.store.journal.append("session", session=self.about, config=config, runs=runs)

    def conduct_runs(self, interrupts: Interrupts) -> None:
        while True:
            for runs in together(self.session.waiting):
                if interrupts.requested:
                    self.session.interrupted = True
                    return
                self.conclude(self.perform(runs, interrupts))
            if interrupts.requested or not self.extend():
                self.session.interrupted = interrupts.requested
                return

    def extend(self) -> bool:
        """Plan the runs that what was seen calls for; whether there are any."""
        runs = self.further(self.session)
        if runs:
            self.store.journal.append("extend", runs=[run.as_json() for run in runs])
            self.session.runs.extend(runs)
            self.display.extend(runs)
        return bool(runs)

    def conclude(self, records: list[dict]) -> None:
        """Store what runs have come to."""
        for record in records:
            self.session.records.append(record)
            self.store.write(record)
            self.display.end(record)

    def perform(self, runs: list[Run], interrupts: Interrupts) -> list[dict]:
        """Make runs, by turns if there are several, or say why they cannot be made."""
        begin_utc = utc_now()
        started = {run: self.circumstances(run) for run in runs}
        obstacles = {run: self.prepared.obstacle(run.case, run.side) for run in runs}
        able = [run for run in runs if obstacles[run] is None]
        for run in able:
            self.store.journal.append("begin", run=run.name)
            self.display.begin(run, started[run].request["warmup_epochs"] + started[run].request["epochs"])
        done = self.launched({run: started[run] for run in able}, interrupts) if able else {}
        refused = {
            run: (started[run], Outcome("unsupported", obstacles[run].sentence, None))
            for run in runs
            if run not in done
        }
        return [record_of(run, *(done | refused)[run], begin_utc) for run in runs]

    def launched(
        self, started: dict[Run, Circumstances], interrupts: Interrupts
    ) -> dict[Run, tuple[Circumstances, Outcome]]:
        """What runs that start from these circumstances have come to."""
        cpus = sorted({cpu for known in started.values() for cpu in known.cpus})
        caches = {run: Cache(known.environment, self.session.config.compile_cache) for run, known in started.items()}
        with observed(cpus) as observation:
            outcomes = self.outcomes(started, caches, interrupts)
        done, cpu_time_s = {}, sum(outcome.cpu_time_s or 0.0 for outcome in outcomes)
        for run, outcome in zip(started, outcomes, strict=True):
            if outcome.samples is not None:
                self.store.write_samples(run.name, outcome.samples)
            seen = observation.as_json(cpu_time_s, outcome.involuntary_switches)
            done[run] = replace(started[run], compile_cache=caches[run].found, conditions=seen), outcome
        return done

    def outcomes(
        self, started: dict[Run, Circumstances], caches: dict[Run, Cache], interrupts: Interrupts
    ) -> list[Outcome]:
        """Launch one worker, or several that take turns; each cache of compiled code is looked at around its own."""
        runs = list(started)
        caches[runs[0]].open()
        if len(runs) == 1:
            outcome = launch(self.job(runs[0], started[runs[0]]), self.display, interrupts)
            caches[runs[0]].close()
            return [outcome]

        def seated(number: int) -> None:
            caches[runs[number]].close()
            if number + 1 < len(runs):
                caches[runs[number + 1]].open()

        with tempfile.TemporaryDirectory(prefix="harness-") as folder:
            address = Path(folder) / "turns"
            jobs = [self.job(run, known.in_turns(address)) for run, known in started.items()]
            watched = [(job, self.display if job is jobs[0] else Silent()) for job in jobs]
            order = random.Random(f"{self.session.config.seed} {runs[0].name}")
            return run_in_turns(watched, address, order, interrupts, seated)

    def circumstances(self, run: Run) -> Circumstances:
        """What a run starts from."""
        config, case, side = self.session.config, run.case, self.session.sides.get(run.side)
        environment = self.prepared.environment(case, run.side)
        data = self.prepared.data[case.workload]
        ready = not isinstance(environment, Missing)
        reference = self.prepared.reference(case, run.side)
        own = side.variables if side else {}
        return Circumstances(
            session=self.about,
            machine={**self.machine, "peak": self.prepared.peaks.get((case.device, case.threads))},
            seed=config.seed,
            environment=environment,
            data=data,
            request=None if isinstance(data, Missing) else request_of(config, case, data, reference, run.round),
            variables=environment.variables(case.profile, case.threads, workload=case.workload) | own
            if ready
            else None,
            cpus=machine.choose_cpus(case.threads) if case.device == "cpu" else machine.available_cpus(),
            side=side.words if side else None,
            layout=draw(config.seed, run.round, case.backend, case.workload),
        )

    def job(self, run: Run, known: Circumstances) -> Job:
        return Job(
            python=str(known.environment.python),
            variables=worker_variables(known.variables),
            request=known.request,
            cpus=known.cpus,
            limits=self.session.config.limits,
            log=self.store.logs / run.name,
            worker=self.worker(run.side),
            telemetry=self.session.config.telemetry,
            layout=known.layout,
        )

    def worker(self, side: str | None) -> Path:
        """The worker's command line on a side."""
        return revisions.worker_in(self.prepared.root(side))


def together(runs: list[Run]) -> Iterator[list[Run]]:
    """The runs of the sides of a case in a round take turns; every other run is alone."""
    for _, group in groupby(
        runs, key=lambda run: (run.round, run.case.backend, run.case.workload) if run.side else run
    ):
        yield list(group)


def about(session: Session, name: str) -> dict:
    """What each record says about the session that it belongs to."""
    config = session.config
    return {
        "id": name,
        "config": session.config_name,
        "backends": config.backends,
        "workloads": config.workloads,
        "devices": config.devices,
        "rounds": config.rounds,
        "seed": config.seed,
        "planned": len(session.runs),
        "sides": {label: list(side.words) for label, side in session.sides.items()},
    }
