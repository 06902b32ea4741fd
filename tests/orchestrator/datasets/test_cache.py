"""Prepared arrays on disk: made once, whole or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import platformdirs
import pytest
from filelock import FileLock

from harness.orchestrator.core.errors import DataError
from harness.orchestrator.datasets import cache, catalog
from harness.orchestrator.datasets.catalog import prepare

REPOSITORY = Path(__file__).resolve().parents[3]

PREPARE = """
from harness.orchestrator.datasets.catalog import prepare
print(prepare("imdb_lstm", "synthetic", 40, 20, 7, lambda sentence: print(sentence, flush=True)).sha256)
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "datasets"


def arrays_of(rows: int) -> dict[str, np.ndarray]:
    return {name: np.arange(rows, dtype=np.int32) for name in ("x_train", "y_train", "x_test", "y_test")}


def ignore(sentence: str) -> None:
    """A progress that nobody reads."""


def never() -> dict[str, np.ndarray]:
    raise AssertionError("made again")


def test_second_prepare_neither_makes_nor_sums(monkeypatch):
    first = prepare("imdb_lstm", "synthetic", 40, 20, 7)
    unused = tuple(replace(dataset, make=lambda order: never()) for dataset in catalog.DATASETS)
    monkeypatch.setattr(catalog, "DATASETS", unused)
    monkeypatch.setattr(cache, "sum_of", lambda arrays: never())
    said = []
    assert prepare("imdb_lstm", "synthetic", 40, 20, 7, said.append) == first
    assert said == []


def test_prepare_keeps_sizes_and_seeds_apart():
    wanted = ((40, 20, 7), (40, 21, 7), (41, 20, 7), (40, 20, 8))
    assert len({prepare("imdb_lstm", "synthetic", *sizes_and_seed).sha256 for sizes_and_seed in wanted}) == 4


def test_stored_sum_is_that_of_the_arrays_on_disk():
    prepared = prepare("imdb_lstm", "synthetic", 40, 20, 7)
    assert prepared.sha256 == cache.sum_of({name: np.load(path) for name, path in prepared.arrays.items()})


@pytest.mark.parametrize(
    ("name", "altered"),
    [("x_test", lambda x: x + 1), ("y_train", lambda y: y.astype(np.float32)), ("x_train", lambda x: x[:, None])],
)
def test_sum_covers_values_types_and_shapes(name, altered):
    arrays = arrays_of(4)
    assert cache.sum_of({**arrays, name: altered(arrays[name])}) != cache.sum_of(arrays)


def test_cache_is_marked_for_backup_programs(own_cache):
    cache.root()
    assert (own_cache / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")


def test_cache_lies_in_the_users_cache_folder_without_harness_cache(tmp_path, monkeypatch):
    monkeypatch.delenv("HARNESS_CACHE")
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda name, appauthor: str(tmp_path / "user" / name))
    assert cache.root() == tmp_path / "user" / "harness" / "datasets"


@pytest.mark.parametrize("damage", ["truncate", "remove", "garble", "newer"])
def test_get_or_make_heals_a_damaged_folder(damage):
    stored = cache.get_or_make("key", lambda: arrays_of(4), ignore)
    card = stored.arrays["x_train"].with_name(cache.CARD)
    if damage == "truncate":
        os.truncate(stored.arrays["x_train"], 100)
    elif damage == "remove":
        stored.arrays["y_test"].unlink()
    elif damage == "garble":
        card.write_text("[]")
    else:
        card.write_text(json.dumps({**json.loads(card.read_text()), "schema": cache.SCHEMA + 1}))
    healed = cache.get_or_make("key", lambda: arrays_of(5), ignore)
    assert healed.arrays == stored.arrays
    np.testing.assert_array_equal(np.load(stored.arrays["x_train"]), np.arange(5))
    assert cache.get_or_make("key", never, ignore) == healed


def test_get_or_make_leaves_nothing_when_making_fails(own_cache):
    def fail():
        raise DataError("no data")

    with pytest.raises(DataError, match="no data"):
        cache.get_or_make("key", fail, ignore)
    assert [path.name for path in (own_cache / "prepared").iterdir()] == ["key.lock"]


def test_get_or_make_leaves_nothing_when_the_disk_is_full(own_cache, monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(DataError, match=r"No space left on device\. Set HARNESS_CACHE"):
        cache.get_or_make("key", lambda: arrays_of(4), ignore)
    assert [path.name for path in (own_cache / "prepared").iterdir()] == ["key.lock"]


def test_get_or_make_removes_what_a_killed_process_left(own_cache):
    leftover = own_cache / "prepared" / ".key.abc"
    leftover.mkdir(parents=True)
    (leftover / "x_train.npy").write_bytes(b"half")
    cache.get_or_make("key", lambda: arrays_of(4), ignore)
    assert not leftover.exists()


def test_root_answers_a_path_that_is_no_folder(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match="The data cache cannot be written"):
        cache.root()


def test_two_processes_prepare_once(own_cache):
    lock = own_cache / "prepared" / "synthetic-reviews-v1-seed7-40x20.lock"
    lock.parent.mkdir(parents=True)
    with FileLock(lock):
        processes = [
            subprocess.Popen([sys.executable, "-c", PREPARE], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        assert all("waiting for another process" in process.stdout.readline() for process in processes)
    outputs = [process.communicate()[0].splitlines() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert sorted(len(lines) for lines in outputs) == [1, 2]  # one prepares and says so
    assert outputs[0][-1] == outputs[1][-1]
    assert len(outputs[0][-1]) == 64
