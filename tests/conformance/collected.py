"""What the backends answered: the runner started in each environment, once for each question in a test session."""

from __future__ import annotations

import functools
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.orchestrator.environments import Environment, Unavailable, ensure
from harness.orchestrator.process import worker_variables

ROOT = Path(__file__).resolve().parents[2]
RUNNER = ROOT / "harness" / "worker" / "conformance.py"
ENGINES = ROOT / "harness" / "backends"
THREADS = 2
LIMIT_S = 3600  # a cold Theano cache compiles some thousand small libraries


def backends() -> list[str]:
    """Every backend that has an engine module."""
    return sorted(path.name.removesuffix("_engine.py") for path in ENGINES.glob("*_engine.py"))


@dataclass(frozen=True)
class Answer:
    """One run of the runner: results and report of each case, and the engine's settings at the end."""

    results: dict[str, dict[str, np.ndarray]]
    cases: dict[str, dict[str, Any]]
    settings: dict[str, Any]


@functools.cache
def environment(backend: str) -> Environment | Unavailable:
    """The backend's environment, built if need be."""
    return ensure([backend], "cpu")[backend]


@functools.cache
def answer(backend: str, *options: str) -> Answer:
    """Runs all cases on a backend; AssertionError if it cannot, for a backend that is missing has not passed."""
    found = environment(backend)
    assert isinstance(found, Environment), f"{backend} is not here: {found.reason}. {found.remedy or ''}"
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "results.npz"
        command = [found.python, "-I", RUNNER, "--backend", backend, "--output", output, "--threads", str(THREADS)]
        ended = subprocess.run(
            [*map(str, command), *options],
            env=variables(found),
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        last_lines = "\n".join((ended.stdout + ended.stderr).splitlines()[-20:])
        assert ended.returncode == 0, f"{backend}: exit code {ended.returncode}\n{last_lines}"
        return load(output)


def variables(found: Environment) -> dict[str, str]:
    """A worker's environment variables, with the probe's: its compile cache is not the one that runs are timed with."""
    apart = {name: found.written(text, THREADS) for name, text in found.specification.probe.variables.items()}
    return worker_variables({**found.variables("tuned", THREADS), **apart})


def load(path: Path) -> Answer:
    """Reads what the runner wrote."""
    with np.load(path) as arrays:
        report = json.loads(str(arrays["report"]))
        results: dict[str, dict[str, np.ndarray]] = {name: {} for name in report["cases"]}
        for key in arrays.files:
            if key != "report":
                name, label = key.split("|", 1)
                results[name][label] = arrays[key]
    assert results, f"{path}: no case ran"
    return Answer(results, report["cases"], report["settings"])


def reference() -> Answer:
    """The numpy engine in float64."""
    return answer("numpy", "--floatx", "float64")


def dtypes(case: str) -> dict[str, str]:
    """Label -> dtype of a case's results, as the numpy engine gives them in float32."""
    return {label: array.dtype.name for label, array in answer("numpy").results[case].items()}
