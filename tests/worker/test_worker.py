"""The real worker, as a process, on the NumPy engine: its events, its result, and how it fails."""

from __future__ import annotations

import functools
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from harness.orchestrator.datasets import synthetic_numbers
from harness.orchestrator.datasets.model import Order
from harness.worker import protocol, reference
from harness.worker.trainer import Picker

WORKER = Path(protocol.__file__).with_name("__main__.py")
TRAIN, TEST = 300, 140  # two whole batches of 128 and a rest; one and a rest


REQUEST = {
    "schema": protocol.SCHEMA,
    "backend": "numpy",
    "workload": "mnist_mlp",
    "edition": "2015-12",
    "device": "cpu",
    "threads": 1,
    "profile": "tuned",
    "floatx": "float32",
    "seed": 3,
    "draws": 4,
    "epochs": 3,
    "warmup_epochs": 1,
    "extra_warmup_epochs": 0,
    "inference": True,
    "turns": None,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def arrays(folder):
    """Files of images that show their class, for mnist_mlp."""
    rng = np.random.RandomState(0)
    files = {}
    for part, count in (("train", TRAIN), ("test", TEST)):
        labels = rng.randint(0, 10, count).astype("int32")
        images = (rng.rand(count, 28, 28) * 0.2).astype("float32")
        images[np.arange(count), labels * 2] += 0.8
        for axis, array in (("x", images), ("y", labels)):
            files[f"{axis}_{part}"] = str(folder / f"{axis}_{part}.npy")
            np.save(files[f"{axis}_{part}"], array)
    return files


@pytest.fixture(scope="module")
def requested(folder, arrays):
    """Writes a request for mnist_mlp, with the reference that belongs to its seed."""

    @functools.cache
    def made(seed):
        path = written(folder, {"arrays": arrays, "seed": seed, "floatx": "float64", "reference": None})
        return run_worker(path)[1][-1]["result"]["parity"]

    def write(folder, **changes):
        if "reference" not in changes:
            changes["reference"] = made(changes.get("seed", REQUEST["seed"]))
        return written(folder, {"arrays": arrays, **changes})

    return write


@pytest.fixture
def request_file(tmp_path, requested):
    """The same, in a test's own folder."""
    return functools.partial(requested, tmp_path)


def written(folder, changes):
    """A request's file."""
    path = folder / "request.json"
    path.write_text(json.dumps({**REQUEST, **changes}))
    return path


def changed(arrays, name, folder, change):
    """`arrays` with another file for one of them, in a folder of its own."""
    array = np.load(arrays[name])
    change(array)
    np.save(folder / f"{name}.npy", array)
    return {**arrays, name: str(folder / f"{name}.npy")}


def run_worker(request: Path) -> tuple[int, list[dict], str]:
    """(exit code, events, stderr)."""
    reader, writer = os.pipe()
    command = [sys.executable, "-I", WORKER, "--request", request, "--events-fd", str(writer)]
    process = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.PIPE, text=True)
    os.close(writer)
    with os.fdopen(reader) as stream:
        events = [protocol.decode(line) for line in stream]
    _, stderr = process.communicate()
    return process.returncode, events, stderr


@pytest.fixture(scope="module")
def finished(folder, requested):
    code, events, stderr = run_worker(requested(folder))
    assert code == 0, stderr
    return events


def test_worker_speaks_the_protocol(finished):
    assert finished[0]["event"] == "hello"
    assert finished[0]["schema"] == protocol.SCHEMA
    assert finished[-1]["event"] == "result"
    assert {event["event"] for event in finished} <= set(protocol.EVENTS)
    assert [event["t_s"] for event in finished] == sorted(event["t_s"] for event in finished)
    assert set(finished[-1]["result"]) == set(protocol.RESULT)


def test_worker_trains_in_batches_as_large_as_requested_and_proves_that(folder, tmp_path, arrays):
    own = {"arrays": arrays, "batch_size": 70, "epochs": 1, "warmup_epochs": 0}
    made = run_worker(written(tmp_path, {**own, "floatx": "float64", "reference": None}))[1][-1]["result"]["parity"]
    code, events, stderr = run_worker(written(tmp_path, {**own, "reference": made}))
    assert code == 0, stderr
    result = events[-1]["result"]
    assert result["batch_size"] == 70
    assert len(result["parity"]["steps"]) == 4  # 300 = 4 * 70 + 20: a whole batch, the rest, two whole ones
    assert [len(epoch["step_s"]) for epoch in result["epochs"]] == [5]
    assert [len(epoch["validation_step_s"]) for epoch in result["epochs"]] == [2]
    _, events, _ = run_worker(written(tmp_path, {**own, "batch_size": 71, "reference": made}))
    assert (events[-1]["event"], events[-1]["kind"]) == ("error", "NotEqual")


def test_worker_phases_follow_one_another_without_gaps(finished):
    phases = finished[-1]["result"]["phases"]
    names = [entry["phase"] for entry in phases]
    epochs = ["warmup", "validation"] + ["epoch", "validation"] * 3
    assert names == ["import", "data", "build", "compile", "parity", *epochs, "inference", "done"]
    assert set(names) == set(protocol.PHASES)
    told = [(event["phase"], event["index"]) for event in finished if event["event"] == "phase"]
    assert told == [(entry["phase"], entry["index"]) for entry in phases]
    for before, after in itertools.pairwise(phases):
        gap_s = after["begin_s"] - before["end_s"]
        # the result of an epoch is put together between its validation and the next one
        assert gap_s >= 0
        assert gap_s == 0 or before["phase"] in ("parity", "validation")


def test_worker_keeps_every_step_of_every_epoch(finished):
    result = finished[-1]["result"]
    assert result["samples"] == {"train": TRAIN, "test": TEST}
    assert [epoch["warmup"] for epoch in result["epochs"]] == [True, False, False, False]
    for index, epoch in enumerate(result["epochs"]):
        assert set(epoch) == set(protocol.EPOCH)
        assert epoch["index"] == index
        assert len(epoch["step_s"]) == 3
        assert len(epoch["validation_step_s"]) == 2
        assert sum(epoch["step_s"]) <= epoch["train_s"] <= epoch["total_s"]
        assert epoch["total_s"] == pytest.approx(epoch["train_s"] + epoch["validation_s"])


def test_worker_figures_follow_from_its_epochs(finished):
    result = finished[-1]["result"]
    timed = result["epochs"][1:]
    assert result["epoch_s"] == np.median([epoch["train_s"] for epoch in timed])
    assert result["epoch_2015_s"] == np.median([epoch["total_s"] for epoch in timed])
    assert result["samples_per_s"] == pytest.approx(TRAIN / result["epoch_s"])
    assert result["first_epoch_s"] == result["epochs"][0]["train_s"]
    assert 0 < result["build_s"] <= result["compile_s"]
    assert result["parameters"] == 669706
    assert set(result["flops"]) == set(protocol.FLOPS)
    # three products of each weight for a sample in training, one in evaluation; but none for the first layer's input
    products = 2 * (784 * 512 + 512 * 512 + 512 * 10)
    assert result["flops"]["train_per_sample"] == pytest.approx(3 * products - 2 * 784 * 512, rel=0.02)
    assert result["flops"]["evaluation_per_sample"] == pytest.approx(products, rel=0.02)


def test_worker_learns(finished):
    epochs = finished[-1]["result"]["epochs"]
    assert epochs[-1]["val_accuracy"] > 0.95
    assert epochs[-1]["loss"] < epochs[0]["loss"] / 5


def test_worker_repeats_itself_with_the_same_seed(request_file, finished):
    _, again, _ = run_worker(request_file())
    _, other, _ = run_worker(request_file(seed=4))
    losses = [[epoch["loss"] for epoch in events[-1]["result"]["epochs"]] for events in (finished, again, other)]
    assert losses[0] == losses[1]
    assert losses[0] != losses[2]


@pytest.mark.parametrize("array", [np.arange(60.0).reshape(12, 5), np.arange(12, dtype="int32")])
def test_picker_copies_rows_into_aligned_memory_that_it_uses_again(array):
    pick = Picker(array)
    first = pick(np.array([3, 0, 11]))
    assert np.array_equal(first, array[[3, 0, 11]])
    assert first.dtype == array.dtype
    assert first.ctypes.data % Picker.ALIGNMENT == 0
    assert np.array_equal(pick(np.array([7])), array[[7]])
    second = pick(np.array([5, 5, 1]))
    assert second is first
    assert np.array_equal(second, array[[5, 5, 1]])


def test_worker_draws_apart_from_its_weights(request_file, finished):
    _, other, _ = run_worker(request_file(draws=5))
    first, second = (events[-1]["result"] for events in (finished, other))
    assert first["parity"]["steps"] == second["parity"]["steps"]
    assert first["epochs"][0]["loss"] != second["epochs"][0]["loss"]


def test_worker_computes_in_float64_on_request(request_file):
    losses = []
    for floatx in ("float32", "float64"):
        code, events, stderr = run_worker(request_file(floatx=floatx, epochs=1, warmup_epochs=0))
        assert code == 0, stderr
        losses.append(events[-1]["result"]["parity"]["steps"][0]["loss"])  # without dropout, whose draws differ
    assert losses[0] != losses[1]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_worker_ends_as_error_when_the_loss_is_not_finite(request_file, arrays, tmp_path):
    files = changed(arrays, "x_test", tmp_path, lambda images: np.copyto(images[7], np.nan))
    code, events, _ = run_worker(request_file(arrays=files))
    assert code == 1
    assert events[-1]["event"] == "error"
    assert events[-1]["kind"] == "NotFinite"
    assert "loss is not finite" in events[-1]["message"]


def test_worker_is_not_equal_when_its_first_images_are_not_the_references(request_file, arrays, tmp_path):
    files = changed(arrays, "x_train", tmp_path, lambda images: np.multiply(images, 1.01, out=images))
    code, events, _ = run_worker(request_file(arrays=files))
    assert (code, events[-1]["kind"], events[-1]["phase"]) == (1, "NotEqual", "parity")
    report = events[-2]["parity"]
    assert set(report) == set(protocol.PARITY)
    assert report["places"] == 3
    assert report["deviations"]["loss"] > report["tolerance"]["loss"]


def test_worker_makes_a_reference_where_it_was_given_none(request_file):
    code, events, stderr = run_worker(request_file(reference=None, floatx="float64"))
    assert code == 0, stderr
    made = events[-1]["result"]["parity"]
    assert set(made) == set(protocol.REFERENCE)
    assert all(set(place) == set(protocol.PLACE) for place in made["places"])
    assert np.shape(made["outputs"]) == (128, 10)
    assert np.sum(made["outputs"], axis=1) == pytest.approx(np.ones(128))
    assert [len(place["steps"]) for place in made["places"]] == [4, 4, 4]
    assert set(events[-1]["result"]) == {"parity", "phases"}


def test_worker_proves_noop_and_a_step_of_it_for_each_number(request_file, tmp_path):
    arrays = {}
    for name, array in synthetic_numbers.make(Order(train=50, test=3, seed=0)).items():
        arrays[name] = str(tmp_path / f"noop_{name}.npy")
        np.save(arrays[name], array)
    of_noop = {"workload": "noop", "arrays": arrays}
    made = run_worker(request_file(**of_noop, floatx="float64", reference=None))[1][-1]["result"]["parity"]
    result = run_worker(request_file(**of_noop, reference=made))[1][-1]["result"]
    assert (result["batch_size"], result["parameters"]) == (1, 1)
    assert len(result["epochs"][0]["step_s"]) == 50
    assert max(result["parity"]["deviations"].values()) < 1e-6
    # w = 0 and x - 1 = -0.75 in the first step: loss 0.75^2, gradient 2 * -0.75
    first = result["parity"]["steps"][0]
    assert (first["loss"], first["gradient_norms"]) == (pytest.approx(0.5625), [pytest.approx(1.5)])
    assert result["epochs"][-1]["loss"] < result["epochs"][0]["loss"]
    # a step is the harness's part and the call: neither is the other, and together they are what a step takes
    whole_s = np.median([step_s for epoch in result["epochs"] for step_s in epoch["step_s"]])
    assert 0 < result["harness_step_s"] < result["engine_call_s"] < 3 * whole_s


def test_places_of_a_reference_share_no_sample(monkeypatch):
    tried = []

    def place(trainer, state, offset):
        tried.append(offset)
        return None if len(tried) == 2 else {"offset": offset}

    monkeypatch.setattr(reference, "_place", place)
    trainer = SimpleNamespace(
        data=SimpleNamespace(samples={"train": 1000}), batch_size=128, model=SimpleNamespace(state=[])
    )
    monkeypatch.setattr(reference.inference, "outputs", lambda trainer: [])
    looked_at = 128 + 1000 % 128 + 2 * 128
    found = [each["offset"] for each in reference.make(trainer)["places"]]
    assert found == [0, looked_at + reference.STRIDE, 2 * looked_at + reference.STRIDE]


@pytest.mark.parametrize(
    ("changes", "phase", "kind"),
    [
        ({"backend": "cntkk"}, "import", "UnknownBackend"),
        ({"workload": "mnist_rnn"}, "import", "ModuleNotFoundError"),
        ({"arrays": {}}, "data", "KeyError"),
        ({"device": "gpu"}, "import", "UnsupportedOperation"),
    ],
)
def test_worker_names_the_phase_in_which_it_failed(request_file, changes, phase, kind):
    code, events, stderr = run_worker(request_file(**changes))
    assert code == 1
    assert (events[-1]["phase"], events[-1]["kind"]) == (phase, kind)
    assert kind in stderr


def test_encode_writes_null_for_what_is_not_finite():
    line = protocol.encode({"a": float("nan"), "b": [float("inf"), 1.5], "c": ({"d": -float("inf")},)})
    assert json.loads(line) == {"a": None, "b": [None, 1.5], "c": [{"d": None}]}


@pytest.mark.parametrize("line", ["[1]", "{", "3"])
def test_decode_refuses_what_is_no_object(line):
    with pytest.raises(ValueError, match=r"Expect|delimiter|not a JSON object"):
        protocol.decode(line)
