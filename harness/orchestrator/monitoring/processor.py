"""The machine's processor, as far as settings depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Processor:
    """Vendor as the processor names itself (GenuineIntel, AuthenticAMD, ...) and its instruction set flags."""

    vendor: str | None
    flags: frozenset[str]


@cache
def processor() -> Processor:
    """This machine's processor; without /proc/cpuinfo nothing is known and no rule about it applies."""
    try:
        return parse(Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return Processor(None, frozenset())


def parse(cpuinfo: str) -> Processor:
    """The first processor of the text of /proc/cpuinfo."""
    fields: dict[str, str] = {}
    for line in cpuinfo.splitlines():
        key, separator, value = line.partition(":")
        if separator:
            fields.setdefault(key.strip(), value.strip())
    flags = fields.get("flags", fields.get("Features", ""))
    return Processor(fields.get("vendor_id"), frozenset(flags.split()))
