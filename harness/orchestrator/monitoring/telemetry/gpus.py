"""NVIDIA's GPUs: how many the driver shows, and which of them a session's devices are."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from harness.orchestrator.monitoring.telemetry.nvml import Nvml
from harness.orchestrator.monitoring.telemetry.sensor import Unreadable

DRIVER = Path("/proc/driver/nvidia/version")
CHOICE = "CUDA_VISIBLE_DEVICES"  # the user's, of cards


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


def uuids_of(devices: Iterable[str]) -> set[str]:
    """UUIDs of the GPUs that devices `gpu` and `gpu:N` name; those that are not there have none.

    They count the cards that CUDA_VISIBLE_DEVICES leaves, in the order of the bus: see process.ORDER.
    """
    places = {place_of(device) for device in devices}
    visible = visible_uuids(os.environ.get(CHOICE), nvidia_uuids()) if places else []
    return {visible[place] for place in places if place < len(visible)}


def number_of(device: str, chosen: str | None, present: list[str]) -> int | None:
    """Where a device's card is in `present` if CUDA_VISIBLE_DEVICES is `chosen`; None if it is not there."""
    visible = visible_uuids(chosen, present)
    uuid = visible[place_of(device)] if place_of(device) < len(visible) else None
    return present.index(uuid) if uuid in present else None


def place_of(device: str) -> int:
    """The N of gpu:N, which gpu leaves out if it is 0."""
    return int(device.partition(":")[2] or 0)


def visible_uuids(chosen: str | None, present: list[str]) -> list[str]:
    """UUIDs of the cards that CUDA shows if CUDA_VISIBLE_DEVICES is `chosen`: up to the first that is not there."""
    if chosen is None:
        return present
    found = []
    for word in chosen.split(","):
        uuid = uuid_of(word.strip(), present)
        if uuid is None:
            break
        found.append(uuid)
    return found


def uuid_of(word: str, present: list[str]) -> str | None:
    """The card that a word of CUDA_VISIBLE_DEVICES names: by number, by the beginning of its UUID, or a part of one."""
    if word.isdigit():
        return present[int(word)] if int(word) < len(present) else None
    if word.startswith("MIG-"):
        return word
    return next((uuid for uuid in present if word and uuid.startswith(word)), None)
