"""The one seam between what is planned and what is recorded: something that carries out jobs.

Every measurement, reference and suite goes through `execute` or, where several jobs run interleaved, `submitting`. A
second executor, e.g. one that hands jobs to Slurm, provides the three methods of Executor. Paths in a job
(environment, request, arrays, log) must mean the same to the worker's host. Interleaved jobs also share a Unix
socket, and so one host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Protocol

from harness.orchestrator.execution.interrupts import Interrupts
from harness.orchestrator.execution.job import Job, Observer, RunOutcome, Silent
from harness.orchestrator.execution.local_executor import LocalExecutor


class Handle(Protocol):
    """A job that was submitted."""

    def done(self) -> bool:
        """Whether its outcome is there."""


class Executor(Protocol):
    """Carries out jobs."""

    def submit(self, job: Job, observer: Observer) -> Handle:
        """Have the worker started as harness/worker/protocol.py says, and return at once.

        It gets as many CPUs as the job names, the job's variables and those that the machine needs, and the job's
        limits. The observer gets each event when it can be read, and a tick about every second.
        """

    def wait(self, handle: Handle) -> RunOutcome:
        """The outcome once the job has ended, whatever happened: also of a crash, a failed start, a cancellation.

        It holds the result, the events' parity and error, and the end of stderr; what only a parent on the same host
        can see (CPU time, peak memory, samples) may be None. May be called again.
        """

    def cancel(self, handle: Handle) -> None:
        """End the worker with all that it started; the second time at once. Its outcome is then `interrupted`."""


EXECUTOR: Executor = LocalExecutor()

Submit = Callable[[Job, Observer], Handle]


def execute(job: Job, observer: Observer | None = None, interrupts: Interrupts | None = None) -> RunOutcome:
    """The outcome of a job.

    Args:
        job: what to start.
        observer: gets each event as it arrives, and a tick about every second.
        interrupts: cancels the job when the user asks for it.
    """
    with submitting(interrupts) as submit:
        return EXECUTOR.wait(submit(job, observer or Silent()))


@contextmanager
def submitting(interrupts: Interrupts | None = None) -> Iterator[Submit]:
    """A function that submits jobs: cancelled when the user asks for it; on an error none is left running."""
    handles: list[Handle] = []

    def cancel() -> None:
        for handle in handles:
            EXECUTOR.cancel(handle)

    def submit(job: Job, observer: Observer) -> Handle:
        handles.append(EXECUTOR.submit(job, observer))
        if interrupts is not None and interrupts.requested:
            EXECUTOR.cancel(handles[-1])
        return handles[-1]

    with nullcontext() if interrupts is None else interrupts.passed_to(cancel):
        try:
            yield submit
        except BaseException:
            cancel()
            for handle in handles:
                with suppress(Exception):
                    EXECUTOR.wait(handle)
            raise
