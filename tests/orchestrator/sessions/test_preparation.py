"""What a session needs is prepared side by side where it can be."""

from __future__ import annotations

import threading
from io import StringIO

import pytest
from rich.console import Console

from harness.orchestrator.core.config import Config
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.core.status import Status
from harness.orchestrator.sessions import preparation
from harness.orchestrator.sessions.prepared import Missing

CONFIG = Config(backends=["cntk"], workloads=["mnist_mlp"])
LIMIT_S = 60  # only a mistake takes so long


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when the references are made; what is not looked at is replaced."""
    event = threading.Event()
    monkeypatch.setattr(preparation, "find_data", lambda config, workload, status: f"data of {workload}")
    monkeypatch.setattr(preparation, "find_reference", lambda *arguments: event.set() or "reference")
    monkeypatch.setattr(preparation.provision, "ensure", lambda backends, device, say: dict.fromkeys(backends, "ready"))
    monkeypatch.setattr(preparation.revisions, "working_copy", lambda: "copy")
    monkeypatch.setattr(preparation, "announce", lambda prepared, say: None)
    monkeypatch.setattr(preparation.machine_peak, "peaks", lambda *arguments: {})
    return event


def test_references_are_made_while_environments_are_built(made, monkeypatch: pytest.MonkeyPatch) -> None:
    def built(config, status):
        assert made.wait(LIMIT_S)
        return {("cntk", "cpu"): Missing("not there")}

    monkeypatch.setattr(preparation, "find_environments", built)
    prepared = preparation.prepare(CONFIG, 1, Status(Console(file=StringIO())))
    assert prepared.data == {"mnist_mlp": "data of mnist_mlp"}
    assert prepared.references == {("mnist_mlp", "2015-12", None): "reference"}
    assert set(prepared.environments) == {("numpy", "cpu"), ("cntk", "cpu")}


def test_mistake_in_what_is_done_beside_is_raised() -> None:
    def work() -> None:
        raise ConfigError("unknown data")

    with pytest.raises(ConfigError, match="unknown data"), preparation.beside(work):
        pass


def test_body_that_fails_does_not_wait_for_what_is_done_beside() -> None:
    going_on, ended = threading.Event(), threading.Event()

    def work() -> None:
        going_on.wait(LIMIT_S)
        ended.set()

    with pytest.raises(KeyboardInterrupt), preparation.beside(work):
        raise KeyboardInterrupt
    assert not ended.is_set()
    going_on.set()
    assert ended.wait(LIMIT_S)
