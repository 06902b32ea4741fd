"""What must agree before the figures of two sides say anything about what differs between them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import fields
from typing import Any

from harness.orchestrator.core.cases import Case
from harness.orchestrator.core.declared_workloads import declared_batch_size

# Fields that name a case, below `case` of a record.
IDENTITY = tuple(field.name for field in fields(Case))
# Name -> path in a record, of what has to be the same on both sides.
MUST_AGREE = {
    "machine": ("machine", "name"),
    "cpus": ("machine", "available_cpus"),
    "cores": ("machine", "available_cores"),
    "memory": ("machine", "memory_bytes"),
    "data": ("case", "data"),
    "data_sha256": ("data", "sha256"),
    "samples": ("case", "samples"),
    "parameters": ("case", "parameters"),
    "epochs": ("case", "epochs"),
    "warmup_epochs": ("case", "warmup_epochs"),
    "seed": ("case", "seed"),
}
# Field that sides may differ in on purpose -> what necessarily differs with it.
IMPLIED = {
    "machine": ("cpus", "cores", "memory"),
    "data": ("data_sha256",),
    "edition": ("parameters",),
    "backend": ("compile_cache",),  # most keep no compiled code, which is neither a cold cache nor a warm one
}
# The same of one metric alone: compiling with a cold cache takes other times, other counters see other energy.
OF_METRIC = {
    "compile_s": {"compile_cache": ("case", "compile_cache")},
    "inference_compile_s": {"compile_cache": ("case", "compile_cache")},
    "energy_j_per_epoch": {"energy_of": ("telemetry", "energy_of")},
}
# What may differ, as it is what is compared: name -> path.
COMPARED = {
    "version": ("case", "version"),
    "profile": ("case", "profile"),
    "threads": ("case", "threads"),
    "batch_size": ("case", "batch_size"),
    "environment": ("environment", "digest"),
    "commit": ("machine", "harness", "commit"),
    "changed sources": ("machine", "harness", "dirty"),
    "change": ("environment", "side"),
    "python": ("versions", "python"),
    "numpy": ("versions", "numpy"),
    "os": ("machine", "os"),
    "kernel": ("machine", "kernel"),
}
DIGEST = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
DIGEST_LETTERS = 12
ACROSS = (*IDENTITY, *MUST_AGREE)
ALL = {**{field: ("case", field) for field in IDENTITY}, **MUST_AGREE}


def at(record: dict, path: tuple[str, ...]) -> Any:
    """What a record has at a path, None if nothing."""
    value: Any = record
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def differences(a: list[dict], b: list[dict], paths: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, str]]:
    """The fields in which the records of two sides differ, with what each side has."""
    found = {name: (values(a, path), values(b, path)) for name, path in paths.items()}
    return {name: (shown(of_a), shown(of_b)) for name, (of_a, of_b) in found.items() if of_a != of_b}


def values(records: list[dict], path: tuple[str, ...]) -> list[str]:
    """Everything that records have at a path, each once, sorted."""
    return sorted({readable(at(record, path)) for record in records})


def readable(value: Any) -> str:
    """A value as a person reads it; of a digest the beginning."""
    if isinstance(value, str) and DIGEST.fullmatch(value):
        return value[:DIGEST_LETTERS]
    if isinstance(value, dict):
        return ", ".join(f"{key} {part}" for key, part in value.items())
    return " ".join(value) if isinstance(value, list | tuple) else str(value)


def shown(found: list[str]) -> str:
    return " or ".join(found)


def unlike(
    a: list[dict], b: list[dict], across: Collection[str], paths: dict[str, tuple[str, ...]] = ALL
) -> dict[str, tuple[str, str]]:
    """The fields that keep the figures of two sides from being compared; `across` names those that may differ."""
    allowed = {*across, *(implied for field in across for implied in IMPLIED.get(field, ()))}
    return differences(a, b, {name: path for name, path in paths.items() if name not in allowed})


def identity_of(case: dict, across: Collection[str] = ()) -> dict[str, str]:
    """The fields that name a record's case; a batch size that no record knows is that of the edition."""
    known = case.get("batch_size") or declared_batch_size(case["workload"], case["edition"])
    whole = {**case, "batch_size": known}
    return {field: str(whole[field]) for field in IDENTITY if field not in across}
