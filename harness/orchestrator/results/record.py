"""What is stored of a run: one JSON file, written once and never changed.

Top-level keys: see RECORD. A missing number is null. A file that cannot be read is reported and left where it is.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path

from harness.orchestrator.core.cases import STATUSES
from harness.orchestrator.core.errors import RecordError
from harness.orchestrator.results.figures import figures

# History of SCHEMA, newest first.
# 4: `inference`, `steadiness`; metrics of steps, evaluation, inference and what the harness costs a step; of older
#    records the first two are computed when they are read, and the others read as if they were null.
# 3: `telemetry`, `conditions`, `run.side`; older records read as if they were null: nothing was sampled or looked at.
# 2: `parity`; records of schema 1 read as if it were null: nothing was compared.
# 1: first version.
SCHEMA = 4

# Schema -> what its records lack.
SINCE_4 = {"inference": None, "steadiness": None}
SINCE_3 = {"telemetry": None, "conditions": None, **SINCE_4}
UPGRADES: dict[int, dict] = {1: {"parity": None, **SINCE_3}, 2: SINCE_3, 3: SINCE_4}

# Metrics of a step's two parts, see RESULT in harness/worker/protocol.py.
STEP_COSTS = ("harness_step_s", "engine_call_s")

RECORD = {
    "schema": "SCHEMA of the writer",
    "status": "one of STATUSES",
    "reason": "one sentence, null if ok",
    "phase": "the phase in which the run ended, null if it had none",
    "run": "{name, round, side, stage, begin_utc, end_utc}: see Run in harness/orchestrator/core/cases.py",
    "session": "{id, config, backends, workloads, devices, rounds, planned, seed, ...}: what this run was a part of; "
    "`harness_overhead`: figures of a run of noop, see harness/orchestrator/sessions/harness_overhead.py",
    "case": "{backend, version, workload, edition, device, threads, profile, floatx, data, samples, epochs, ...}",
    "metrics": "numbers with their units in their names, null where there is none",
    "phases": "list of {phase, index, begin_s, end_s}: CLOCK_MONOTONIC",
    "parity": "how the first steps compare with the reference: PARITY in harness/worker/protocol.py; null: not at all",
    "epochs": "every epoch with every step, warm-ups first, see harness/worker/protocol.py",
    "steadiness": "whether the timed epochs kept one pace, and the epochs that were added to warm up: STEADINESS in "
    "harness/worker/protocol.py; null: not looked at",
    "inference": "every call of the forward function: INFERENCE in harness/worker/protocol.py; null: not measured",
    "settings": "what the engine really applied",
    "versions": "of all that computed",
    "data": "{name, description, sha256, train, test, full_train, full_test, notes}",
    "environment": "identity of the environment, variables and CPUs of the worker, what its side changed, `layout`: "
    "Layout in harness/orchestrator/execution/memory_layout.py",
    "machine": "what it ran on, and in which state; `peak`: what it can do at most, see sessions/machine_peak.py",
    "telemetry": "samples from outside: TELEMETRY in monitoring/telemetry/summary.py; null: only memory was sampled",
    "conditions": "{before, during}: what the machine was like: monitoring/conditions/; null: not observed",
    "warnings": "what went wrong without affecting the numbers",
    "stderr_tail": "the last lines",
    "error": "{kind, message, traceback} of an exception inside the worker, else null",
}


def write_record(path: Path, record: dict) -> None:
    """Store a record: all of it or nothing, and never over another one.

    Raises:
        RecordError: the disk is full, the folder may not be written, or the file is there already.
    """
    if path.exists():
        raise RecordError(f"{path} exists already. Expected a new file. A record is written once; remove neither.")
    write_whole(path, json.dumps(record, allow_nan=False, indent=1) + "\n")


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is there whole or not at all, even if the machine stops in between."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content.encode("utf-8") if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), 0o644)
            Path(temporary).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise
    except OSError as error:
        raise RecordError(
            f"{path} could not be written: {error.strerror}. Expected a folder with room. Free some space, run again."
        ) from error


def read_record(path: Path) -> dict:
    """A stored record.

    Raises:
        RecordError: the file is torn, is no record, or comes from a newer harness.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecordError(f"{path} is not readable and is left where it is: {error}.") from error
    schema = record.get("schema") if isinstance(record, dict) else None
    if isinstance(schema, int) and schema > SCHEMA:
        raise RecordError(
            f"{path} comes from a newer harness. Expected schema <= {SCHEMA}. Received schema={schema}. Update yours."
        )
    record = upgraded(record) if schema in UPGRADES else record
    missing = [key for key in RECORD if key not in record] if isinstance(schema, int) else ["schema"]
    if missing or record["status"] not in STATUSES:
        raise RecordError(f"{path} is no record and is left where it is: it lacks {', '.join(missing) or 'a status'}.")
    return record


def upgraded(record: dict) -> dict:
    """A record of an older schema as today's reads."""
    whole = {**record, "schema": SCHEMA, **UPGRADES[record["schema"]]}
    if not {"epochs", "case", "metrics"} <= set(whole):
        return whole
    case = whole["case"]
    found = figures(whole["epochs"], case.get("samples"), case.get("batch_size"), None)
    return {**whole, "metrics": {**whole["metrics"], **dict.fromkeys(STEP_COSTS), **found}}


def read_records(folder: Path) -> tuple[list[dict], list[str]]:
    """All records of a folder, and a sentence for each file that is none."""
    records, problems = [], []
    for path in sorted(folder.glob("*.json")):
        try:
            records.append(read_record(path))
        except RecordError as error:
            problems.append(str(error))
    return records, problems
