"""What a worker is asked to do."""

from __future__ import annotations

from harness.orchestrator.config import Config, amount
from harness.orchestrator.datasets import PreparedData
from harness.orchestrator.matrix import Case
from harness.worker.protocol import SCHEMA


def request_of(config: Config, case: Case, data: PreparedData, reference: dict | None, turn: int = 1) -> dict:
    """The worker's request, see REQUEST in harness/worker/protocol.py, in the round number `turn`."""
    return {
        "schema": SCHEMA,
        "backend": case.backend,
        "workload": case.workload,
        "edition": case.edition,
        "device": case.device,
        "threads": case.threads,
        "profile": case.profile,
        "floatx": case.floatx,
        "seed": config.seed,
        "draws": config.seed + turn,
        "epochs": amount(config, "epochs", case.workload, data.name),
        "warmup_epochs": amount(config, "warmup_epochs", case.workload, data.name),
        "reference": reference,
        "arrays": {name: str(path) for name, path in data.arrays.items()},
    }
