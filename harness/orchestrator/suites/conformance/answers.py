"""What the backends answered: the runner started in an environment, and what it wrote."""

from __future__ import annotations

import collections
import json
import subprocess
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.orchestrator.core.errors import WorkerFailed
from harness.orchestrator.core.paths import CONFORMANCE, ENGINES
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.execution.process import worker_variables

THREADS = 2
LIMIT_S = 3600  # a cold Theano cache compiles some thousand small libraries
LAST_LINES = 20
CASE = "case "  # what the runner prints before each, with its name

Watch = Callable[[str], None]


@dataclass(frozen=True)
class Answer:
    """One run of the runner.

    results: case -> "<level>/<label>" -> array
    cases: case -> its error, operations, how many those are, and functions
    functions: public functions of K, those that no case calls too
    settings: the engine's at the end
    versions: of the library and of what it computes with
    """

    results: dict[str, dict[str, np.ndarray]]
    cases: dict[str, dict[str, Any]]
    functions: tuple[str, ...]
    settings: dict[str, Any]
    versions: dict[str, str]


def engines() -> list[str]:
    """Every backend that has an engine."""
    return sorted(path.parent.name for path in ENGINES.glob("*/engine.py"))


def variables(
    found: Environment, interpreted: bool = False, profile: str = "tuned", threads: int = THREADS
) -> dict[str, str]:
    """A worker's environment variables, with those of the cases: no cache of timed runs is warmed."""
    specification, own = found.specification, found.specification.conformance
    texts = specification.probe.variables | own.variables | (own.interpreted if interpreted else {})
    apart = {name: found.written(text, threads) for name, text in texts.items()}
    return worker_variables({**found.variables(profile, threads), **apart})


def ask(found: Environment, *options: str, interpreted: bool = False, watch: Watch = lambda case: None) -> Answer:
    """Runs the cases in an environment.

    Args:
        found: the backend's.
        options: more of the runner's.
        interpreted: the library compiles nothing, if its environment can have it so.
        watch: is told each case that begins.

    Raises:
        WorkerFailed: the library ended the process, or took longer than LIMIT_S.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "results.npz"
        named = ["--backend", found.backend, "--output", str(output), "--threads", str(THREADS)]
        command = [str(found.python), "-I", str(CONFORMANCE), *named, *options]
        run(command, found.backend, variables(found, interpreted), folder, watch)
        return load(output)


def run(command: list[str], backend: str, environment: dict[str, str], folder: str, watch: Watch) -> None:
    """Runs the runner to its end."""
    lines: collections.deque[str] = collections.deque(maxlen=LAST_LINES)
    case = "the first case"
    with subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        limit = threading.Timer(LIMIT_S, process.kill)
        limit.start()
        try:
            for line in process.stdout:
                lines.append(line)
                if line.startswith(CASE):
                    case = line.removeprefix(CASE).strip()
                    watch(case)
        except BaseException:  # Ctrl-C: nothing is left running
            process.kill()
            raise
        finally:
            limit.cancel()
    if process.returncode:
        raise WorkerFailed(
            f"{backend} ended with exit code {process.returncode} in {case}. Expected 0 once all cases ran. "
            f"Its last lines:\n{''.join(lines)}"
        )


def load(path: Path) -> Answer:
    """Reads what the runner wrote."""
    with np.load(path) as arrays:
        report = json.loads(str(arrays["report"]))
        results: dict[str, dict[str, np.ndarray]] = {name: {} for name in report["cases"]}
        for key in arrays.files:
            if key != "report":
                name, label = key.split("|", 1)
                results[name][label] = arrays[key]
    return Answer(results, report["cases"], tuple(report["functions"]), report["settings"], report["versions"])
