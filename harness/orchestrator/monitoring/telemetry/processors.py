"""What the machine's processors do, whoever uses them: busy, idle and taken away; load and pressure."""

from __future__ import annotations

from collections.abc import Iterable

from harness.orchestrator.monitoring.telemetry.process_counters import TICKS_PER_S
from harness.orchestrator.monitoring.telemetry.procfs import BUSY, IDLE, STEAL, Files
from harness.orchestrator.monitoring.telemetry.sensor import Unreadable, Value, counters, gauges

RESOURCES = ("cpu", "memory", "io")


class Processors:
    """CPU seconds of the whole machine, and of those CPUs that the worker is bound to."""

    name = "processors"
    columns = counters(*(f"{which}_{what}_s" for which in ("machine", "cpus") for what in ("busy", "idle", "steal")))

    def __init__(self, files: Files, cpus: Iterable[int]) -> None:
        self.files = files
        self.cpus = {f"cpu{number}".encode() for number in cpus}
        self.read()

    def read(self) -> dict[str, Value]:
        machine, *lines = [line.split() for line in self.lines()]
        own = [list(map(int, line[1:9])) for line in lines if line[0] in self.cpus]
        parts = [list(map(int, machine[1:9])), list(map(sum, zip(*own, strict=True)))]
        values = [sum(part[place] for place in what) / TICKS_PER_S for part in parts for what in (BUSY, IDLE, STEAL)]
        return dict(zip(self.columns, values, strict=True))

    def lines(self) -> list[bytes]:
        """Those of the processors; they come first."""
        content = self.files.read("proc/stat")
        return content[: content.index(b"\nintr")].splitlines()


class Load:
    """Processes that run or wait, the mean of the last minute."""

    name = "load"
    columns = gauges("load_average_1min")

    def __init__(self, files: Files) -> None:
        self.files = files
        self.read()

    def read(self) -> dict[str, Value]:
        return {"load_average_1min": float(self.files.read("proc/loadavg").split(maxsplit=1)[0])}


class Pressure:
    """How long some process has waited for a CPU, for memory, for a disk: the kernel's pressure stall information."""

    name = "pressure"
    columns = counters(*(f"pressure_{resource}_s" for resource in RESOURCES))

    def __init__(self, files: Files) -> None:
        self.files = files
        self.read()

    def read(self) -> dict[str, Value]:
        return {f"pressure_{resource}_s": self.waited_s(resource) for resource in RESOURCES}

    def waited_s(self, resource: str) -> float:
        some = self.files.read(f"proc/pressure/{resource}").split(b"\n", 1)[0]
        return int(some[some.rindex(b"total=") + 6 :]) / 1e6


class Frequency:
    """The frequency of each CPU that the worker is bound to, where the kernel measures or sets it."""

    name = "frequency"

    def __init__(self, files: Files, cpus: Iterable[int]) -> None:
        self.files = files
        self.cpus = list(cpus)
        self.columns = gauges(*(f"cpu{number}_frequency_hz" for number in self.cpus))
        self.frequencies_hz = self.of_cpufreq if files.names(f"{folder(self.cpus[0])}/cpufreq") else self.of_cpuinfo
        if self.frequencies_hz == self.of_cpuinfo and b" aperfmperf" not in files.read("proc/cpuinfo"):
            raise Unreadable("no cpufreq, and /proc/cpuinfo tells a nominal frequency only (no aperfmperf)")
        self.read()

    def read(self) -> dict[str, Value]:
        return dict(zip(self.columns, self.frequencies_hz(), strict=True))

    def of_cpufreq(self) -> list[float]:
        return [self.files.number(f"{folder(number)}/cpufreq/scaling_cur_freq") * 1e3 for number in self.cpus]

    def of_cpuinfo(self) -> list[float]:
        lines = self.files.read("proc/cpuinfo").splitlines()
        numbers = [int(line.split(b":")[1]) for line in lines if line.startswith(b"processor")]
        found = [float(line.split(b":")[1]) * 1e6 for line in lines if line.startswith(b"cpu MHz")]
        by_number = dict(zip(numbers, found, strict=False))
        if not by_number.keys() >= set(self.cpus):
            raise Unreadable("/proc/cpuinfo tells no frequency of these CPUs")
        return [by_number[number] for number in self.cpus]


def folder(number: int) -> str:
    """Of a CPU."""
    return f"sys/devices/system/cpu/cpu{number}"
