"""Finds what sessions of operations have stored: results/<machine>/ops-<time>/<backend>.json."""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.suites.ops.document import read

PREFIX = "ops-"


def find(sources: tuple[str, ...], results: Path) -> list[dict]:
    """The documents of files, folders, or sessions by the beginning of their names; of the latest if none is given."""
    paths = [path for source in sources or ("",) for path in files_of(source, results)]
    return [read(path) for path in paths]


def files_of(source: str, results: Path) -> list[Path]:
    """The files that a source means; an empty one means the latest session."""
    if source and Path(source).is_file():
        return [Path(source)]
    folder = Path(source) if source and Path(source).is_dir() else session_folder(source, results)
    files = sorted(folder.glob("*.json"))
    if not files:
        raise ConfigError(f"{folder} holds no file of harness ops. Expected <backend>.json. Received none.")
    return files


def session_folder(source: str, results: Path) -> Path:
    """The folder of a session of operations."""
    folders = sorted(results.glob(f"*/{PREFIX}*"), key=lambda path: path.name)
    matches = [path for path in folders if path.name.startswith(source)]
    matches = matches[-1:] if not source else matches
    if len(matches) != 1:
        known = ", ".join(path.name for path in matches or folders[-5:]) or "none yet"
        raise ConfigError(
            f"{len(matches)} sessions of operations match. Expected a file, a folder or one of {known}. "
            f"Received {source!r}."
        )
    return matches[0]
