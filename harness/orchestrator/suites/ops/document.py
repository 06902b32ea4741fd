"""What is stored of a backend: the JSON of pytest-benchmark as it wrote it, and beside it, under `harness`, HARNESS.

A backend that could not be measured has a document too, without benchmarks, so that nothing is left out when stored
files are shown again.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.orchestrator.core.errors import RecordError
from harness.orchestrator.execution.job import RunOutcome
from harness.orchestrator.execution.run_status import judge_error
from harness.orchestrator.reports.session.pytest_benchmark import commit_info, machine_info
from harness.orchestrator.sessions.record_builder import portable
from harness.orchestrator.suites.ops.operations import Plan

# History of SCHEMA, newest first.
# 1: first version.
SCHEMA = 1
HARNESS = {
    "schema": "SCHEMA of the writer",
    "session": "name of the folder",
    "backend": "whose operations these are",
    "versions": "of the library and of all that it computes with",
    "status": "of the process, one of STATUSES",
    "reason": "one sentence, null if ok",
    "plan": "what was asked for: operations, device, threads, profile, seed, rounds, max_time_s, ...",
    "order": "the operations as they ran",
    "failures": "list of {operation, status, reason}: those that gave no time",
    "settings": "what the engine really applied",
    "environment": "its identity, the variables and the CPUs; null if there is none",
    "machine": "what it ran on, and in which state",
    "stderr_tail": "the last lines",
}


def document_of(
    session: str,
    machine: dict,
    plan: Plan,
    backend: str,
    outcome: RunOutcome,
    raw: Path | None = None,
    environment: dict | None = None,
) -> dict[str, Any]:
    """The document of a backend.

    Args:
        outcome: of its process.
        raw: what pytest-benchmark wrote, if it got that far.
        environment: what it ran in.
    """
    result = outcome.result or {}
    measured = json.loads(raw.read_text(encoding="utf-8")) if outcome.status == "ok" and raw.exists() else {}
    named = {"node": machine["name"]}  # and not the host's name
    document = {
        "machine_info": {**(measured.get("machine_info") or machine_info(machine)), **named},
        "commit_info": commit_info(machine),
        "benchmarks": measured.get("benchmarks", []),
        "datetime": measured.get("datetime") or datetime.now(UTC).isoformat(),
        "version": measured.get("version"),
        "harness": {
            "schema": SCHEMA,
            "session": session,
            "backend": backend,
            "versions": result.get("versions") or (environment or {}).get("versions", {}),
            "status": outcome.status,
            "reason": outcome.reason,
            "plan": asdict(plan),
            "order": result.get("order", []),
            "failures": [failure(found) for found in result.get("failures", [])],
            "settings": result.get("settings"),
            "environment": environment,
            "machine": machine,
            "stderr_tail": outcome.stderr_tail,
        },
    }
    return portable(document)


def failure(found: dict) -> dict:
    """An operation that gave no time: the status and the sentence of its exception."""
    judged = judge_error(found)
    return {"operation": found["operation"], "status": judged.status, "reason": judged.reason}


def read(path: Path) -> dict:
    """A stored document.

    Raises: RecordError: the file is torn, of something else, or of a newer harness.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecordError(f"{path} is not readable and is left where it is: {error}.") from error
    about = document.get("harness") if isinstance(document, dict) else None
    schema = about.get("schema") if isinstance(about, dict) else None
    if isinstance(schema, int) and schema > SCHEMA:
        raise RecordError(
            f"{path} comes from a newer harness. Expected schema <= {SCHEMA}. Received schema={schema}. Update yours."
        )
    missing = [key for key in HARNESS if key not in about] if isinstance(schema, int) else ["harness.schema"]
    if missing or not isinstance(document.get("benchmarks"), list):
        raise RecordError(f"{path} is no file of harness ops: it lacks {', '.join(missing) or 'benchmarks'}.")
    return document
