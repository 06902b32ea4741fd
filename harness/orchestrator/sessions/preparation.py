"""What a session needs before it starts: environments, data, references for its workloads, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path

from harness.orchestrator.core.cases import Run
from harness.orchestrator.core.config import Config, amount
from harness.orchestrator.core.errors import DataError, HarnessError
from harness.orchestrator.core.paths import ROOT
from harness.orchestrator.datasets import catalog
from harness.orchestrator.datasets.model import DataMismatch, PreparedData
from harness.orchestrator.environments import provision
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.environments.description.specification import FOLDER
from harness.orchestrator.sessions import machine_peak, parity_reference, revisions
from harness.orchestrator.sessions.prepared import Missing, Prepared, Say, usable
from harness.orchestrator.sessions.schedule import expand
from harness.orchestrator.sessions.sides import Side

MORE_SAMPLES = "allow more train_samples in the configuration, or choose smaller batches"


def prepare(config: Config, threads: int, say: Say, sides: Iterable[Side] = (), runs: Iterable[Run] = ()) -> Prepared:
    """Build what can be built, and say what is missing before anything is measured.

    Args:
        runs: those on whose devices the peak is measured; without any, nothing but what the configuration's cases need
            is prepared.
    """
    runs = list(runs)
    prepared = Prepared(find_environments(config, say), roots={None: revisions.working_copy()})
    for workload in config.workloads:
        prepared.data[workload] = find_data(config, workload, say)
    for side in sides:
        prepare_side(side, config, prepared, say)
    for run in runs or [Run(case, 1) for case in expand(config, threads)]:
        start = prepared.start_of(run.case, run.side)
        if start not in prepared.references:
            prepared.references[start] = find_reference(config, run, threads, prepared)
    for root, environment in product(prepared.roots.values(), prepared.environments.values()):
        if isinstance(environment, Environment):
            revisions.compile_bytecode(root, environment)
    announce(prepared, say)
    prepared.peaks = machine_peak.peaks(config, [run.case for run in runs], prepared, say)
    return prepared


def find_environments(config: Config, say: Say, folder: Path = FOLDER) -> dict[tuple[str, str], Environment | Missing]:
    """The environments of the configuration's backends, and the reference's, as described in `folder`."""
    wanted = dict.fromkeys(config.devices, config.backends)
    wanted["cpu"] = [*wanted.get("cpu", []), parity_reference.BACKEND]
    return {
        (backend, device): usable(found)
        for device, backends in wanted.items()
        for backend, found in provision.ensure(backends, device, named(say), folder).items()
    }


def named(say: Say) -> Callable[[str, str], None]:
    """Says with the backend's name what becomes of its environment."""
    return lambda backend, sentence: say(f"{backend}: {sentence}")


def prepare_side(side: Side, config: Config, prepared: Prepared, say: Say) -> None:
    """Add what a side has of its own: data, other packages' environments, and all that another revision describes."""
    root = revisions.checkout(side.revision) if side.revision else ROOT
    folder = root / FOLDER.relative_to(ROOT)
    if side.revision:
        prepared.roots[side.label] = root
        found = find_environments(config, say, folder)
        prepared.environments |= {(*key, side.label): environment for key, environment in found.items()}
    for workload in config.workloads if side.data else []:
        own = config.model_copy(update={"data": side.data})
        prepared.data[workload, side.label] = find_data(own, workload, say)
    for backend, device in product(config.backends if side.requirements else [], config.devices):
        wanted = provision.requirements_of(backend, side.requirements, folder)
        if wanted:
            found = provision.ensure_variant(backend, device, wanted, named(say), folder)
            prepared.environments[backend, device, side.label] = usable(found)


def find_data(config: Config, workload: str, say: Say) -> PreparedData | Missing:
    """The data of a workload in the amounts that the configuration wants of that data set."""
    try:
        wanted = amounts(config, workload, config.data)
        data = catalog.prepare(workload, config.data, *wanted, config.seed, say)
        special = amounts(config, workload, data.name)
        return data if special == wanted else catalog.prepare(workload, config.data, *special, config.seed, say)
    except DataMismatch as error:
        return Missing(str(error))
    except DataError as error:
        return Missing(f"no data: {error}")


def find_reference(config: Config, run: Run, threads: int, prepared: Prepared) -> dict | Missing:
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
        root = prepared.roots.get(run.side, ROOT)
        return parity_reference.reference(config, case, data, environment, root)
    except HarnessError as error:
        return Missing(f"no reference: {error}")


def amounts(config: Config, workload: str, data: str) -> tuple[int | None, int | None]:
    """Training and test samples wanted."""
    return amount(config, "train_samples", workload, data), amount(config, "test_samples", workload, data)


def announce(prepared: Prepared, say: Say) -> None:
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
