"""Run in a backend's environment: `travelling_weights.py WORKER_FOLDER BACKEND save|load FOLDER`.

`save` trains each model a little, writes its weights, <model>@<backend>.npz, and what it predicts then,
<backend>-predictions.npz. `load` reads all files of all backends into models that start otherwise, and writes what
they predict, "<model>|<file read>" -> array, "first" before any was read, as <backend>-loaded.npz.
"""

import importlib
import runpy
import sys
from pathlib import Path

import numpy as np

runpy.run_path(str(Path(sys.argv[1], "bootstrap.py")))["install"]()

# after bootstrap, which lets -I find the package
from harness.backends import api as K  # noqa: E402
from harness.backends.engines import registry  # noqa: E402
from harness.backends.weights.files import load_weights, save_weights  # noqa: E402
from harness.workloads.modeling.training import Model  # noqa: E402

# Workload and image ordering; the others have no image in them.
MODELS = {
    "mnist_mlp": ("mnist_mlp", "tf"),
    "mnist_cnn-tf": ("mnist_cnn", "tf"),
    "mnist_cnn-th": ("mnist_cnn", "th"),
    "imdb_lstm": ("imdb_lstm", "tf"),
}
SAMPLES, STEPS = 6, 2


def build(key, seed):
    """(model, [x, y], function of x) of a model whose weights are drawn from the seed."""
    name, ordering = MODELS[key]
    K.set_image_dim_ordering(ordering)
    workload = importlib.import_module("harness.workloads." + name).WORKLOAD
    model = Model(workload, workload.editions["2015-12"], np.random.RandomState(seed))
    x = model.inputs[0]
    return model, batch(workload), K.function([x], [model.output(x, False)])


def batch(workload):
    """The same samples for all."""
    rng = np.random.RandomState(7)
    if workload.data_kind == "images":
        images, labels = rng.rand(SAMPLES, 28, 28).astype("float32"), rng.randint(0, 10, SAMPLES)
        return [workload.inputs(images), workload.targets(labels)]
    words, labels = rng.randint(0, 20000, (SAMPLES, 100)).astype("int32"), rng.randint(0, 2, SAMPLES)
    return [workload.inputs(words), workload.targets(labels)]


def save(backend, folder):
    """Trains and writes all models."""
    predictions = {}
    for key in MODELS:
        model, samples, predict = build(key, registry.known_backends().index(backend))
        train = model.train_function()
        for _ in range(STEPS):
            train(samples)
        save_weights(folder / f"{key}@{backend}.npz", model.weights)
        predictions[f"{key}@{backend}"] = predict(samples[:1])[0]
    np.savez(str(folder / f"{backend}-predictions.npz"), **predictions)


def load(backend, folder):
    """Reads all files of each workload."""
    predictions = {}
    for key, (name, _) in MODELS.items():
        model, samples, predict = build(key, 100)
        predictions[key + "|first"] = predict(samples[:1])[0]
        for file in sorted(folder.glob(name + "*@*.npz")):
            load_weights(file, model.weights)
            predictions[f"{key}|{file.stem}"] = predict(samples[:1])[0]
    np.savez(str(folder / f"{backend}-loaded.npz"), **predictions)


registry.use(sys.argv[2], "cpu", 1)
{"save": save, "load": load}[sys.argv[3]](sys.argv[2], Path(sys.argv[4]))
