"""What a session needs before it starts: environments, data, references for its workloads, and what is missing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from harness.orchestrator.core.cases import Case
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
from harness.orchestrator.sessions.sides import Side


def prepare(
    config: Config, threads: int, status: Status, sides: Iterable[Side] = (), cases: Iterable[Case] = ()
) -> Prepared:
    """Build what can be built, and say what is missing before anything is measured.

    Args:
        status: shows what is prepared.
        cases: those on whose devices the peak is measured.
    """
    prepared = Prepared(roots={None: revisions.working_copy()})
    with beside(lambda: prepare_workloads(config, threads, prepared, status)):
        environments = find_environments(config, status)
    prepared.environments |= environments
    for side in sides:
        prepare_side(side, config, threads, prepared, status)
    with status.stage("compiling the byte code of what is measured"):
        for root, environment in product(prepared.roots.values(), prepared.environments.values()):
            if isinstance(environment, Environment):
                revisions.compile_bytecode(root, environment)
    announce(prepared, status.say)
    with status.stage("measuring the machine's peak"):
        prepared.peaks = machine_peak.peaks(config, cases, prepared, status.say)
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


def prepare_workloads(config: Config, threads: int, prepared: Prepared, status: Status) -> None:
    """Add data and references, which need the reference's environment alone: the others may still be being built."""
    for workload in config.workloads:
        prepared.data[workload] = find_data(config, workload, status)
    with status.each(f"looking for the environment of {parity_reference.BACKEND}") as say:
        found = provision.ensure([parity_reference.BACKEND], "cpu", say)
    prepared.environments |= {(backend, "cpu"): usable(environment) for backend, environment in found.items()}
    for workload in config.workloads:
        prepared.references[workload] = find_reference(config, workload, threads, prepared, status)


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


def prepare_side(side: Side, config: Config, threads: int, prepared: Prepared, status: Status) -> None:
    """Add what a side has of its own: environments with other packages, and all that another revision describes."""
    root = revisions.checkout(side.revision) if side.revision else ROOT
    folder = root / FOLDER.relative_to(ROOT)
    if side.revision:
        prepared.roots[side.label] = root
        found = find_environments(config, status, folder)
        prepared.environments |= {(*key, side.label): environment for key, environment in found.items()}
        for workload in config.workloads:
            reference = find_reference(config, workload, threads, prepared, status, side.label, root)
            prepared.references[workload, side.label] = reference
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


def find_reference(
    config: Config,
    workload: str,
    threads: int,
    prepared: Prepared,
    status: Status,
    side: str | None = None,
    root: Path = ROOT,
) -> dict | Missing:
    """What every run of a workload is compared with, by the code below `root`."""
    case = parity_reference.case_of(workload, config.edition, threads)
    environment, data = prepared.environment(case, side), prepared.data[workload]
    if isinstance(environment, Missing):
        return Missing(f"no reference without {case.backend}: {environment.sentence}")
    if isinstance(data, Missing):
        return data
    try:
        with status.stage(f"reference of {workload} by {case.backend} in {case.floatx}"):
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
        lacking = next((need for need in (data, prepared.references[workload]) if isinstance(need, Missing)), None)
        if lacking is not None:
            say(f"{workload} cannot run: {lacking.sentence}")
        else:
            for note in data.notes:
                say(f"{workload}: {note}")
