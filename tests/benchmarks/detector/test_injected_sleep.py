"""A slowdown that is really there: a sleep in each training step of a checkout, which `harness check` must find."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

from harness.orchestrator.analysis.statistics import FEWEST

pytestmark = pytest.mark.alone  # it measures

ROOT = Path(__file__).parents[3]
STEPS, SLEEP_S = 10, 0.005
TRAINER = Path("harness") / "worker" / "trainer.py"
STEP = "        loss, accuracy = function([pick(picked) for pick in pickers])\n"
CONFIG = {
    "backends": ["numpy"],
    "workloads": ["mnist_mlp"],
    "data": "synthetic",
    "rounds": FEWEST,
    "epochs": 3,
    "harness_overhead": False,
    "workload_settings": {"mnist_mlp": {"train_samples": 128 * STEPS, "test_samples": 128}},
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone of this repository, with the sleep in its working tree and not in its commit."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    text = (clone / TRAINER).read_text()
    assert text.count(STEP) == 1
    (clone / TRAINER).write_text(text.replace(STEP, f"{STEP}        time.sleep({SLEEP_S})\n"))
    (clone / "session.yaml").write_text(json.dumps(CONFIG))
    return clone


def check(checkout: Path, *options: str) -> subprocess.CompletedProcess:
    """`harness check` of a checkout."""
    command = [sys.executable, "-c", "from harness.orchestrator.cli.main import main; main()", "check", *options]
    places = ["--config", "session.yaml", "--results", "made/results", "--reports", "made/reports"]
    variables = {**os.environ, "PYTHONPATH": str(checkout)}
    return subprocess.run([*command, *places], cwd=checkout, env=variables, capture_output=True, text=True, check=False)


def test_a_sleep_in_each_step_is_found_between_a_commit_and_its_working_tree(checkout: Path) -> None:
    made = check(checkout, "--baseline", "HEAD")
    assert made.returncode == 3, made.stderr
    assert "B is slower, as fresh runs confirm." in made.stderr
    assert "numpy/mnist_mlp: epoch" in made.stderr
    records = [json.loads(path.read_text()) for path in checkout.glob("made/results/*/*/numpy*.json")]
    epoch_s = {
        side: median(record["metrics"]["epoch_s"] for record in records if record["run"]["side"] == side)
        for side in ("baseline", "candidate")
    }
    assert epoch_s["candidate"] > epoch_s["baseline"] + 0.9 * STEPS * SLEEP_S
    assert {record["run"]["stage"] for record in records} == {"first", "confirm"}
