"""Published files: where they are looked for, and that a wrong one is named, kept and not used."""

from __future__ import annotations

import hashlib
import io
import socket
from dataclasses import replace

import numpy as np
import pytest

from harness.orchestrator.core.errors import DataError
from harness.orchestrator.datasets import catalog, download, imdb, mnist
from harness.orchestrator.datasets.catalog import prepare


def mnist_archive() -> bytes:
    """MNIST's file in small: 40 and 10 pictures."""
    draw = np.random.default_rng(1)
    content = io.BytesIO()
    np.savez(
        content,
        x_train=draw.integers(0, 256, (40, 28, 28), dtype=np.uint8),
        y_train=np.arange(40, dtype=np.uint8) % 10,
        x_test=draw.integers(0, 256, (10, 28, 28), dtype=np.uint8),
        y_test=np.arange(10, dtype=np.uint8),
    )
    return content.getvalue()


def imdb_archive() -> bytes:
    reviews = np.empty(20, dtype=object)
    reviews[:] = [[number + 1] * (number + 1) for number in range(20)]
    content = io.BytesIO()
    np.savez(content, x_train=reviews, y_train=np.arange(20) % 2, x_test=reviews, y_test=np.arange(20) % 2)
    return content.getvalue()


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def keras(tmp_path, monkeypatch):
    """An empty Keras cache, an own cache, and no server behind the addresses; returns the Keras data set folder."""
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    folder = tmp_path / "keras" / "datasets"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def published(keras, monkeypatch):
    """The small files stand for the published ones: their sums are the right sums. Returns their contents."""
    contents = {"mnist.npz": mnist_archive(), "imdb.npz": imdb_archive()}
    address = f"http://127.0.0.1:{closed_port()}"

    def small(dataset):
        if dataset.file is None:
            return dataset
        name = dataset.file.name
        sha256 = hashlib.sha256(contents[name]).hexdigest()
        return replace(dataset, file=replace(dataset.file, sha256=sha256, url=f"{address}/{name}"))

    monkeypatch.setattr(catalog, "DATASETS", tuple(small(dataset) for dataset in catalog.DATASETS))
    return contents


def test_published_sums_are_those_of_the_keras_project():
    assert mnist.FILE.sha256 == "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
    assert imdb.FILE.sha256 == "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"


@pytest.mark.parametrize("requested", ["auto", "real", "mnist"])
def test_prepare_reads_mnist_from_the_keras_cache(keras, published, requested):
    (keras / "mnist.npz").write_bytes(published["mnist.npz"])
    prepared = prepare("mnist_mlp", requested, 30, 5, 0)
    original = np.load(io.BytesIO(published["mnist.npz"]))
    x_train = np.load(prepared.arrays["x_train"])
    np.testing.assert_array_equal(np.rint(x_train * 255), original["x_train"][:30])
    assert x_train.dtype == np.float32
    assert 0 <= x_train.min() < x_train.max() <= 1
    np.testing.assert_array_equal(np.load(prepared.arrays["y_train"]), original["y_train"][:30])
    np.testing.assert_array_equal(np.rint(np.load(prepared.arrays["x_test"]) * 255), original["x_test"][:5])
    np.testing.assert_array_equal(np.load(prepared.arrays["y_test"]), original["y_test"][:5])
    assert (prepared.name, prepared.description, prepared.notes) == ("mnist", "MNIST", [])


def test_prepare_reads_imdb_from_the_keras_cache(keras, published):
    (keras / "imdb.npz").write_bytes(published["imdb.npz"])
    prepared = prepare("imdb_lstm", "imdb", None, None, 0)
    assert (prepared.name, prepared.train, prepared.test) == ("imdb", 16, 4)
    rows = np.concatenate([np.load(prepared.arrays["x_train"]), np.load(prepared.arrays["x_test"])])
    words = sorted(row[-1] - 3 for row in rows)
    assert words == list(range(1, 21))


def test_prepare_looks_below_the_home_folder_without_keras_home(keras, published, tmp_path, monkeypatch):
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder = tmp_path / "home" / ".keras" / "datasets"
    folder.mkdir(parents=True)
    (folder / "mnist.npz").write_bytes(published["mnist.npz"])
    assert prepare("mnist_mlp", "mnist", 5, 5, 0).name == "mnist"


def test_prepare_reads_a_file_of_its_own_cache(keras, published, tmp_path):
    own = tmp_path / "cache" / "datasets" / "downloads" / "mnist.npz"
    own.parent.mkdir(parents=True)
    own.write_bytes(published["mnist.npz"])
    assert prepare("mnist_mlp", "mnist", 5, 5, 0).name == "mnist"


def test_prepare_writes_nothing_into_the_keras_cache(keras, published):
    (keras / "mnist.npz").write_bytes(published["mnist.npz"])
    prepare("mnist_mlp", "mnist", 5, 5, 0)
    prepare("imdb_lstm", "auto", 5, 5, 0)
    assert [path.name for path in keras.parent.rglob("*")] == ["datasets", "mnist.npz"]


@pytest.mark.parametrize("requested", ["mnist", "real"])
def test_prepare_refuses_a_corrupt_file_and_keeps_it(keras, published, requested):
    corrupt = published["mnist.npz"][:-1]
    (keras / "mnist.npz").write_bytes(corrupt)
    with pytest.raises(DataError, match=r"mnist\.npz is corrupt and was not used") as caught:
        prepare("mnist_mlp", requested, 5, 5, 0)
    assert str(keras / "mnist.npz") in str(caught.value)
    assert (keras / "mnist.npz").read_bytes() == corrupt


def test_prepare_falls_back_and_names_the_corrupt_file_when_auto(keras, published):
    corrupt = b"<html>Service unavailable</html>"
    (keras / "mnist.npz").write_bytes(corrupt)
    prepared = prepare("mnist_mlp", "auto", 5, 5, 0)
    assert prepared.name == "synthetic"
    assert len(prepared.notes) == 1
    assert f"{keras / 'mnist.npz'} is corrupt and was not used ({len(corrupt)} bytes" in prepared.notes[0]
    assert (keras / "mnist.npz").read_bytes() == corrupt


def test_prepare_goes_on_to_the_next_source_after_a_corrupt_file(keras, published, tmp_path):
    (keras / "mnist.npz").write_bytes(b"broken")
    own = tmp_path / "cache" / "datasets" / "downloads" / "mnist.npz"
    own.parent.mkdir(parents=True)
    own.write_bytes(published["mnist.npz"])
    prepared = prepare("mnist_mlp", "mnist", 5, 5, 0)
    assert prepared.name == "mnist"
    assert "is corrupt and was not used" in prepared.notes[0]


def test_prepare_never_unpickles_a_file_with_a_wrong_sum(keras, published, tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    trapped = np.empty(1, dtype=object)
    trapped[0] = Trap()
    np.savez(keras / "imdb.npz", x_train=trapped, y_train=np.zeros(1))
    with pytest.raises(DataError, match=r"imdb\.npz is corrupt"):
        prepare("imdb_lstm", "imdb", 5, 5, 0)
    assert not (tmp_path / "sprung").exists()


def test_prepare_names_an_unreadable_file(keras, published):
    (keras / "mnist.npz").mkdir()
    with pytest.raises(DataError, match=r"mnist\.npz cannot be read"):
        prepare("mnist_mlp", "mnist", 5, 5, 0)


def test_prepare_says_where_to_put_the_file_when_there_is_none(keras, published):
    with pytest.raises(DataError) as caught:
        prepare("mnist_mlp", "mnist", 5, 5, 0)
    message = str(caught.value)
    assert f"It is not in {keras}" in message
    assert "failed: no connection" in message
    assert hashlib.sha256(published["mnist.npz"]).hexdigest() in message


def test_auto_does_not_try_the_network_again_within_the_hour(keras, published):
    first, second = [], []
    prepare("mnist_mlp", "auto", 5, 5, 0, first.append)
    prepared = prepare("mnist_mlp", "auto", 6, 5, 0, second.append)
    assert any("downloading mnist.npz" in sentence for sentence in first)
    assert not any("downloading" in sentence for sentence in second)
    assert "not tried again within the hour" in prepared.notes[0]


def test_auto_tries_the_network_again_after_an_hour(keras, published, monkeypatch):
    prepare("mnist_mlp", "auto", 5, 5, 0)
    now = download.time.time()
    monkeypatch.setattr(download.time, "time", lambda: now + 3_601)
    said = []
    prepare("mnist_mlp", "auto", 5, 5, 0, said.append)
    assert any("downloading mnist.npz" in sentence for sentence in said)


def test_an_explicit_request_always_tries_the_network(keras, published):
    prepare("mnist_mlp", "auto", 5, 5, 0)
    said = []
    with pytest.raises(DataError):
        prepare("mnist_mlp", "mnist", 5, 5, 0, said.append)
    assert any("downloading mnist.npz" in sentence for sentence in said)


def test_auto_takes_the_real_file_as_soon_as_it_is_there(keras, published):
    assert prepare("mnist_mlp", "auto", 5, 5, 0).name == "synthetic"
    (keras / "mnist.npz").write_bytes(published["mnist.npz"])
    assert prepare("mnist_mlp", "auto", 5, 5, 0).name == "mnist"


def test_real_data_does_not_depend_on_the_seed(keras, published):
    (keras / "mnist.npz").write_bytes(published["mnist.npz"])
    assert prepare("mnist_mlp", "mnist", 5, 5, 0) == prepare("mnist_mlp", "mnist", 5, 5, 1)
