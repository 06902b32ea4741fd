"""What may be asked for, and the sentence that answers a request which cannot be met."""

from __future__ import annotations

import numpy as np
import pytest

from harness.orchestrator.core.declared_workloads import DeclaredWorkload
from harness.orchestrator.core.errors import ConfigError, DataError
from harness.orchestrator.datasets import catalog
from harness.orchestrator.datasets.catalog import prepare
from harness.orchestrator.datasets.model import DataMismatch


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


def test_prepare_names_the_nearest_data_set_when_unknown():
    with pytest.raises(ConfigError, match=r"one of auto, real, mnist.*Received data set=Minst.*Did you mean mnist\?"):
        prepare("mnist_mlp", "Minst", None, None, 0)


def test_prepare_names_the_nearest_workload_when_unknown():
    with pytest.raises(ConfigError, match=r"Received workload=mnist_mpl\. Did you mean mnist_mlp\?"):
        prepare("mnist_mpl", "auto", None, None, 0)


@pytest.mark.parametrize(
    ("workload", "requested", "needs"),
    [
        ("mnist_mlp", "imdb", "images"),
        ("imdb_lstm", "mnist", "reviews"),
        ("imdb_lstm", "digits", "reviews"),
        ("noop", "real", "numbers"),
    ],
)
def test_prepare_refuses_a_data_set_of_another_kind(workload, requested, needs):
    with pytest.raises(DataMismatch, match=f"{workload}, which needs {needs}.*Received data set={requested}") as caught:
        prepare(workload, requested, None, None, 0)
    assert isinstance(caught.value, DataError)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(("train", "test"), [(0, 5), (5, 0), (-1, 5)])
def test_prepare_refuses_counts_below_one(train, test):
    with pytest.raises(ConfigError, match=r"Expected (train|test) >= 1"):
        prepare("mnist_mlp", "synthetic", train, test, 0)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_prepare_refuses_seeds_out_of_range(seed):
    with pytest.raises(ConfigError, match=f"Received seed={seed}"):
        prepare("mnist_mlp", "synthetic", 5, 5, seed)


def test_known_lists_every_data_set():
    assert {dataset.name for dataset in catalog.DATASETS} | {"auto", "real"} == set(catalog.KNOWN)


def test_every_kind_has_one_real_and_one_synthetic_data_set_and_numbers_only_a_synthetic_one():
    for kind in {dataset.kind for dataset in catalog.DATASETS}:
        of_kind = [dataset for dataset in catalog.DATASETS if dataset.kind == kind]
        assert sum(dataset.file is not None for dataset in of_kind) == (kind != "numbers")
        assert sum(dataset.name == "synthetic" for dataset in of_kind) == 1


@pytest.mark.parametrize(
    ("workload", "requested", "shape", "dtype", "full"),
    [
        ("mnist_mlp", "synthetic", (28, 28), np.float32, (60_000, 10_000)),
        ("mnist_cnn", "digits", (28, 28), np.float32, (60_000, 10_000)),
        ("imdb_lstm", "synthetic", (100,), np.int32, (20_000, 5_000)),
        ("noop", "synthetic", (1,), np.float32, (5_000, 1_000)),
    ],
)
def test_prepare_gives_the_arrays_of_the_workload(workload, requested, shape, dtype, full):
    prepared = prepare(workload, requested, 30, 20, 5)
    arrays = {name: np.load(path, mmap_mode="r") for name, path in prepared.arrays.items()}
    assert sorted(arrays) == ["x_test", "x_train", "y_test", "y_train"]
    assert arrays["x_train"].shape == (30, *shape)
    assert arrays["x_test"].shape == (20, *shape)
    assert arrays["x_train"].dtype == arrays["x_test"].dtype == dtype
    assert arrays["y_train"].shape == (30,)
    assert arrays["y_test"].shape == (20,)
    assert arrays["y_train"].dtype == arrays["y_test"].dtype == np.int32
    assert all(array.flags.c_contiguous for array in arrays.values())
    assert (prepared.name, prepared.train, prepared.test) == (requested, 30, 20)
    assert (prepared.full_train, prepared.full_test) == full


def test_auto_is_the_synthetic_data_where_there_is_no_real_one():
    prepared = prepare("noop", "auto", 30, 20, 5)
    assert (prepared.name, prepared.notes) == ("synthetic", [])


def test_prepare_gives_all_and_a_note_when_more_is_asked_for():
    prepared = prepare("mnist_mlp", "digits", 5_000, 400, 5)
    assert (prepared.train, prepared.test) == (1_437, 360)
    assert prepared.notes == [
        "digits has 1437 training samples; 5000 were asked for, all are used.",
        "digits has 360 test samples; 400 were asked for, all are used.",
    ]


def test_workload_whose_kind_of_data_is_unknown_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = {"mine": DeclaredWorkload(None, ["2015-12"])}
    monkeypatch.setattr(catalog, "declared_workloads", lambda: declared)
    with pytest.raises(ConfigError, match=r"data_kind to be one of images, numbers, reviews\. Received data_kind=None"):
        prepare("mine", "auto", None, None, 0)
