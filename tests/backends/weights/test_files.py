"""Files of weights: what they hold, what is refused with which sentence, and that a refusal changes nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends import settings
from harness.backends.engines import registry
from harness.backends.errors import BackendError
from harness.backends.weights import layouts
from harness.backends.weights.files import Weight, WeightsError, load_weights, save_weights
from harness.workloads import mnist_cnn
from harness.workloads.modeling.training import Model

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guides" / "weights.md"
KERNEL = np.arange(2 * 3 * 4 * 5.0).reshape(5, 4, 2, 3)  # (out, in, rows, columns)


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_values", dict(settings._values))
    registry.use("numpy")


def model(ordering: str, fill: float | None = None) -> list[Weight]:
    """A kernel, a bias, rows behind an image of (2, 3, 4), and a count."""
    kernel = KERNEL if ordering == "th" else KERNEL.transpose(2, 3, 1, 0)
    image = np.arange(24).reshape(2, 3, 4)
    rows = (image if ordering == "th" else image.transpose(1, 2, 0)).reshape(24, 1) * np.ones(6)
    arrays = [kernel, np.linspace(-1, 1, 5), rows]
    if fill is not None:
        arrays = [np.full(array.shape, fill) for array in arrays]
    kernel, bias, rows = map(K.variable, arrays)
    return [
        Weight("conv/kernel", kernel, layouts.kernel(ordering)),
        Weight("conv/bias", bias),
        Weight("dense/kernel", rows, layouts.behind_flatten((2, 3, 4), ordering)),
        Weight("count", K.variable(np.array(3 if fill is None else fill), dtype="int32")),
    ]


def values(weights: list[Weight]) -> list[np.ndarray]:
    return [K.get_value(weight.variable) for weight in weights]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_weights(tmp_path / "model.npz", model("th"))
    return tmp_path / "model.npz"


@pytest.mark.parametrize("sender", ["tf", "th"])
@pytest.mark.parametrize("receiver", ["tf", "th"])
def test_weights_are_laid_out_as_the_receiver_computes(tmp_path, sender, receiver):
    save_weights(str(tmp_path / "w"), model(sender))
    received = model(receiver, fill=0)
    load_weights(str(tmp_path / "w"), received)
    for value, expected in zip(values(received), values(model(receiver)), strict=True):
        np.testing.assert_array_equal(value, expected)


@pytest.mark.parametrize("shape", [(3, 4, 5), (2, 3, 4, 5), (2, 3, 4, 5, 6)])
def test_kernels_of_any_number_of_axes_have_their_channels_first_in_the_file(shape):
    layout, array = layouts.kernel("tf"), np.arange(np.prod(shape)).reshape(shape)
    assert layout.to_canonical(array).shape == (shape[-1], shape[-2], *shape[:-2])
    np.testing.assert_array_equal(layout.to_native(layout.to_canonical(array)), array)


def test_kernel_of_sequences_has_one_layout_under_both_orderings():
    """K.conv1d takes it so, whatever the ordering."""
    array = np.arange(60).reshape(3, 4, 5)
    first, last = layouts.kernel("th"), layouts.kernel("tf")
    np.testing.assert_array_equal(first.to_canonical(array), last.to_canonical(array))
    np.testing.assert_array_equal(first.to_native(last.to_canonical(array)), array)


def test_default_ordering_is_that_of_k():
    K.set_image_dim_ordering("tf")
    assert layouts.kernel().to_canonical(np.zeros((2, 3, 4, 5))).shape == (5, 4, 2, 3)
    K.set_image_dim_ordering("th")
    assert layouts.kernel().to_canonical(np.zeros((2, 3, 4, 5))).shape == (2, 3, 4, 5)


def test_unknown_ordering_is_refused():
    with pytest.raises(BackendError, match=r"dim_ordering.*Received.*'channels_last'"):
        layouts.kernel("channels_last")


@pytest.mark.parametrize("act", [save_weights, load_weights])
def test_rows_of_another_image_are_refused(saved, act):
    weights = changed(model("tf", fill=7), "dense/kernel", layout=layouts.behind_flatten((2, 3, 3), "tf"))
    before = saved.read_bytes()
    with pytest.raises(BackendError, match=r"Expected 18. Received 24"):
        act(saved, weights)
    assert saved.read_bytes() == before
    assert all((value == 7).all() for value in values(weights))


def test_file_says_what_it_holds_and_numpy_reads_it_alone(saved):
    with np.load(saved, allow_pickle=False) as arrays:
        contents = json.loads(arrays["contents.json"])
        np.testing.assert_array_equal(arrays["conv/kernel"], KERNEL.astype("float32"))
        np.testing.assert_array_equal(arrays["dense/kernel"][:, 0], np.arange(24))
    assert (contents["format"], contents["version"]) == ("harness weights", 1)
    lines = [(line["name"], line["dtype"], line["shape"]) for line in contents["weights"]]
    assert lines == [
        ("conv/kernel", "float32", [5, 4, 2, 3]),
        ("conv/bias", "float32", [5]),
        ("dense/kernel", "float32", [24, 6]),
        ("count", "int32", []),
    ]


@pytest.mark.parametrize("name", ["file", "self", "contents", "a b/\u00fc.npy"])
def test_any_name_will_do(tmp_path, name):
    save_weights(tmp_path / "w", [Weight(name, K.variable(np.ones(2)))])
    weight = Weight(name, K.variable(np.zeros(2)))
    load_weights(tmp_path / "w", [weight])
    assert K.get_value(weight.variable).tolist() == [1, 1]


def test_nan_and_infinity_are_stored_as_they_are(tmp_path):
    strange = np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45], "float32")
    save_weights(tmp_path / "w", [Weight("w", K.variable(strange))])
    weight = Weight("w", K.variable(np.zeros(5)))
    load_weights(tmp_path / "w", [weight])
    assert K.get_value(weight.variable).tobytes() == strange.tobytes()


def test_float32_is_read_into_float64(saved):
    K.set_floatx("float64")
    weights = model("tf", fill=0)
    load_weights(saved, weights)
    assert values(weights)[1].dtype == "float64"
    np.testing.assert_array_equal(values(weights)[1], np.linspace(-1, 1, 5).astype("float32"))


def changed(weights: list[Weight], which: str, **fields: object) -> list[Weight]:
    """The weights, one of them otherwise."""
    return [weight._replace(**fields) if weight.name == which else weight for weight in weights]


def with_contents(path: Path, change) -> None:
    """Write a file of weights anew with other contents."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["contents.json"] = change(members["contents.json"])
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[data.index(np.float32(119).tobytes())] ^= 1  # the kernel's last number
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (Path.unlink, "could not be read: No such file or directory. Expected a file of save_weights"),
        (lambda path: path.write_bytes(b""), "not whole, or no file of weights"),
        (lambda path: path.write_text("weights"), "not whole, or no file of weights"),
        (lambda path: path.write_bytes(path.read_bytes()[:-100]), "not whole, or no file of weights"),
        (flip_a_bit, "not whole, or no file of weights.*CRC"),
        (lambda path: np.savez(str(path), w=np.ones(3)), "not whole, or no file of weights"),
        (lambda path: with_contents(path, lambda _: b"{}"), "not whole, or no file of weights"),
        (lambda path: with_contents(path, lambda _: b"[]"), "not whole, or no file of weights"),
        (lambda path: with_contents(path, lambda _: b"\xff"), "not whole, or no file of weights"),
        (
            lambda path: with_contents(path, lambda text: text.replace(b'"version": 1', b'"version": 2')),
            r"newer harness. Expected version 1 or older. Received version 2. Update the harness",
        ),
        (
            lambda path: with_contents(path, lambda text: text.replace(b'"harness weights"', b'"other"')),
            "no file of weights.*format 'other'",
        ),
    ],
)
def test_file_that_cannot_be_read_changes_nothing(saved, damage, words):
    damage(saved)
    weights = model("tf", fill=7)
    with pytest.raises(WeightsError, match=words):
        load_weights(saved, weights)
    assert all((value == 7).all() for value in values(weights))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda weights: weights[:-1], "lacks none and has count besides"),
        (lambda weights: [*weights, Weight("more", K.variable(7.0))], "lacks more and has none besides"),
        (lambda weights: changed(weights, "count", name="n"), "lacks n and has count besides"),
        (
            lambda weights: changed(weights, "conv/bias", variable=K.variable(np.full(4, 7.0))),
            re.escape("'conv/bias' of") + r".*another shape. Expected \(4,\). Received \(5,\)",
        ),
        (
            lambda weights: changed(weights, "conv/kernel", variable=K.variable(np.full((5, 4, 2, 3), 7.0))),
            r"another shape. Expected \(3, 2, 5, 4\). Received \(5, 4, 2, 3\)",
        ),
        (
            lambda weights: changed(weights, "conv/bias", variable=K.variable(np.full(5, 7), dtype="int32")),
            "another dtype. Expected int32. Received float32",
        ),
        (
            lambda weights: changed(weights, "dense/kernel", layout=layouts.AS_IN_THE_MODEL),
            "another layout. Expected as in the model. Received rows behind an image.* of 2 x 3 x 4",
        ),
        (
            lambda weights: changed(weights, "dense/kernel", layout=layouts.behind_flatten((4, 3, 2), "tf")),
            "another layout. Expected .* of 4 x 3 x 2. Received .* of 2 x 3 x 4",
        ),
    ],
)
def test_file_that_does_not_fit_changes_nothing(saved, change, words):
    weights = change(model("tf", fill=7))
    with pytest.raises(WeightsError, match=words):
        load_weights(saved, weights)
    assert all((value == 7).all() for value in values(weights))


@pytest.mark.parametrize("act", [save_weights, load_weights])
def test_names_that_repeat_and_weights_that_are_no_variables_are_refused(saved, act):
    weight = Weight("w", K.variable(1.0))
    with pytest.raises(WeightsError, match=r"names repeat. Expected one weight each. Received w twice"):
        act(saved, [weight, weight])
    with pytest.raises(WeightsError, match=r"'sum' is not a variable. Expected one made by K.variable"):
        act(saved, [weight, Weight("sum", weight.variable + 1.0)])


def test_failing_to_write_leaves_the_old_file_and_nothing_else(saved, monkeypatch):
    before = saved.read_bytes()

    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array", full)
    with pytest.raises(WeightsError, match="could not be written: No space left on device"):
        save_weights(saved, model("tf"))
    assert [saved] == list(saved.parent.iterdir())
    assert saved.read_bytes() == before


def test_missing_folder_is_a_sentence(tmp_path):
    with pytest.raises(WeightsError, match="could not be written: No such file or directory"):
        save_weights(tmp_path / "none" / "w", model("tf"))


def test_workloads_name_their_weights_after_their_layers():
    workload = mnist_cnn.WORKLOAD
    names = [w.name for w in Model(workload, workload.editions["2015-12"], np.random.RandomState(0)).weights]
    layers = ("convolution2d_1", "convolution2d_2", "dense_1", "dense_2")
    assert names == [f"{layer}/{part}" for layer in layers for part in ("kernel", "bias")]


def test_guide_does_what_it_says(tmp_path):
    """The example of the guide, under one ordering and then, in another process, under the other."""
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    printed = {}
    for ordering, act in (("tf", "save_weights"), ("th", "load_weights")):
        (tmp_path / "keras.json").write_text(json.dumps({"backend": "numpy", "image_dim_ordering": ordering}))
        script = f"{code}\n{act}('model.npz', model)\nprint(first, predict([images])[0].tolist(), sep='|')\n"
        ended = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            env={"KERAS_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        first, printed[act] = ended.stdout.split("|")
        assert first == str(ordering == "th")
    expected = np.array(json.loads(printed["save_weights"]))
    received = json.loads(printed["load_weights"])
    np.testing.assert_allclose(received, expected, rtol=0, atol=1e-5 * np.abs(expected).max())
