"""Runs inside the TensorFlow environment: the three workloads in Keras 3, trained from given weights on given batches.

usage: python -I keras_reference.py WORKLOAD INPUT.npz OUTPUT.npz

INPUT holds `x`, `y` (steps, batch, ...) and `weight_0`, `weight_1`, ... in the canonical layout; OUTPUT gets `loss`,
`accuracy` (steps) and the trained weights. No dropout, so that every step is determined.
"""

import sys

import keras
import numpy as np
from keras import layers, ops


def hard_sigmoid(x):
    """Keras 1's: Keras 3's has another slope."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


def mlp():
    return [
        keras.Input((784,)),
        layers.Dense(512, activation="relu"),
        layers.Dense(512, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]


def cnn():
    return [
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Permute((3, 1, 2)),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]


class Table(layers.Layer):
    """An embedding as a product with one-hot rows: its gradient is dense.

    Behind keras.layers.Embedding, Keras 3's Adam leaves the moments of words that a batch lacks as they are; Keras 1's,
    like every dense Adam, lets them decay and moves those rows too.
    """

    def build(self, shape):
        self.table = self.add_weight(shape=(20000, 128))

    def call(self, x):
        return ops.matmul(ops.one_hot(x, 20000), self.table)


def lstm():
    return [
        keras.Input((100,), dtype="int32"),
        Table(),
        layers.LSTM(128, recurrent_activation=hard_sigmoid),
        layers.Dense(1, activation="sigmoid"),
    ]


CLASSES = ("categorical_crossentropy", "categorical_accuracy")
WORKLOADS = {
    "mnist_mlp": (mlp, *CLASSES, lambda: keras.optimizers.RMSprop(0.001, 0.9, epsilon=1e-6)),
    "mnist_cnn": (cnn, *CLASSES, lambda: keras.optimizers.Adadelta(1.0, 0.95, epsilon=1e-6)),
    "imdb_lstm": (lstm, "binary_crossentropy", "binary_accuracy", lambda: keras.optimizers.Adam(0.001, epsilon=1e-8)),
}


def native(weight):
    """Canonical to Keras 3: only convolution kernels differ."""
    return weight.transpose(2, 3, 1, 0) if weight.ndim == 4 else weight


def canonical(weight):
    """Keras 3 to canonical."""
    return weight.transpose(3, 2, 0, 1) if weight.ndim == 4 else weight


def main(workload, source, target):
    make, loss, metric, optimizer = WORKLOADS[workload]
    given = np.load(source)
    model = keras.Sequential(make())
    model.compile(optimizer(), loss=loss, metrics=[metric])
    count = len(model.get_weights())
    model.set_weights([native(given[f"weight_{index}"]) for index in range(count)])
    scores = []
    for x, y in zip(given["x"], given["y"], strict=True):
        model.reset_metrics()
        scores.append(model.train_on_batch(x, y))
    loss, accuracy = np.array(scores, dtype="float64").T
    weights = {f"weight_{index}": canonical(weight) for index, weight in enumerate(model.get_weights())}
    np.savez(target, loss=loss, accuracy=accuracy, **weights)


main(*sys.argv[1:])
