"""Documents as `harness ops` stores them, made up but whole."""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.execution.job import RunOutcome
from harness.orchestrator.reports.session.benchmark_statistics import statistics
from harness.orchestrator.suites.ops.document import document_of
from harness.orchestrator.suites.ops.operations import Plan
from tests.orchestrator.sample_records import MACHINE

OPERATIONS = ["dot", "rnn"]
SESSION = "ops-20261120-120000"
VERSIONS = {"numpy": "2.4.6", "cntk": "2.7", "theano": "1.0.5"}


def plan(*backends: str, operations: list[str] = OPERATIONS, **changes: object) -> Plan:
    """A plan of two operations."""
    settings = {"device": "cpu", "threads": 2, "profile": "tuned", "seed": 1, "rounds": 5, "max_time_s": 0.5}
    return Plan(list(backends), operations, **{**settings, **changes})


def benchmark(operation: str, rounds_s: list[float]) -> dict:
    """What pytest-benchmark keeps of an operation."""
    return {
        "group": operation,
        "name": f"test_{operation}",
        "fullname": f"test_ops.py::test_{operation}",
        "params": None,
        "param": None,
        "extra_info": {"what": f"what {operation} is.", "deviation": 2e-7},
        "options": {"min_rounds": 5},
        "stats": statistics(rounds_s),
    }


def failure(operation: str, kind: str, message: str) -> dict:
    """An operation that went wrong, as the runner tells it."""
    return {"operation": operation, "kind": kind, "message": message}


def measured(
    backend: str, rounds_s: dict[str, list[float]], failures: tuple[dict, ...] = (), session: str = SESSION
) -> dict:
    """The document of a backend whose process ended well."""
    result = {"versions": VERSIONS, "settings": {}, "order": OPERATIONS, "failures": list(failures)}
    known = {"session": session, "machine": MACHINE, "plan": plan(backend), "backend": backend}
    document = document_of(**known, outcome=RunOutcome("ok", None, "done", result), raw=Path("/nowhere"))
    return {**document, "benchmarks": [benchmark(name, times) for name, times in rounds_s.items()]}


def unmeasured(backend: str, status: str, reason: str) -> dict:
    """The document of a backend whose process did not end well, or never began."""
    known = {"session": SESSION, "machine": MACHINE, "plan": plan(backend), "backend": backend}
    return document_of(**known, outcome=RunOutcome(status, reason, None))
