"""Weights saved under one backend give the same predictions under every other, in both image orderings."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.conformance.collected import ROOT, backends, present, variables

SCRIPT = Path(__file__).with_name("travelling_weights.py")
# Relative, of each probability alone: 2.7e-6 is the most that was measured, between NumPy and Theano in mnist_mlp.
TOLERANCE = 1e-5


def work(mode: str, backend: str, folder: Path) -> None:
    """Runs the script in a backend's environment."""
    found = present(backend)
    command = [found.python, "-I", SCRIPT, ROOT / "harness" / "worker", backend, mode, folder]
    ended = subprocess.run(
        list(map(str, command)), env=variables(found), capture_output=True, text=True, timeout=1800, check=False
    )
    assert ended.returncode == 0, f"{backend}: {ended.stderr}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where every backend has saved, and then loaded what all of them saved."""
    made = tmp_path_factory.mktemp("weights")
    with ThreadPoolExecutor(2) as pool:
        for mode in ("save", "load"):
            list(pool.map(lambda backend, mode=mode: work(mode, backend, made), backends()))
    return made


@pytest.mark.parametrize("receiver", backends())
@pytest.mark.parametrize("sender", backends())
def test_weights_travel(folder: Path, sender: str, receiver: str) -> None:
    expected = np.load(folder / f"{sender}-predictions.npz")
    received = np.load(folder / f"{receiver}-loaded.npz")
    pairs = [key.split("|") for key in received.files if key.endswith(f"@{sender}")]
    assert len(pairs) == 6, "two workloads without images, and one written in two orderings and read in two"
    for model, file in pairs:
        predictions = received[f"{model}|{file}"]
        np.testing.assert_allclose(predictions, expected[file], rtol=TOLERANCE, atol=0, err_msg=f"{model} from {file}")
        other = np.abs(predictions / received[f"{model}|first"] - 1).max()
        assert other > 1e-3, "the model predicted the same before it was given the weights"
