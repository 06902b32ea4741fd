"""The local executor: runs a worker from start to end as a child, within its limits, and says how it ended."""

from __future__ import annotations

import fcntl
import json
import os
import selectors
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from harness.orchestrator.core.errors import ProtocolError
from harness.orchestrator.execution.events import EventReader, broken
from harness.orchestrator.execution.job import Job, Observer, RunOutcome
from harness.orchestrator.execution.memory_layout import folder_of, padded
from harness.orchestrator.execution.process import Ending, Process, without_core_files, worker_variables
from harness.orchestrator.execution.run_status import RunStatus, judge, memory_kill_count, tail
from harness.orchestrator.monitoring.telemetry.sampler import Sampler
from harness.orchestrator.monitoring.telemetry.samples import Samples

# Seconds that a worker may take to leave after its last event: frameworks are slow to tear down, some never do.
LEAVE_S = 20.0
# The descriptor of every worker's events, so that workers differ in nothing: one above those that a process has.
EVENTS_DESCRIPTOR = 100
DESCRIPTOR_LOCK = threading.Lock()  # for workers that start at the same time


class Stop:
    """A request to end a worker, for the thread that follows it; its descriptor is readable while it is pending."""

    def __init__(self) -> None:
        self.descriptor: int | None = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def request(self) -> None:
        os.eventfd_write(self.descriptor, 1)

    def acknowledge(self) -> None:
        """Clear the request, so that a further one can be distinguished from it."""
        os.eventfd_read(self.descriptor)

    def close(self) -> None:
        """Release the descriptor; may be called again."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


@dataclass(frozen=True)
class LocalHandle:
    """A job whose worker is a child of this process, followed by a thread of its own."""

    future: Future[RunOutcome]
    stop: Stop

    def done(self) -> bool:
        """Whether its outcome is there."""
        return self.future.done()


class LocalExecutor:
    """Carries out jobs on this host, as children of this process; harness/orchestrator/execution/executor.py."""

    def submit(self, job: Job, observer: Observer) -> LocalHandle:
        """Start a worker, and a thread that follows it to its end."""
        stop, thread = Stop(), ThreadPoolExecutor(1)
        handle = LocalHandle(thread.submit(launch, job, observer, stop), stop)
        thread.shutdown(wait=False)
        return handle

    def wait(self, handle: LocalHandle) -> RunOutcome:
        """The outcome, once the worker has ended."""
        try:
            return handle.future.result()
        finally:
            if handle.done():
                handle.stop.close()

    def cancel(self, handle: LocalHandle) -> None:
        """TERM for the worker and all that it started, then KILL: after a while, or when cancelled again."""
        if not handle.done():
            handle.stop.request()


class Watch:
    """The state of one running worker: its last events, its limits and why it must stop."""

    def __init__(self, process: Process, reader: EventReader, job: Job, observer: Observer) -> None:
        self.process = process
        self.reader = reader
        self.job = job
        self.observer = observer
        self.sampler = Sampler(process.pid, job.telemetry, job.cpus, job.request.get("device", "cpu"), job.variables)
        self.began_cpu_s = time.process_time()
        self.began_s = self.event_s = time.monotonic()
        self.waited_s = 0.0  # for its turn to train an epoch, which no limit counts
        self.phases: list[dict] = []
        self.hello: dict | None = None
        self.parity: dict | None = None
        self.last: dict | None = None
        self.stopped: RunStatus | None = None

    @property
    def phase(self) -> str | None:
        return self.phases[-1]["phase"] if self.phases else None

    @property
    def index(self) -> int | None:
        return self.phases[-1]["index"] if self.phases else None

    @property
    def where(self) -> str:
        return f"in phase {self.phase}" if self.phase else "before its first phase"

    @property
    def waits(self) -> bool:
        """Whether the worker waits for its turn."""
        return self.last is not None and self.last["event"] == "waiting"

    @property
    def finished(self) -> bool:
        """Whether the worker has sent its last event."""
        return self.last is not None and self.last["event"] in ("result", "error")

    def run(self, stop: Stop | None) -> None:
        """Follow the worker until it ends or must be stopped; sleeps between its events."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.handle, selectors.EVENT_READ, "end")
            selector.register(self.reader.descriptor, selectors.EVENT_READ, "events")
            if stop is not None:
                selector.register(stop.descriptor, selectors.EVENT_READ, "stop")
            while self.stopped is None and not self.left_hanging():
                ready = {key.data for key, _ in selector.select(self.patience_s())}
                if "end" in ready:
                    return
                self.react(ready, stop)
                if self.reader.ended and self.reader.descriptor in selector.get_map():
                    selector.unregister(self.reader.descriptor)

    def react(self, ready: set[str], stop: Stop | None) -> None:
        """Deal with what woke the loop; events first, so that a request to stop knows the phase."""
        if "events" in ready:
            self.take(self.reader.read())
        if "stop" in ready:
            stop.acknowledge()
            self.stopped = RunStatus("interrupted", f"stopped {self.where} by the user")
        if time.monotonic() >= self.sampler.due_s:
            self.look()

    def take(self, events: list[dict]) -> None:
        """Note new events."""
        for event in events:
            now_s = time.monotonic()
            self.waited_s += now_s - self.event_s if self.waits else 0.0
            self.event_s, self.last = now_s, event
            if event["event"] == "hello":
                self.hello = event
            elif event["event"] == "parity":
                self.parity = event["parity"]
            elif event["event"] == "phase":
                begin = {"phase": event["phase"], "index": event.get("index"), "begin_s": event.get("t_s")}
                self.phases.append({**begin, "event_s": self.event_s})
            self.observer.event(event)
        kinds = {event["event"] for event in events}
        if "result" in kinds:
            self.sampler.sample(self.phase, self.index)
        elif "phase" in kinds:
            self.sampler.border(self.phase, self.index)

    def look(self) -> None:
        """The once-a-second part: sample, check the limits, let the display move on."""
        self.sampler.sample(self.phase, self.index)
        self.stopped = self.stopped or self.exceeded()
        self.observer.tick()

    def deadlines(self) -> list[tuple[float, str]]:
        """When which limit is reached, in the clock's seconds."""
        if self.finished or self.waits:
            return []
        limits = self.job.limits
        deadlines = [
            (self.began_s + self.waited_s + limits.wall_s, f"wall limit of {limits.wall_s:g} s"),
            (self.event_s + limits.silence_s, f"silence limit of {limits.silence_s:g} s"),
        ]
        if self.phase in limits.phases_s:
            limit_s = limits.phases_s[self.phase]
            deadlines.append((self.phases[-1]["event_s"] + limit_s, f"limit of {limit_s:g} s for the phase"))
        return deadlines

    def patience_s(self) -> float:
        """Seconds until something must be done even if the worker says nothing."""
        due = [self.sampler.due_s, *(when for when, _ in self.deadlines())]
        if self.finished:
            due.append(self.event_s + LEAVE_S)
        return max(0.0, min(due) - time.monotonic())

    def exceeded(self) -> RunStatus | None:
        """The limit that is exceeded, if any."""
        for when, what in self.deadlines():
            if time.monotonic() >= when:
                return RunStatus("timeout", f"stopped {self.where}: {what} exceeded")
        printed = self.job.stdout.stat().st_size + self.job.stderr.stat().st_size
        if printed > self.job.limits.output_bytes:
            return RunStatus("failed", f"stopped {self.where}: printed {printed} bytes, more than limits.output_bytes")
        return None

    def left_hanging(self) -> bool:
        """Whether the worker has sent its last event but does not leave."""
        return self.finished and time.monotonic() >= self.event_s + LEAVE_S


def launch(job: Job, observer: Observer, stop: Stop | None = None) -> RunOutcome:
    """Run a worker and return its outcome; nothing of it is left running.

    Args:
        job: what to start.
        observer: gets each event as it arrives, and a tick about every second.
        stop: ends the worker when that is requested.
    """
    without_core_files()
    with laid_out(replace(job, variables=worker_variables(job.variables))) as (command, variables):
        return launch_command(command, replace(job, variables=variables), observer, stop)


def launch_command(command: list[str], job: Job, observer: Observer, stop: Stop | None) -> RunOutcome:
    """The same, for a job whose command line is known but for the descriptor of its events."""
    kills_before = memory_kill_count()
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    try:
        process = start(command, job, write_end)
    except OSError as error:
        os.close(read_end)
        return RunOutcome("failed", f"could not be started: {error}", None)
    finally:
        os.close(write_end)
    watch = Watch(process, EventReader(read_end, job.result), job, observer)
    try:
        ending = follow(watch, stop)
    finally:
        os.close(read_end)
    return outcome_of(watch, ending, memory_kill_count() - kills_before)


@contextmanager
def laid_out(job: Job) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Command line, but for the descriptor of the events, and variables of a worker whose layout is the job's."""
    if job.layout is None:
        yield command_line(job.python, job.worker, job.request_file), job.variables
        return
    code = job.worker.parents[1]
    with folder_of(job.layout) as folder:
        links = {folder / code.name: code, folder / "request.json": job.request_file}
        for link, target in links.items():
            link.symlink_to(target.absolute())
        worker = folder / job.worker.relative_to(code.parent)
        yield command_line(job.python, worker, folder / "request.json"), padded(job.variables, job.layout)


def command_line(python: str, worker: Path, request: Path) -> list[str]:
    return [python, "-I", str(worker), "--request", str(request), "--events-fd"]


def start(command: list[str], job: Job, descriptor: int) -> Process:
    """Write the request beside the log and start the worker on it."""
    text = json.dumps(job.request, indent=1, sort_keys=True, allow_nan=False) + "\n"
    job.request_file.write_text(text, encoding="utf-8")
    with DESCRIPTOR_LOCK:
        passed = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, EVENTS_DESCRIPTOR)
        try:
            return Process([*command, str(passed)], job.variables, job.cpus, (job.stdout, job.stderr), passed)
        finally:
            os.close(passed)


def follow(watch: Watch, stop: Stop | None) -> Ending:
    """Follow the worker to its end, stop it where needed, and reap it."""
    try:
        watch.run(stop)
        if not watch.process.wait(0):
            watch.process.stop(stop.descriptor if stop else None)
        watch.take(watch.reader.drain())
    except ProtocolError as error:
        watch.stopped = RunStatus("failed", f"ProtocolError: {error}")
        watch.process.stop()
    except BaseException:  # of the observer
        watch.process.stop()
        reap(watch)
        raise
    finally:
        watch.sampler.close()
    return reap(watch)


def reap(watch: Watch) -> Ending:
    """How the worker ended, of which nothing is left then."""
    return watch.process.finish(watch.sampler.tree.descendants.values())


def outcome_of(watch: Watch, ending: Ending, memory_kills: int) -> RunOutcome:
    """The outcome of a worker that has ended."""
    judged = watch.stopped or torn(watch, ending) or judge(ending, watch.last, watch.where, memory_kills)
    last = watch.last if watch.finished and watch.last is not None else {}
    return RunOutcome(
        status=judged.status,
        reason=judged.reason,
        phase=watch.phase,
        result=last.get("result"),
        hello=watch.hello,
        parity=watch.parity,
        error=last if last.get("event") == "error" else None,
        phases=watch.phases,
        stderr_tail=tail(watch.job.stderr),
        warnings=clean_up_warnings(watch, ending),
        exit_code=ending.code,
        wall_s=time.monotonic() - watch.began_s,
        cpu_time_s=ending.cpu_time_s,
        involuntary_switches=ending.involuntary_switches,
        peak_rss_bytes=watch.sampler.peak_rss_bytes,
        sampling_s=watch.sampler.samples.cost_s,
        samples=samples_of(watch),
    )


def samples_of(watch: Watch) -> Samples | None:
    """What was sampled, and what all of it cost; None without telemetry."""
    if not watch.job.telemetry:
        return None
    spent = {"orchestrator_cpu_s": time.process_time() - watch.began_cpu_s, "wall_s": time.monotonic() - watch.began_s}
    return replace(watch.sampler.samples, **spent)


def torn(watch: Watch, ending: Ending) -> RunStatus | None:
    """The status of a worker that left in the middle of an event; a signal explains that better."""
    if not watch.reader.pending or ending.signal_name is not None:
        return None
    return RunStatus("failed", f"ProtocolError: {broken('a torn line', watch.reader.pending)}")


def clean_up_warnings(watch: Watch, ending: Ending) -> list[str]:
    """What went wrong after the last word; it does not undo a good result."""
    warnings = []
    if ending.left_behind:
        warnings.append(f"left {ending.left_behind} process(es) behind; they were killed")
    if ending.code is None:
        warnings.append("did not end even when killed")
    elif watch.finished and watch.last["event"] == "result" and ending.code != 0:
        how = ending.signal_name or f"exit code {ending.code}"
        warnings.append(f"ended with {how} after its result")
    return warnings
