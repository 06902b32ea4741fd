"""A session in pytest-benchmark's format: a benchmark is a case, a round the `epoch_s` of one run that is ok.

Runs that are not ok, for which the format has no place, are under `harness` with their reasons.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from harness.orchestrator.reports.exporters import Exporter
from harness.orchestrator.reports.session.benchmark_statistics import statistics
from harness.orchestrator.reports.session.table import SessionView

# The readers refuse no version; this is the one whose fields are written.
VERSION = "5.3.1"
METRIC = "epoch_s"
# Fields of a case that its name holds only where the session has several of them.
FURTHER = ("threads", "batch_size", "profile", "edition", "floatx")


def benchmark_json(view: SessionView) -> bytes:
    """The records of one session as JSON."""
    records = view.records
    cases = timed_cases(records)
    machine = next((record["machine"] for record in records if record.get("machine")), {})
    document = {
        "machine_info": machine_info(machine),
        "commit_info": commit_info(machine),
        "benchmarks": [benchmark(name, runs) for name, runs in cases.items()],
        "datetime": began(records),
        "version": VERSION,
        "harness": {
            "session": records[0]["session"].get("id"),
            "metric": METRIC,
            "coverage": coverage(records),
            "not_ok": [not_ok(record) for record in records if record["status"] != "ok"],
        },
    }
    return f"{json.dumps(document, allow_nan=False, indent=1)}\n".encode()


def coverage(records: list[dict]) -> str:
    """How many of the cases have a benchmark."""
    names = namer(records)
    return f"{len(timed_cases(records))} of {len({names(record) for record in records})} cases"


def timed_cases(records: list[dict]) -> dict[str, list[dict]]:
    """The runs with a time of each case that has any, by the case's name."""
    names, cases = namer(records), {}
    for record in records:
        if record["status"] == "ok" and record["metrics"].get(METRIC) is not None:
            cases.setdefault(names(record), []).append(record)
    return cases


def namer(records: list[dict]):
    """A function, record -> name of its case: mnist_mlp[tensorflow-cpu], with what distinguishes it otherwise."""
    several = [key for key in FURTHER if len({record["case"].get(key) for record in records}) > 1]

    def name(record: dict) -> str:
        case, side = record["case"], record["run"].get("side")
        words = [case["backend"], case["device"], *(case[key] for key in several), side]
        return f"{case['workload']}[{'-'.join(str(word) for word in words if word is not None)}]"

    return name


def benchmark(name: str, runs: list[dict]) -> dict:
    """What the format has of a case."""
    case, session = runs[0]["case"], runs[0]["session"]
    return {
        "group": case["workload"],
        "name": name,
        "fullname": name,
        "params": {key: case[key] for key in ("backend", "device", *FURTHER)},
        "param": name.partition("[")[2].removesuffix("]"),
        "extra_info": {key: case.get(key) for key in ("version", "data", "samples", "epochs")},
        "options": {
            "disable_gc": False,
            "timer": "monotonic",
            "min_rounds": session["rounds"] if isinstance(session.get("rounds"), int) else 1,
            "max_time": None,
            "min_time": None,
            "warmup": bool(case.get("warmup_epochs")),
        },
        "stats": statistics([run["metrics"][METRIC] for run in runs]),
    }


def not_ok(record: dict) -> dict:
    """A run that gave no time."""
    return {"run": record["run"].get("name"), "status": record["status"], "reason": record["reason"]}


def began(records: list[dict]) -> str:
    """When the first run began; where none did, now."""
    begins = [record["run"]["begin_utc"] for record in records if record["run"].get("begin_utc")]
    return min(begins, default=datetime.now(UTC).isoformat())


def machine_info(machine: dict) -> dict:
    """A record's machine as pytest-benchmark describes one; the node is the machine's short name, no host name."""
    return {
        "node": machine.get("name"),
        "processor": machine.get("cpu"),
        "machine": machine.get("architecture"),
        "python_implementation": "CPython",
        "python_version": machine.get("python"),
        "release": machine.get("kernel"),
        "system": "Linux",
        "cpu": {"brand_raw": machine.get("cpu"), "count": machine.get("logical_cpus")},
        "harness": machine,
    }


def commit_info(machine: dict) -> dict:
    """The harness's commit as pytest-benchmark describes one."""
    harness = machine.get("harness", {})
    dirty = harness.get("dirty")
    return {"id": harness.get("commit"), "time": None, "author_time": None, "dirty": dirty, "project": "harness"}


EXPORTER = Exporter("pytest-benchmark", ".json", benchmark_json, on_request=True)
