"""Samples a run from the local executor's waiting loop: no thread, no polling."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from harness.orchestrator.monitoring.telemetry import nvml
from harness.orchestrator.monitoring.telemetry.gpus import CHOICE, number_of
from harness.orchestrator.monitoring.telemetry.process_counters import Memory, Switches, Transfers, Work
from harness.orchestrator.monitoring.telemetry.process_tree import Tree
from harness.orchestrator.monitoring.telemetry.processors import Frequency, Load, Pressure, Processors
from harness.orchestrator.monitoring.telemetry.procfs import Files
from harness.orchestrator.monitoring.telemetry.samples import Samples
from harness.orchestrator.monitoring.telemetry.sensor import FAILURES, Sensor, Unreadable, reason_of
from harness.orchestrator.monitoring.telemetry.thermal_and_energy import Energy, Temperature

# Seconds between two samples: often enough for an epoch, and so rare that an epoch does not notice; how much it costs
# is measured by `python -m benchmarks.telemetry`.
SAMPLE_S = 1.0
# A phase that recurs so soon after a sample has no other: counters are linear between samples.
YOUNG_S = 0.5

Makers = dict[str, Callable[[], Sensor]]


class Sampler:
    """Follows a run; without telemetry its memory alone."""

    def __init__(
        self,
        pid: int,
        telemetry: bool = False,
        cpus: Iterable[int] = (),
        device: str = "cpu",
        variables: Mapping[str, str] | None = None,
    ) -> None:
        begin_s = time.thread_time()
        self.files = Files()
        self.tree = Tree(pid, self.files)
        self.memory = Memory(self.tree)
        self.sensors: dict[str, Sensor] = {self.memory.name: self.memory}
        self.samples = Samples(SAMPLE_S, columns=dict(self.memory.columns))
        self.nvml: nvml.Nvml | None = None
        self.telemetry = telemetry
        self.begun: set[str] = set()
        self.due_s = time.monotonic()
        if telemetry:
            self.gather(makers(self.tree, list(cpus)))
        if telemetry and device != "cpu":
            self.gather_gpu(device, variables or {})
        self.samples.sensors = list(self.sensors)
        self.samples.cost_s = time.thread_time() - begin_s

    def gather(self, found: Makers) -> None:
        """Make the sensors that can be made."""
        for name, make in found.items():
            try:
                sensor = make()
            except FAILURES as error:
                self.samples.absent[name] = reason_of(error)
            else:
                self.sensors[name] = sensor
                self.samples.columns |= sensor.columns

    def gather_gpu(self, device: str, variables: Mapping[str, str]) -> None:
        """Make the sensors of the GPU that the run uses."""
        try:
            self.nvml = nvml.Nvml()
            present, chosen = self.nvml.uuids(), variables.get(CHOICE)
            number = number_of(device, chosen, present)
            if number is None:
                raise Unreadable(f"no GPU is {device} among {len(present)} with {CHOICE}={chosen}")
            self.gather(nvml.makers(self.nvml, number))
        except Unreadable as error:
            self.samples.absent["gpu"] = reason_of(error)

    @property
    def peak_rss_bytes(self) -> int | None:
        """The most memory that the tree has held at once, None if nothing was seen."""
        return self.memory.peak_bytes

    def border(self, phase: str, index: int | None) -> None:
        """Sample where a phase begins, for the first time or when the last sample is no longer young."""
        young = time.monotonic() < self.due_s - SAMPLE_S + YOUNG_S
        if self.telemetry and not (young and phase in self.begun):
            self.sample(phase, index)
        self.begun.add(phase)

    def sample(self, phase: str | None, index: int | None) -> None:
        """Ask every sensor, in the phase that the run is in."""
        begin_s = time.thread_time()
        row = {"t_s": time.monotonic(), "phase": phase, "index": index}
        self.tree.look()
        for name in list(self.sensors):
            row |= self.read(name)
        self.files.tidy()
        if self.telemetry:
            self.samples.rows.append(row)
        self.due_s = row["t_s"] + SAMPLE_S
        self.samples.cost_s += time.thread_time() - begin_s

    def read(self, name: str) -> dict:
        """What a sensor reads; a sensor that fails is not read again."""
        try:
            return self.sensors[name].read()
        except FAILURES as error:
            del self.sensors[name]
            self.samples.absent[name] = reason_of(error)
            return {}

    def close(self) -> None:
        """Let go of files and driver."""
        self.files.close()
        if self.nvml is not None:
            self.nvml.close()


def makers(tree: Tree, cpus: list[int]) -> Makers:
    """By the name of each sensor but memory and GPUs, what makes it."""
    files = tree.files
    return {
        Work.name: partial(Work, tree),
        Transfers.name: partial(Transfers, tree),
        Switches.name: partial(Switches, tree),
        Processors.name: partial(Processors, files, cpus),
        Frequency.name: partial(Frequency, files, cpus),
        Load.name: partial(Load, files),
        Pressure.name: partial(Pressure, files),
        Temperature.name: partial(Temperature, files),
        Energy.name: partial(Energy, files),
    }
