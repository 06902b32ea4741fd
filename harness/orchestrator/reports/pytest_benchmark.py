"""A session in pytest-benchmark's format: a benchmark is a case, a round the `epoch_s` of one run that is ok.

Cases without such a run, for which the format has no place, are under `harness` with their reasons.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from harness.orchestrator.reports.benchmark_statistics import statistics

# The reader refuses no version; this is the one whose fields are written.
VERSION = "5.3.1"
METRIC = "epoch_s"
# Fields of a case that its name holds only where the session has several of them.
FURTHER = ("threads", "profile", "edition", "floatx")


def render(records: list[dict]) -> str:
    """The records of one session as JSON."""
    timed = [record for record in records if record["status"] == "ok" and record["metrics"].get(METRIC) is not None]
    names = {named(record, records) for record in timed}
    machine = next((record["machine"] for record in records if record.get("machine")), {})
    document = {
        "machine_info": machine_info(machine),
        "commit_info": commit_info(machine),
        "benchmarks": [benchmark(name, records) for name in dict.fromkeys(named(record, records) for record in timed)],
        "datetime": began(records),
        "version": VERSION,
        "harness": {
            "session": records[0]["session"].get("id"),
            "metric": METRIC,
            "left_out": [left_out(record, records) for record in records if named(record, records) not in names],
        },
    }
    return json.dumps(document, allow_nan=False, indent=1) + "\n"


def named(record: dict, records: list[dict]) -> str:
    """The name of a record's case, e.g. mnist_mlp[tensorflow-cpu]: the same in every session with one of each setting."""
    case, side = record["case"], record["run"].get("side")
    several = [key for key in FURTHER if len({other["case"].get(key) for other in records}) > 1]
    words = [case["backend"], case["device"], *(str(case[key]) for key in several), *([side] if side else [])]
    return f"{case['workload']}[{'-'.join(words)}]"


def benchmark(name: str, records: list[dict]) -> dict:
    """What the format has of a case."""
    runs = [record for record in records if named(record, records) == name]
    rounds = [record for record in runs if record["status"] == "ok" and record["metrics"].get(METRIC) is not None]
    case = rounds[0]["case"]
    return {
        "group": case["workload"],
        "name": name,
        "fullname": name,
        "params": {key: case[key] for key in ("backend", "device", *FURTHER)},
        "param": name.partition("[")[2].rstrip("]"),
        "extra_info": {
            "version": case.get("version"),
            "data": case.get("data"),
            "samples": case.get("samples"),
            "runs_not_ok": [left_out(record, records) for record in runs if record not in rounds],
        },
        "options": {
            "disable_gc": False,
            "timer": "monotonic",
            "min_rounds": rounds[0]["session"].get("rounds"),
            "max_time": None,
            "min_time": None,
            "warmup": bool(case.get("warmup_epochs")),
        },
        "stats": statistics([record["metrics"][METRIC] for record in rounds]),
    }


def left_out(record: dict, records: list[dict]) -> dict:
    """A run that gave no time."""
    return {"name": named(record, records), "status": record["status"], "reason": record["reason"]}


def began(records: list[dict]) -> str:
    """When the first run began; a session of which none did has the time of writing."""
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
        "cpu": {
            "brand_raw": machine.get("cpu"),
            "count": machine.get("logical_cpus"),
            "arch_string_raw": machine.get("architecture"),
        },
        "harness": machine,
    }


def commit_info(machine: dict) -> dict:
    """The harness's commit as pytest-benchmark describes one."""
    harness = machine.get("harness", {})
    dirty = harness.get("dirty")
    return {"id": harness.get("commit"), "time": None, "author_time": None, "dirty": dirty, "project": "harness"}
