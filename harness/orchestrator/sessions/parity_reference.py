"""The reference of each workload: its first training steps by NumPy in float64, made once for each start and kept.

It is kept in the cache under the digest of all that it depends on: case, data, environment, and the code inside.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from harness.orchestrator.core.cases import Case
from harness.orchestrator.core.config import Config
from harness.orchestrator.core.errors import WorkerFailed
from harness.orchestrator.core.paths import INSIDE, ROOT, cache_root, tagged
from harness.orchestrator.datasets.model import PreparedData
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.execution.executor import execute
from harness.orchestrator.execution.job import RunOutcome
from harness.orchestrator.results.record import write_whole
from harness.orchestrator.sessions import revisions
from harness.orchestrator.sessions.request import job_of, request_of

BACKEND = "numpy"
PROFILE = "tuned"
DIGEST_LETTERS = 12


def reference(config: Config, case: Case, data: PreparedData, environment: Environment, root: Path = ROOT) -> dict:
    """What every run of the case's workload is compared with, REFERENCE in harness/worker/protocol.py.

    Args:
        case: the reference's own, see `case_of`.
        root: of the code that makes it.

    Raises:
        WorkerFailed: they cannot be computed.
    """
    folder = tagged(cache_root()) / "references"
    folder.mkdir(exist_ok=True)
    request = request_of(config, case, data, reference=None)
    kept = folder / f"{case.workload}-{digest(request, data, environment, root)[:DIGEST_LETTERS]}.json"
    if not kept.exists():
        worker = revisions.worker_in(root)
        outcome = execute(
            job_of(case, request, environment, config.limits, kept.with_suffix(""), worker, result=("parity",))
        )
        write_whole(kept, json.dumps(made(outcome, case.workload)) + "\n")
    return json.loads(kept.read_text(encoding="utf-8"))


def case_of(workload: str, edition: str, threads: int, batch_size: int | None = None) -> Case:
    """The case whose first steps are the reference."""
    return Case(BACKEND, workload, edition, "cpu", threads, PROFILE, "float64", batch_size)


def digest(request: dict, data: PreparedData, environment: Environment, root: Path = ROOT) -> str:
    """Of all that the steps depend on."""
    what = {
        "request": {key: request.get(key) for key in ("workload", "edition", "batch_size", "seed")},
        "data": data.sha256,
        "environment": environment.digest,
        "code": code_digest(root),
    }
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def code_digest(root: Path) -> str:
    """Of every file below `root` that runs inside."""
    total = hashlib.sha256()
    folders = [root / folder.relative_to(ROOT) for folder in INSIDE]
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        total.update(bytes(path.relative_to(root)) + b"\0" + path.read_bytes())
    return total.hexdigest()


def made(outcome: RunOutcome, workload: str) -> dict:
    """The reference that a worker made; WorkerFailed if it did not end well."""
    if outcome.status != "ok":
        raise WorkerFailed(
            f"The reference of {workload} could not be computed: {outcome.reason}. Expected NumPy to train "
            f"{workload} in float64. Received status={outcome.status}. See harness doctor."
        )
    return outcome.result["parity"]
