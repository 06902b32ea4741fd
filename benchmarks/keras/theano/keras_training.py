"""What the three Keras workloads share: the choice of the backend and the fitting of a model."""

import os
import tempfile

import numpy as np

# Keras writes its configuration there, not into the user's home; removed when Python ends.
KERAS_HOME = tempfile.TemporaryDirectory()
os.environ["KERAS_BACKEND"] = "theano"
os.environ["KERAS_HOME"] = KERAS_HOME.name


class Training(object):
    """A compiled model and its data. Subclasses give `model(dropout)`.

    model(dropout): the compiled model, with or without its dropout
    """

    layout = "th"

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        np.random.seed(seed)  # Keras draws the seeds of its dropout from it, and the order of the samples
        self.x, self.y, self.batch_size = np.asarray(x), np.asarray(y), batch_size
        self.fitted = self.model(dropout)
        self.fitted.set_weights([np.asarray(weight, dtype="float32") for weight in weights])

    def epoch(self, order):
        """Trains once on the samples that `order` holds, in an order that Keras draws; mean loss and accuracy."""
        x, y = self.x, self.y
        if len(order) < len(x):
            x, y = x[order], y[order]
        history = self.fitted.fit(x, y, batch_size=self.batch_size, epochs=1, shuffle=True, verbose=0).history
        return history["loss"][0], history["accuracy"][0]

    def weights(self):
        """The trained weights."""
        return self.fitted.get_weights()
