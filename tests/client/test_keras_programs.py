"""What programs for Keras 1.2.2 import, ask and load beside their models is right on every backend."""

from __future__ import annotations

import functools
import json
import re
import tempfile
from pathlib import Path

import pytest

from benchmarks.speed.entrants import packages
from tests.client.runs import BACKENDS, HERE, environment, start

FACTS = re.findall(r"^@fact\ndef (\w+)\(", (HERE / "programs.py").read_text(), re.MULTILINE)


@functools.cache
def facts(backend: str) -> dict[str, bool | str]:
    """Name -> True; anything else tells what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        start(backend, Path(folder), HERE / "programs.py", backend, packages(HERE, environment(backend)), folder)
        return json.loads(Path(folder, "facts.json").read_text())


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_fact_is_told(backend: str) -> None:
    assert sorted(facts(backend)) == sorted(FACTS)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("fact", FACTS)
def test_program_of_keras_1_works(backend: str, fact: str) -> None:
    assert facts(backend)[fact] is True
