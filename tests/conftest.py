"""What all tests share: the option that selects backends, which tests share a process, and text without colours."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests import once

TESTS = Path(__file__).parent
# Files whose tests share nothing that takes long: any process may run any of them.
APART = ("faults", "parity")
# Folders whose files ask each backend once for all that they compare.
BY_BACKEND = ("conformance", "client", "backends/engines", "backends/weights")
# Files whose tests look at what all backends made together.
OF_ALL = ("test_weights_travel",)
# A library that compiles for minutes: its tests are one group for each compile cache, so that nothing is compiled twice
# and no process waits for the lock of the cache.
COMPILES = "theano"
# Folder -> the cache it compiles into, if not the probe's.
CACHES = {"parity": "runs", **dict.fromkeys(("conformance", "backends/engines", "backends/weights"), "conformance")}
BACKENDS = ("theano", "tensorflow", "cntk", "numpy")  # in the order of how long their tests take
MOST_PROCESSES = 8
ALONE = "alone"  # the marker of what measures

# Processes that test beside each other have a processor each.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Known before any test is collected."""
    parser.addoption("--backend", default="", metavar="NAME,...", help="conformance and engine tests of these")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors for this one, as some wait; no more than there are groups that take long."""
    return min(len(os.sched_getaffinity(0)) + 1, MOST_PROCESSES)


def pytest_configure(config: pytest.Config) -> None:
    once.begin(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    once.end(config)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    return Groups(config, log)


class Groups(LoadScopeScheduling):
    """Gives each process one group of tests after another."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Files without the marker hold no test that is alone: few have it, and all the others take seconds to collect."""
    if config.option.markexpr == ALONE and collection_path.suffix == ".py":
        return f"mark.{ALONE}" not in collection_path.read_text(encoding="utf-8") or None
    return None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those tests that take longest come first, those that are alone last."""
    items.sort(key=rank)


def group(nodeid: str) -> str:
    """The tests that run in one process with a test, by name; its own if it may run in any."""
    path, _, name = nodeid.removeprefix("tests/").partition("::")
    place = Path(path).with_suffix("")
    backend = COMPILES if place.name in OF_ALL else backend_of(str(place), name)
    room = next((folder for folder in (*APART, *BY_BACKEND) if path.startswith(f"{folder}/")), None)
    if backend == COMPILES:
        return f"{COMPILES}-{CACHES.get(room, 'probe')}"
    if room in BY_BACKEND and backend is not None:
        return f"{place}-{backend}"
    return nodeid if room in APART else str(place)


def backend_of(place: str, test: str) -> str | None:
    """The backend that a test is of, by its folder, name or parameters; of several the one that takes longest."""
    words = set(re.split(r"\W|_", f"{place}_{test}"))
    return next((backend for backend in BACKENDS if backend in words), None)


def rank(item: pytest.Item) -> tuple[bool, int]:
    """Where a test comes; those of one rank stay in their order."""
    backend = backend_of(str(item.path.relative_to(TESTS)), item.name)
    return item.get_closest_marker(ALONE) is not None, BACKENDS.index(backend) if backend else len(BACKENDS)


@pytest.fixture(autouse=True)
def no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text is compared; the terminal that tests run in must not change it."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "160")
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
