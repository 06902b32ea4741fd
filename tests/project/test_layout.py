"""The rooms: what docs/design/layout.md says of them is so, and newcomers find their way by names."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from harness.orchestrator.core.paths import ENGINES, ROOT

HARNESS = ROOT / "harness"
PAGE = (ROOT / "docs" / "design" / "layout.md").read_text(encoding="utf-8")
ROOMS = sorted(path.parent for path in HARNESS.rglob("__init__.py") if "on_path" not in path.parts)
# Not only a sentence: the version, and the names of K.
WITH_CODE = (HARNESS, HARNESS / "backends" / "api")
# Folders of tests that look at several rooms at once.
ACROSS = ("benchmarks", "client", "conformance", "faults", "parity", "project")
SMALL_LINES, SMALL_SHARE = 40, 0.12
MOST_LINES = 400


def name_of(folder: Path) -> str:
    return str(folder.relative_to(ROOT))


def sentence_of(folder: Path) -> str:
    """What the folder's __init__ says."""
    return ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""


@pytest.mark.parametrize("folder", ROOMS, ids=name_of)
def test_room_says_in_one_sentence_what_belongs_there(folder: Path) -> None:
    sentence = sentence_of(folder).splitlines()[0]
    assert sentence.endswith(".")
    assert f"`{name_of(folder)}/` | {sentence} |" in PAGE
    code = ast.parse((folder / "__init__.py").read_text(encoding="utf-8")).body[1:]
    assert not code or folder in WITH_CODE


def test_engines_have_the_same_files_for_the_same_jobs() -> None:
    for engine in (path.parent for path in ENGINES.glob("*/engine.py")):
        assert {"engine.py", "lowerings.py", "convolution.py", "expected_failures.txt"} <= set(names_in(engine)), engine


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_tests_mirror_the_rooms() -> None:
    tests = ROOT / "tests"
    folders = {path.parent.relative_to(tests) for path in tests.rglob("test_*.py")}
    mirrors = [folder for folder in folders if folder.parts[0] not in ACROSS]
    assert [str(folder) for folder in mirrors if not (HARNESS / folder).is_dir()] == []


def test_no_idea_is_cut_into_crumbs_and_none_fills_a_house() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    small = [name_of(path) for path, count in lines.items() if count < SMALL_LINES and not is_one_of_many(path)]
    assert len(small) <= SMALL_SHARE * len(lines), small
    assert [name_of(path) for path, count in lines.items() if count > MOST_LINES] == []


def is_one_of_many(path: Path) -> bool:
    """Whether people are asked to add files like this one, however short: workloads and exporters."""
    return path.parent == HARNESS / "workloads" or "EXPORTER = " in path.read_text(encoding="utf-8")


def modules() -> list[Path]:
    """Every module but those that only say what a folder is for."""
    return [path for path in HARNESS.rglob("*.py") if path.name != "__init__.py"]
