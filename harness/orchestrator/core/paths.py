"""Where the project's own files are, found from the checkout that this file belongs to, and where the cache is."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

ROOT = Path(__file__).resolve().parents[3]
CONFIGS = ROOT / "configs"
WORKLOADS = ROOT / "harness" / "workloads"
INSIDE = tuple(ROOT / "harness" / name for name in ("backends", "workloads", "worker"))
ENGINES = ROOT / "harness" / "backends" / "engines"
WORKER = ROOT / "harness" / "worker" / "__main__.py"
CONFORMANCE = WORKER.with_name("conformance") / "runner.py"
PEAK_WORKER = WORKER.with_name("peak.py")
SCRIPTS_PATH = ROOT / "harness" / "worker" / "scripts" / "on_path"  # makes `harness` importable, and nothing else
OPS = ROOT / "benchmarks" / "ops"  # measured in the backends' interpreters
RESULTS = ROOT / "results"
REPORTS = ROOT / "reports"

# https://bford.info/cachedir/: backup programs pass over a folder that has this file.
CACHEDIR_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by harness, which makes it again; safe to delete.\n"


def cache_root() -> Path:
    """The folder of environments and data sets, for all checkouts: HARNESS_CACHE, else in the user's cache folder."""
    chosen = os.environ.get("HARNESS_CACHE")
    return Path(chosen or platformdirs.user_cache_dir("harness", appauthor=False)).expanduser().absolute()


def tagged(folder: Path) -> Path:
    """The folder, made and marked as a cache if it is not there."""
    tag = folder / "CACHEDIR.TAG"
    if not tag.exists():
        folder.mkdir(parents=True, exist_ok=True)
        tag.write_text(CACHEDIR_TAG, encoding="utf-8")
    return folder
