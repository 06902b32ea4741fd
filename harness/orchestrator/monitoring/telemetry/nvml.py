"""NVIDIA's GPUs through NVML: the only module that calls it.

What a card does not tell, or tells no longer, is absent with the reason; the rest goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.orchestrator.monitoring.telemetry.sensor import Kind, Unreadable, Value

UNTHROTTLED = "unthrottled"
# Constants of NVML for why a clock is lower than it could be -> how we name it.
THROTTLE_REASONS = {
    "GpuIdle": "gpu_idle",
    "ApplicationsClocksSetting": "applications_clocks_setting",
    "SwPowerCap": "sw_power_cap",
    "HwSlowdown": "hw_slowdown",
    "SyncBoost": "sync_boost",
    "SwThermalSlowdown": "sw_thermal_slowdown",
    "HwThermalSlowdown": "hw_thermal_slowdown",
    "HwPowerBrakeSlowdown": "hw_power_brake_slowdown",
    "DisplayClockSetting": "display_clock_setting",
}


def library() -> Any:
    """NVIDIA's binding of NVML."""
    import pynvml

    return pynvml


class Nvml:
    """NVML in use; ends with `close`."""

    def __init__(self) -> None:
        """Raises Unreadable where there is no driver, or it does not answer."""
        self.library = library()
        self.ask("nvmlInit")

    def ask(self, function: str, *arguments: Any) -> Any:
        """What a function of NVML answers.

        Raises:
            Unreadable: it answers with an error, or the driver is too old to have it.
        """
        try:
            return getattr(self.library, function)(*arguments)
        except self.library.NVMLError as error:
            raise Unreadable(f"NVML: {error}") from error

    def count(self) -> int:
        """How many GPUs there are."""
        return int(self.ask("nvmlDeviceGetCount"))

    def uuids(self) -> list[str]:
        """Of all GPUs, by NVML's order, which is that of their places on the bus."""
        handles = [self.ask("nvmlDeviceGetHandleByIndex", number) for number in range(self.count())]
        return [text(self.ask("nvmlDeviceGetUUID", handle)) for handle in handles]

    def close(self) -> None:
        """Let the driver go."""
        self.ask("nvmlShutdown")


def text(answer: str | bytes) -> str:
    """Older bindings answer with bytes."""
    return answer.decode() if isinstance(answer, bytes) else answer


class Gpu:
    """One quantity of one GPU, or several that NVML answers together."""

    def __init__(self, name: str, columns: dict[str, Kind], read: Callable[[], tuple[Value, ...]]) -> None:
        self.name = name
        self.columns = columns
        self.values = read
        self.read()

    def read(self) -> dict[str, Value]:
        return dict(zip(self.columns, self.values(), strict=True))


def makers(nvml: Nvml, number: int) -> dict[str, Callable[[], Gpu]]:
    """By the name of each sensor of a GPU, what makes it."""
    handle = nvml.ask("nvmlDeviceGetHandleByIndex", number)

    def maker(name: str, columns: tuple[str, ...], kind: Kind, read: Callable[[], tuple]) -> Callable[[], Gpu]:
        return lambda: Gpu(f"gpu{number}_{name}", {f"gpu{number}_{column}": kind for column in columns}, read)

    return {
        f"gpu{number}_{name}": maker(name, columns, kind, read)
        for name, columns, kind, read in quantities(nvml, handle)
    }


def quantities(nvml: Nvml, handle: Any) -> list[tuple[str, tuple[str, ...], Kind, Callable[[], tuple]]]:
    """All that is asked of a GPU: name, columns, kind, and the question, answered in our units."""
    constant = nvml.library

    def asks(function: str, factor: float, *arguments: Any) -> Callable[[], tuple[float]]:
        return lambda: (nvml.ask(function, handle, *arguments) * factor,)

    def utilisation() -> tuple[float, float]:
        rates = nvml.ask("nvmlDeviceGetUtilizationRates", handle)
        return rates.gpu / 100, rates.memory / 100

    def clock(kind: int) -> Callable[[], tuple[float]]:
        return asks("nvmlDeviceGetClockInfo", 1e6, kind)  # MHz

    def pcie(counter: int) -> Callable[[], tuple[float]]:
        # KB/s over the last 20 ms, for which the call waits
        return asks("nvmlDeviceGetPcieThroughput", 1e3, counter)

    heat = asks("nvmlDeviceGetTemperature", 1, constant.NVML_TEMPERATURE_GPU)
    gauge = Kind.GAUGE
    return [
        ("utilisation", ("utilisation", "memory_utilisation"), gauge, utilisation),
        ("memory", ("memory_used_bytes",), gauge, lambda: (nvml.ask("nvmlDeviceGetMemoryInfo", handle).used,)),
        ("power", ("power_w",), gauge, asks("nvmlDeviceGetPowerUsage", 1e-3)),
        ("energy", ("energy_j",), Kind.COUNTER, asks("nvmlDeviceGetTotalEnergyConsumption", 1e-3)),
        ("sm_clock", ("sm_clock_hz",), gauge, clock(constant.NVML_CLOCK_SM)),
        ("memory_clock", ("memory_clock_hz",), gauge, clock(constant.NVML_CLOCK_MEM)),
        ("temperature", ("temperature_celsius",), gauge, heat),
        ("throttling", ("throttle_reasons",), Kind.WORDS, lambda: (throttle_reasons(nvml, handle),)),
        ("pcie_sent", ("pcie_sent_bytes_per_s",), gauge, pcie(constant.NVML_PCIE_UTIL_TX_BYTES)),
        ("pcie_received", ("pcie_received_bytes_per_s",), gauge, pcie(constant.NVML_PCIE_UTIL_RX_BYTES)),
        ("pcie_generation", ("pcie_generation",), gauge, asks("nvmlDeviceGetCurrPcieLinkGeneration", 1)),
        ("pcie_width", ("pcie_width",), gauge, asks("nvmlDeviceGetCurrPcieLinkWidth", 1)),
    ]


def throttle_reasons(nvml: Nvml, handle: Any) -> str:
    """Names of why the clocks are lower than they could be, with bars between them."""
    bits = nvml.ask("nvmlDeviceGetCurrentClocksThrottleReasons", handle)
    known = {getattr(nvml.library, f"nvmlClocksThrottleReason{name}"): ours for name, ours in THROTTLE_REASONS.items()}
    names = [name for bit, name in known.items() if bits & bit]
    unknown = bits & ~sum(known)
    return "|".join([*names, *([f"bits_{unknown:#x}"] if unknown else [])]) or UNTHROTTLED
