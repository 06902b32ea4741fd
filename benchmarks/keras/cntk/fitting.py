"""What the three models share: Keras on CNTK, and an epoch of model.fit. Import this before anything of Keras."""

import os
import tempfile

import numpy as np

_home = tempfile.TemporaryDirectory(prefix="keras-")  # goes when the process ends
os.environ["KERAS_HOME"] = _home.name  # where Keras writes its settings: the user's own are not read, nor written
os.environ["KERAS_BACKEND"] = "cntk"

from keras.models import Sequential  # noqa: E402 (after the environment that it reads)


class Fitted(object):
    """A compiled Sequential model over data; a subclass says of which layers, with which loss and optimizer."""

    layout = "th"
    loss = None

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        np.random.seed(seed)  # from which Keras draws its seeds of dropout, and its shuffling
        self.x, self.y, self.batch_size = x, y, batch_size
        self.model = Sequential(self.layers(dropout))
        self.model.set_weights(weights)
        self.model.compile(loss=self.loss, optimizer=self.optimizer(), metrics=["accuracy"])

    def layers(self, dropout):
        """Keras layers, with or without dropout."""
        raise NotImplementedError

    def optimizer(self):
        """That of Keras."""
        raise NotImplementedError

    def epoch(self, order):
        """Trains on the samples of `order`, shuffled by Keras; (loss, accuracy), means over the samples."""
        whole = len(order) == len(self.x)
        x, y = (self.x, self.y) if whole else (self.x[order], self.y[order])
        history = self.model.fit(x, y, batch_size=self.batch_size, epochs=1, shuffle=True, verbose=0).history
        return float(history["loss"][0]), float(history["acc"][0])

    def weights(self):
        """The trained weights."""
        return self.model.get_weights()
