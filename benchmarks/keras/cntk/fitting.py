"""What the three models share: Keras on CNTK, and an epoch of model.fit. Import this before anything of Keras."""

import os
import tempfile

import numpy as np

_home = tempfile.TemporaryDirectory(prefix="keras-")  # goes when the process ends
os.environ["KERAS_HOME"] = _home.name  # where Keras writes its settings: the user's own are not read, nor written
os.environ["KERAS_BACKEND"] = "cntk"

from keras.models import Sequential  # noqa: E402 (after the environment that it reads)


class Fitting(object):
    """A compiled Sequential model over data.

    Parameters
    ----------
    layers : list of Keras layers
    weights : list of arrays, in Keras' layout
    x, y : arrays, all training data
    batch_size, seed : int
    compiled : keywords of Sequential.compile
    """

    def __init__(self, layers, weights, x, y, batch_size, seed, **compiled):
        np.random.seed(seed)  # from which Keras draws its seeds of dropout, and its shuffling
        self.x, self.y, self.batch_size = x, y, batch_size
        self.model = Sequential(layers)
        self.model.set_weights(weights)
        self.model.compile(metrics=["accuracy"], **compiled)

    def epoch(self, order):
        """Trains on the samples of `order`, shuffled by Keras; (loss, accuracy), means over the samples."""
        whole = len(order) == len(self.x)
        x, y = (self.x, self.y) if whole else (self.x[order], self.y[order])
        history = self.model.fit(x, y, batch_size=self.batch_size, epochs=1, shuffle=True, verbose=0).history
        return float(history["loss"][0]), float(history["acc"][0])
