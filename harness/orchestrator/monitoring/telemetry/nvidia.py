"""Whether this machine has an NVIDIA GPU with its driver."""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.monitoring.telemetry.nvml import Nvml
from harness.orchestrator.monitoring.telemetry.sensor import Unreadable

DRIVER = Path("/proc/driver/nvidia/version")


def nvidia_gpus() -> int:
    """How many GPUs the NVIDIA driver shows; 0 without driver."""
    try:
        nvml = Nvml()
    except Unreadable:
        return 1 if DRIVER.exists() else 0
    try:
        return nvml.count()
    finally:
        nvml.close()


def nvidia_uuids() -> list[str]:
    """What NVIDIA calls each GPU, in the order of the bus; none without driver."""
    try:
        nvml = Nvml()
    except Unreadable:
        return []
    try:
        return nvml.uuids()
    except Unreadable:
        return []
    finally:
        nvml.close()
