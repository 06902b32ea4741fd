"""Carries a session through: executes every run and stores each record, including those of failed runs."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Protocol

from harness.orchestrator.core.cases import Run
from harness.orchestrator.core.clock import utc_now
from harness.orchestrator.core.errors import RecordError
from harness.orchestrator.execution.executor import execute
from harness.orchestrator.execution.interleaving import run_interleaved
from harness.orchestrator.execution.interrupts import Interrupts
from harness.orchestrator.execution.job import Job, Observer, RunOutcome, cpus_for, job
from harness.orchestrator.execution.memory_layout import draw
from harness.orchestrator.monitoring.conditions.observation import observed
from harness.orchestrator.results.store import Store
from harness.orchestrator.sessions.compile_cache import Cache
from harness.orchestrator.sessions.harness_overhead import overhead
from harness.orchestrator.sessions.prepared import Missing, Prepared
from harness.orchestrator.sessions.record_builder import Circumstances, record_of
from harness.orchestrator.sessions.request import request_of
from harness.orchestrator.sessions.session import Session
from harness.orchestrator.sessions.sides import Side, unchanged


class Display(Observer, AbstractContextManager, Protocol):
    """Shows what a session is doing; as an Observer, what its only current run does."""

    def of(self, run: Run) -> Observer:
        """What is told of one of several current runs."""

    def begin(self, run: Run, epochs: int) -> None:
        """A run starts."""

    def end(self, record: dict) -> None:
        """A run has ended."""

    def extend(self, runs: list[Run]) -> None:
        """Further runs were planned."""

    def stage(self, words: str) -> AbstractContextManager:
        """While this lasts, something else than a run is done."""


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
        """Make ready; `further` gives, once all runs have ended, the runs that their results call for."""
        self.further = further
        self.session = session
        self.prepared = prepared
        self.store = store
        self.display = display
        self.machine = state
        self.about = session.about(store.name)

    def conduct(self) -> None:
        """Run everything; Ctrl-C or a full disk ends the session with all that was finished."""
        try:
            self.open()
            with Interrupts() as interrupts, self.display:
                if self.session.config.harness_overhead:
                    self.about["harness_overhead"] = self.overhead(interrupts)
                self.conduct_runs(interrupts)
            self.store.journal.append("close", interrupted=self.session.interrupted)
        except RecordError as error:
            self.session.trouble = error

    def overhead(self, interrupts: Interrupts) -> dict | None:
        """What the harness itself costs."""
        origin = {"session": self.about, "machine": self.machine}
        with self.display.stage("measuring what the harness itself costs"):
            return overhead(self.session.config, self.session.threads, self.prepared, self.store, origin, interrupts)

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
            for runs in together(
                self.session.waiting, list(self.session.sides.values()), self.session.config.interleaved
            ):
                if interrupts.requested:
                    self.session.interrupted = True
                    return
                self.store_records(self.perform(runs, interrupts))
            if interrupts.requested or not self.extend():
                self.session.interrupted = interrupts.requested
                return

    def extend(self) -> bool:
        """Plan the runs that the results call for; whether there are any."""
        with self.display.stage("evaluating the runs"):
            runs = self.further(self.session)
        if runs:
            self.store.journal.append("extend", runs=[run.as_json() for run in runs])
            self.session.runs.extend(runs)
            self.display.extend(runs)
        return bool(runs)

    def store_records(self, records: list[dict]) -> None:
        """Store and show the records of runs that have ended."""
        for record in records:
            self.session.records.append(record)
            self.store.write(record)
            self.display.end(record)

    def perform(self, runs: list[Run], interrupts: Interrupts) -> list[dict]:
        """The records of runs that were made, interleaved if there are several, or could not be made."""
        begin_utc = utc_now()
        started = {run: self.circumstances(run) for run in runs}
        obstacles = {run: self.prepared.obstacle(run.case, run.side) for run in runs}
        able = [run for run in runs if obstacles[run] is None]
        for run in able:
            self.store.journal.append("begin", run=run.name)
            self.display.begin(run, started[run].request["warmup_epochs"] + started[run].request["epochs"])
        done = self.launched({run: started[run] for run in able}, interrupts) if able else {}
        refused = {
            run: (started[run], RunOutcome("unsupported", obstacles[run].sentence, None))
            for run in runs
            if run not in done
        }
        return [record_of(run, *(done | refused)[run], begin_utc) for run in runs]

    def launched(
        self, started: dict[Run, Circumstances], interrupts: Interrupts
    ) -> dict[Run, tuple[Circumstances, RunOutcome]]:
        """Circumstances and outcomes of runs that start from these circumstances."""
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
    ) -> list[RunOutcome]:
        """Execute one run, or several interleaved; each cache of compiled code is looked at around its own."""
        runs = list(started)
        caches[runs[0]].open()
        if len(runs) == 1:
            outcome = execute(self.job(runs[0], started[runs[0]]), self.display, interrupts)
            caches[runs[0]].close()
            return [outcome]

        def ready(number: int) -> None:
            caches[runs[number]].close()
            if number + 1 < len(runs):
                caches[runs[number + 1]].open()

        with tempfile.TemporaryDirectory(prefix="harness-") as folder:
            address = Path(folder) / "turns"
            watched = [
                (self.job(run, known.interleaved(address)), self.display.of(run)) for run, known in started.items()
            ]
            order = random.Random(f"{self.session.config.seed} {runs[0].name}")
            return run_interleaved(watched, address, order, interrupts, ready)

    def circumstances(self, run: Run) -> Circumstances:
        """What a run starts from."""
        config, case, side = self.session.config, run.case, self.session.sides.get(run.side)
        environment = self.prepared.environment(case, run.side)
        data = self.prepared.data_of(case.workload, run.side)
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
            cpus=cpus_for(case.device, case.threads),
            side=side.words if side else None,
            layout=draw(config.seed, run.round, case.backend, case.workload),
        )

    def job(self, run: Run, known: Circumstances) -> Job:
        """The job of a run that starts from these circumstances."""
        config = self.session.config
        return job(
            known.environment,
            known.variables,
            known.request,
            self.store.logs / run.name,
            worker=self.prepared.worker(run.side),
            limits=config.limits,
            cpus=known.cpus,
            telemetry=config.telemetry,
            layout=known.layout,
        )


def together(runs: list[Run], sides: list[Side], interleaved: bool) -> Iterator[list[Run]]:
    """The runs that are interleaved: of a round, the sides of a case, or else the backends of a task.

    Backends share a CPU so, but not a GPU, of which some take all memory at once.
    """

    def block(run: Run) -> tuple:
        if run.side:
            return run.round, unchanged(run.case, sides)
        return (run.round, run.case.task) if interleaved and run.case.device == "cpu" else (run,)

    for _, group in groupby(runs, key=block):
        yield list(group)
