"""Temperature of the processor and the energy that its packages have used."""

from __future__ import annotations

import re

from harness.orchestrator.monitoring.telemetry.procfs import Files
from harness.orchestrator.monitoring.telemetry.sensor import Unreadable, Value, counters, gauges

# Chips of hwmon that sit on a processor, and thermal zones that do.
CHIPS = ("coretemp", "k10temp", "zenpower", "cpu_thermal")
ZONES = ("x86_pkg_temp", "cpu-thermal", "cpu_thermal", "soc-thermal")
POWERCAP = "sys/class/powercap"
# A package or the whole platform, of AMD's processors too; intel-rapl-mmio tells of the same packages once more.
ZONE = re.compile(r"intel-rapl:\d+")


class Temperature:
    """The hottest processor; one reading a package, as each may wake a core."""

    name = "temperature"
    columns = gauges("cpu_temperature_celsius")

    def __init__(self, files: Files) -> None:
        self.files = files
        self.inputs = of_chips(files) or of_zones(files)
        if not self.inputs:
            raise Unreadable("neither hwmon nor a thermal zone tells of a processor")
        self.read()

    def read(self) -> dict[str, Value]:
        return {"cpu_temperature_celsius": max(self.files.number(path) for path in self.inputs) / 1e3}


def of_chips(files: Files) -> list[str]:
    """The first temperature of each processor's chip, which is the package's."""
    chips = [f"sys/class/hwmon/{name}" for name in files.names("sys/class/hwmon")]
    found = [chip for chip in chips if "name" in files.names(chip) and files.word(f"{chip}/name") in CHIPS]
    return [f"{chip}/temp1_input" for chip in found if "temp1_input" in files.names(chip)]


def of_zones(files: Files) -> list[str]:
    """The thermal zones of processors."""
    zones = [f"sys/class/thermal/{name}" for name in files.names("sys/class/thermal")]
    return [f"{zone}/temp" for zone in zones if "type" in files.names(zone) and files.word(f"{zone}/type") in ZONES]


class Energy:
    """Joules of each processor package since sampling began; a counter of RAPL that is full starts again."""

    name = "energy"

    def __init__(self, files: Files) -> None:
        self.files = files
        packages = [f"{POWERCAP}/{name}" for name in files.names(POWERCAP) if ZONE.fullmatch(name)]
        self.packages = [package for package in packages if files.word(f"{package}/name").startswith("package")]
        if not self.packages:
            raise Unreadable(f"no package of RAPL in /{POWERCAP}")
        self.columns = counters(*(f"package{number}_energy_j" for number in range(len(self.packages))))
        self.ranges = [files.number(f"{package}/max_energy_range_uj") for package in self.packages]
        self.last = self.counts()
        self.used = [0] * len(self.packages)

    def counts(self) -> list[int]:
        """Microjoules as the counters stand."""
        return [self.files.number(f"{package}/energy_uj") for package in self.packages]

    def read(self) -> dict[str, Value]:
        now = self.counts()
        for place, (count, before, full) in enumerate(zip(now, self.last, self.ranges, strict=True)):
            self.used[place] += count - before if count >= before else count - before + full
        self.last = now
        return {name: used / 1e6 for name, used in zip(self.columns, self.used, strict=True)}
