"""What a session needs before it starts: environments, data, references for its workloads, and what is missing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from harness.orchestrator.core.cases import Run
from harness.orchestrator.core.config import Config, amount
from harness.orchestrator.core.errors import DataError, HarnessError
from harness.orchestrator.core.paths import ROOT
from harness.orchestrator.core.status import Status
from harness.orchestrator.datasets import catalog
from harness.orchestrator.datasets.model import DataMismatch, PreparedData
from harness.orchestrator.environments import provision
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.environments.description.specification import FOLDER
from harness.orchestrator.sessions import machine_peak, parity_reference, revisions
from harness.orchestrator.sessions.prepared import Missing, Prepared, usable
from harness.orchestrator.sessions.schedule import expand
from harness.orchestrator.sessions.sides import Side

MORE_SAMPLES = "allow more train_samples in the configuration, or choose smaller batches"


def prepare(
    config: Config, threads: int, status: Status, sides: Iterable[Side] = (), runs: Iterable[Run] = ()
) -> Prepared:
    """Build what can be built, and say what is missing before anything is measured.

    Args:
        status: shows what is prepared.
        runs: those on whose devices the peak is measured; without any, nothing but what the configuration's cases need
            is prepared.
    """
    known, prepared = list(runs), Prepared(roots={None: revisions.working_copy()})
    wanted = known or [Run(case, 1) for case in expand(config, threads)]
    with beside(lambda: prepare_workloads(config, threads, prepared, status, wanted)):
        environments = find_environments(config, status)
    prepared.environments |= environments
    for side in sides:
        prepare_side(side, config, prepared, status)
    find_references(config, threads, prepared, status, wanted)
    with status.stage("compiling the byte code of what is measured"):
        for root, environment in product(prepared.roots.values(), prepared.environments.values()):
            if isinstance(environment, Environment):
                revisions.compile_bytecode(root, environment)
    announce(prepared, status.say)
    with status.stage("measuring the machine's peak"):
        prepared.peaks = machine_peak.peaks(config, [run.case for run in known], prepared, status.say)
    return prepared


@contextmanager
def beside(work: Callable[[], None]) -> Iterator[None]:
    """Do `work` beside the body, and wait for it; what it raises is raised here.

    A body that fails, or Ctrl-C, does not wait: the thread is a daemon, and what it started ends with this process.
    """
    failures: list[Exception] = []

    def guarded() -> None:
        try:
            work()
        except Exception as failure:  # noqa: BLE001 - raised again below
            failures.append(failure)

    thread = threading.Thread(target=guarded, daemon=True)
    thread.start()
    yield
    thread.join()
    if failures:
        raise failures[0]


def prepare_workloads(config: Config, threads: int, prepared: Prepared, status: Status, runs: Iterable[Run]) -> None:
    """Add data and references, which need the reference's environment alone: the others may still be being built.

    What a side of `runs` has of its own is not there yet, so that its references follow later.
    """
    for workload in config.workloads:
        prepared.data[workload] = find_data(config, workload, status)
    with status.each(f"looking for the environment of {parity_reference.BACKEND}") as say:
        found = provision.ensure([parity_reference.BACKEND], "cpu", say)
    prepared.environments |= {(backend, "cpu"): usable(environment) for backend, environment in found.items()}
    find_references(config, threads, prepared, status, [run for run in runs if run.side is None])


def find_environments(
    config: Config, status: Status, folder: Path = FOLDER
) -> dict[tuple[str, str], Environment | Missing]:
    """The environments of the configuration's backends, and the reference's, as described in `folder`."""
    wanted = dict.fromkeys(config.devices, config.backends)
    wanted["cpu"] = [*wanted.get("cpu", []), parity_reference.BACKEND]
    with status.each("looking for the backends' environments") as say:
        return {
            (backend, device): usable(found)
            for device, backends in wanted.items()
            for backend, found in provision.ensure(backends, device, say, folder).items()
        }


def prepare_side(side: Side, config: Config, prepared: Prepared, status: Status) -> None:
    """Add what a side has of its own: data, other packages' environments, and all that another revision describes."""
    root = revisions.checkout(side.revision) if side.revision else ROOT
    folder = root / FOLDER.relative_to(ROOT)
    if side.revision:
        prepared.roots[side.label] = root
        found = find_environments(config, status, folder)
        prepared.environments |= {(*key, side.label): environment for key, environment in found.items()}
    for workload in config.workloads if side.data else []:
        own = config.model_copy(update={"data": side.data})
        prepared.data[workload, side.label] = find_data(own, workload, status)
    for backend, device in product(config.backends if side.requirements else [], config.devices):
        wanted = provision.requirements_of(backend, side.requirements, folder)
        if wanted:
            with status.each(f"looking for {backend} with {' '.join(wanted)}") as say:
                found = provision.ensure_variant(backend, device, wanted, say, folder)
            prepared.environments[backend, device, side.label] = usable(found)


def find_data(config: Config, workload: str, status: Status) -> PreparedData | Missing:
    """The data of a workload in the amounts that the configuration wants of that data set."""
    try:
        with status.stage(f"looking for the data of {workload}") as say:
            wanted = amounts(config, workload, config.data)
            data = catalog.prepare(workload, config.data, *wanted, config.seed, say)
            special = amounts(config, workload, data.name)
            return data if special == wanted else catalog.prepare(workload, config.data, *special, config.seed, say)
    except DataMismatch as error:
        return Missing(str(error))
    except DataError as error:
        return Missing(f"no data: {error}")


def find_references(config: Config, threads: int, prepared: Prepared, status: Status, runs: Iterable[Run]) -> None:
    """Add what these runs are compared with, each once."""
    for run in runs:
        start = prepared.start_of(run.case, run.side)
        if start not in prepared.references:
            prepared.references[start] = find_reference(config, run, threads, prepared, status)


def find_reference(config: Config, run: Run, threads: int, prepared: Prepared, status: Status) -> dict | Missing:
    """What a run is compared with, and all others that start as it does; by the code of its side."""
    case = parity_reference.case_of(run.case.workload, run.case.edition, threads, run.case.batch_size)
    environment, data = prepared.environment(case, run.side), prepared.data_of(case.workload, run.side)
    if isinstance(environment, Missing):
        return Missing(f"no reference without {case.backend}: {environment.sentence}")
    if isinstance(data, Missing):
        return data
    if case.batch_size is not None and case.batch_size > data.train:
        return Missing(
            f"no batch of {case.batch_size:,} samples: {case.workload} trains on {data.train:,}", MORE_SAMPLES
        )
    try:
        with status.stage(f"reference of {case.workload} by {case.backend} in {case.floatx}"):
            root = prepared.roots.get(run.side, ROOT)
            return parity_reference.reference(config, case, data, environment, root)
    except HarnessError as error:
        return Missing(f"no reference: {error}")


def amounts(config: Config, workload: str, data: str) -> tuple[int | None, int | None]:
    """Training and test samples wanted."""
    return amount(config, "train_samples", workload, data), amount(config, "test_samples", workload, data)


def announce(prepared: Prepared, say: Callable[[str], None]) -> None:
    """One line for each thing that is missing, and for data that stands in for other data."""
    for (backend, device, *side), found in prepared.environments.items():
        if isinstance(found, Missing):
            say(f"{' '.join([backend, *side])} on {device} is missing: {found.sentence}")
    for workload, data in prepared.data.items():
        for note in [] if isinstance(data, Missing) else data.notes:
            say(f"{name_of(workload)}: {note}")
    lacking = {start: found.sentence for start, found in prepared.references.items() if isinstance(found, Missing)}
    for (workload, _, batch_size, *side), sentence in lacking.items():
        batch = [] if batch_size is None else [f"in batches of {batch_size:,}"]
        say(f"{' '.join([workload, *side, *batch])} cannot run: {sentence}")


def name_of(key: str | tuple[str, str]) -> str:
    """A workload, or one on a side, in words."""
    return key if isinstance(key, str) else " ".join(key)
