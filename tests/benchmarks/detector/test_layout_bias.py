"""Identical code on two sides takes the same memory, however different the folders are that it was checked out to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pytest

from harness.orchestrator.analysis.statistics import FEWEST

ROOT = Path(__file__).parents[3]
CONFIG = {
    "backends": ["numpy"],
    "workloads": ["mnist_mlp"],
    "data": "synthetic",
    "rounds": FEWEST,
    "epochs": 1,
    "warmup_epochs": 0,
    "harness_overhead": False,
    "workload_settings": {"mnist_mlp": {"train_samples": 1280, "test_samples": 256}},
}
# Relative, of the median over the rounds and of each: layouts that differ make up to a tenth in all of them; on a busy
# machine a thread that begins late made 1.8 % in one.
ALIKE, IN_A_ROUND = 0.01, 0.03


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone whose path is much longer than that of its commit's copy."""
    clone = tmp_path / ("a-folder-with-a-long-name-" * 5)
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    (clone / "session.yaml").write_text(json.dumps(CONFIG))
    return clone


@pytest.fixture
def temporary() -> Iterator[str]:
    """A folder for temporary files, and so a lock, of its own: nothing is timed, and others may measure meanwhile."""
    with TemporaryDirectory(prefix="layout-") as folder:
        yield folder


def test_check_of_a_clean_checkout_sees_no_difference_of_memory(checkout: Path, temporary: str) -> None:
    command = [sys.executable, "-c", "from harness.orchestrator.cli.main import main; main()", "check"]
    options = ["--baseline", "HEAD", "--metric", "max_rss_bytes", "--config", "session.yaml"]
    places = ["--results", "made/results", "--reports", "made/reports"]
    variables = {**os.environ, "PYTHONPATH": str(checkout), "TMPDIR": temporary}
    made = subprocess.run(
        [*command, *options, *places], cwd=checkout, env=variables, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    assert "1 same" in made.stdout
    records = [json.loads(path.read_text()) for path in checkout.glob("made/results/*/*/numpy*.json")]
    rounds: dict[int, dict[str, dict]] = {}
    for record in records:
        rounds.setdefault(record["run"]["round"], {})[record["run"]["side"]] = record
    assert len(rounds) == FEWEST
    ratios = []
    for sides in rounds.values():
        baseline, candidate = sides["baseline"], sides["candidate"]
        assert candidate["environment"]["layout"] == baseline["environment"]["layout"]
        ratios.append(candidate["metrics"]["max_rss_bytes"] / baseline["metrics"]["max_rss_bytes"])
    assert median(ratios) == pytest.approx(1, rel=ALIKE)
    assert ratios == pytest.approx([1] * FEWEST, rel=IN_A_ROUND)
