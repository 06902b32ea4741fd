"""Puts every model of models.py through Keras 1.2.2 on one backend. Python 3.6 syntax; run in its environment.

usage: python -I driver.py BACKEND PACKAGES DIGITS FOLDER MODELS

BACKEND may be "keras": Keras's own backend on Theano, in the environment of Theano, where the first steps are all that
is done. PACKAGES is the folder with Keras; DIGITS a file with x, (samples, 28, 28) in [0, 1], and y; MODELS names with
commas. Writes into FOLDER report.json, each model's losses, and predictions.npz, "<model>|<moment>".
"""

import importlib
import json
import os
import runpy
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
BOOTSTRAP = os.path.join(os.path.dirname(os.path.dirname(HERE)), "harness", "worker", "bootstrap.py")
KERAS_ITSELF = "keras"
STEPS = 5  # whose losses are compared between backends
STEP_BATCH = 32


def import_keras(backend):
    """Keras on K, or as it is."""
    if backend == KERAS_ITSELF:
        os.environ["KERAS_BACKEND"] = "theano"
        importlib.import_module("theano.ifelse")  # Keras 1.2.2 uses it without importing it
        return importlib.import_module("keras")
    os.environ["KERAS_BACKEND"] = backend
    runpy.run_path(BOOTSTRAP)["install"]()
    from harness import keras1

    return keras1.stand_in()


def begin_anew():
    """A session of their own for the models that follow, on a backend that has sessions: more in one take longer."""
    from keras import backend as K

    if hasattr(K, "clear_session"):
        K.clear_session()


def compiled(example, dropout):
    """The model with weights that every backend starts from."""
    model = example.build(dropout)
    model.compile(loss=example.loss, optimizer=example.optimizer(), metrics=["accuracy"])
    rng = np.random.RandomState(3)
    for layer in model.layers:
        layer.set_weights([drawn(rng, array) for array in layer.get_weights()])
    return model


def drawn(rng, array):
    """New values for a matrix or a kernel; vectors stay as Keras made them."""
    if array.ndim < 2:
        return array
    reach = np.sqrt(6.0 / sum(array.shape)) if array.ndim == 2 else 3.0 / np.sqrt(array.size)
    return rng.uniform(-reach, reach, array.shape)


def steps(model, example, x, y):
    """Losses of the first training steps."""
    size = min(STEP_BATCH, example.fitting["batch_size"])
    starts = range(0, STEPS * size, size)
    return [float(model.train_on_batch(x[start : start + size], y[start : start + size])[0]) for start in starts]


def predict(model, example, x):
    """Predictions, of a stateful model from its first state."""
    model.reset_states()
    return model.predict(x, batch_size=example.fitting["batch_size"])


def evaluate(model, example, x, y):
    """Loss and accuracy."""
    model.reset_states()
    return [float(number) for number in model.evaluate(x, y, example.fitting["batch_size"], verbose=0)]


def begin(example, task):
    """(model, report, predictions) of a model without dropout: before any step and after the first ones."""
    x, y, x_test, y_test = task
    model = compiled(example, False)
    predictions = {"fresh": predict(model, example, x_test)}
    if example.variant is not None:
        predictions["variant"] = predict(model, example, example.variant(x_test))
    report = {"before": evaluate(model, example, x_test, y_test)}
    model.reset_states()
    report["steps"] = steps(model, example, x, y)
    predictions["stepped"] = predict(model, example, x_test)
    return model, report, predictions


def fit_and_save(model, example, task, path):
    """(report, predictions) of a model that is fitted, saved and loaded."""
    from keras.models import load_model

    x, y, x_test, y_test = task
    np.random.seed(4)
    model.reset_states()
    history = model.fit(x, y, verbose=0, **example.fitting).history
    report = {"fitting": [float(loss) for loss in history["loss"]]}
    report["after"] = evaluate(model, example, x_test, y_test)
    predictions = {"trained": predict(model, example, x_test)}
    model.save(path)
    copy = load_model(path)
    predictions["loaded"] = predict(copy, example, x_test)
    if not example.has_dropout:
        for each in (model, copy):
            each.reset_states()
        report["went_on"], report["copy_went_on"] = [steps(each, example, x, y) for each in (model, copy)]
    return report, predictions


def main(backend, packages, digits, folder, models):
    sys.path[:0] = [packages, HERE]
    import_keras(backend)
    from models import EXAMPLES

    with np.load(digits) as arrays:
        data = arrays["x"], arrays["y"]
    reports, moments = {}, {}
    for name in models.split(","):
        begin_anew()
        example = EXAMPLES[name]
        task = example.task(data)
        model, report, predictions = begin(example, task)
        if backend != KERAS_ITSELF:
            model = compiled(example, True) if example.has_dropout else model
            fitted, later = fit_and_save(model, example, task, os.path.join(folder, name + ".h5"))
            report.update(fitted)
            predictions.update(later)
        reports[name] = report
        moments.update({name + "|" + moment: array for moment, array in predictions.items()})
    np.savez(os.path.join(folder, "predictions.npz"), **moments)
    with open(os.path.join(folder, "report.json"), "w") as file:
        json.dump(reports, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
