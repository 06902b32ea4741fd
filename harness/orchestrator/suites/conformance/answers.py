"""What the backends answered: the runner, executed in an environment, and what it gave."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.orchestrator.core.config import Limits
from harness.orchestrator.core.errors import WorkerFailed
from harness.orchestrator.core.paths import CONFORMANCE, ENGINES
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.execution.executor import execute
from harness.orchestrator.execution.job import RunOutcome, Silent, job
from harness.orchestrator.execution.run_status import tail
from harness.orchestrator.monitoring.machine import available_cpus
from harness.worker.protocol import SCHEMA

THREADS = 2
LIMIT_S = 3600  # a cold Theano cache compiles some thousand small libraries
RESULT = ("cases", "functions", "versions", "settings")  # of the runner

Watch = Callable[[str], None]


@dataclass(frozen=True)
class Answer:
    """One run of the runner.

    results: case -> "<level>/<label>" -> array
    cases: case -> its error, operations, how many those are, and functions, in the order in which they ran
    functions: public functions of K, those that no case calls too
    settings: the engine's at the end
    versions: of the library and of what it computes with
    """

    results: dict[str, dict[str, np.ndarray]]
    cases: dict[str, dict[str, Any]]
    functions: tuple[str, ...]
    settings: dict[str, Any]
    versions: dict[str, str]


class CurrentCase(Silent):
    """An observer that passes the name of each case that begins to `watch`, and keeps the last one."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.name = "the first case"

    def event(self, event: dict) -> None:
        """Note the case, if one begins."""
        if "case" in event:
            self.name = event["case"]
            self.watch(self.name)


def engines() -> list[str]:
    """Every backend that has an engine."""
    return sorted(path.parent.name for path in ENGINES.glob("*/engine.py"))


def variables(
    found: Environment, interpreted: bool = False, profile: str = "tuned", threads: int = THREADS
) -> dict[str, str]:
    """An environment's variables, with those of the cases: no cache of timed runs is warmed."""
    specification, own = found.specification, found.specification.conformance
    texts = specification.probe.variables | own.variables | (own.interpreted if interpreted else {})
    return {**found.variables(profile, threads), **{name: found.written(texts[name], threads) for name in texts}}


def ask(
    found: Environment,
    only: str = "*",
    floatx: str = "float32",
    inputs: str | None = None,
    numeric_gradients: bool = False,
    interpreted: bool = False,
    plain: bool = False,
    watch: Watch = lambda case: None,
) -> Answer:
    """Runs the cases in an environment, on all CPUs: askers may share them.

    Args:
        found: the backend's.
        only, floatx, inputs, numeric_gradients, plain: as harness/worker/conformance/runner.py has them.
        interpreted: the library compiles nothing, if its environment can have it so.
        watch: gets the name of each case that begins.

    Raises:
        WorkerFailed: the library ended the process, or took longer than LIMIT_S.
    """
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        engine = {"backend": found.backend, "device": "cpu", "threads": THREADS, "floatx": floatx}
        cases = {"inputs": inputs, "only": only, "numeric_gradients": numeric_gradients, "plain": plain}
        request = {"schema": SCHEMA, **engine, **cases, "output": str(Path(folder, "results.npz"))}
        asked = job(
            found,
            variables(found, interpreted),
            request,
            Path(folder, "runner"),
            worker=CONFORMANCE,
            limits=Limits(wall_s=LIMIT_S, silence_s=LIMIT_S),
            cpus=available_cpus(),
            result=RESULT,
        )
        current = CurrentCase(watch)
        outcome = execute(asked, current)
        if outcome.status != "ok" or outcome.exit_code:
            raise failure(found.backend, current.name, outcome, tail(asked.stdout) if asked.stdout.exists() else [])
        return load(Path(request["output"]), outcome.result)


def failure(backend: str, case: str, outcome: RunOutcome, printed: list[str]) -> WorkerFailed:
    """The error of a runner that ended early, or badly after all cases."""
    lines = "".join(f"{line}\n" for line in (*printed, *outcome.stderr_tail))
    reason = outcome.reason or "; ".join(outcome.warnings)
    return WorkerFailed(f"{backend} stopped in {case}: {reason}. Expected all cases to run. Its last lines:\n{lines}")


def load(path: Path, report: dict) -> Answer:
    """The answer that the runner's file and report make."""
    cases = {line["name"]: line for line in report["cases"]}
    results: dict[str, dict[str, np.ndarray]] = {name: {} for name in cases}
    with np.load(path) as arrays:
        for key in arrays.files:
            name, label = key.split("|", 1)
            results[name][label] = arrays[key]
    return Answer(results, cases, tuple(report["functions"]), report["settings"], report["versions"])
