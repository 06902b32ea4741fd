"""Whether this machine has an NVIDIA GPU with its driver."""

from __future__ import annotations

from pathlib import Path

DRIVER = Path("/proc/driver/nvidia/version")


def nvidia_gpus() -> int:
    """How many GPUs the NVIDIA driver shows; 0 without driver."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return 1 if DRIVER.exists() else 0
    try:
        return int(pynvml.nvmlDeviceGetCount())
    finally:
        pynvml.nvmlShutdown()
