"""Which GPUs a session's devices are, by the numbers that NVIDIA gives each card."""

from __future__ import annotations

import os
from collections.abc import Iterable

from harness.orchestrator.environments.gpu import nvidia_uuids


def uuids_of(devices: Iterable[str]) -> set[str]:
    """UUIDs of the GPUs that devices `gpu` and `gpu:N` name; those that are not there have none.

    They count the cards that CUDA_VISIBLE_DEVICES leaves, in the order of the bus: see process.ORDER.
    """
    places = {int(device.partition(":")[2] or 0) for device in devices}
    visible = visible_uuids(os.environ.get("CUDA_VISIBLE_DEVICES")) if places else []
    return {visible[place] for place in places if place < len(visible)}


def visible_uuids(chosen: str | None) -> list[str]:
    """UUIDs of the cards that CUDA shows if CUDA_VISIBLE_DEVICES is `chosen`: up to the first that is not there."""
    present = nvidia_uuids()
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
