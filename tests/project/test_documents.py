"""What the documents point at is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.orchestrator.core.paths import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks" / "README.md"])
PATH = re.compile(r"`((?:harness|tests|benchmarks|configs|docs)/[\w./-]+)`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_document_names_and_links_what_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = [path for path in PATH.findall(text) if not (ROOT / path).exists()]
    linked = [link for link in LINK.findall(text) if not (document.parent / link).exists()]
    assert (named, linked) == ([], [])
