"""What the three models share: weights to and from Keras, and epochs of `fit`."""

import tensorflow as tf


def to_keras(weights):
    """Canonical weights in Keras' layout: convolution kernels (rows, columns, in, out)."""
    return [weight.transpose(2, 3, 1, 0) if weight.ndim == 4 else weight for weight in weights]


def to_canonical(weights):
    """The inverse of `to_keras`."""
    return [weight.transpose(3, 2, 0, 1) if weight.ndim == 4 else weight for weight in weights]


class Fitted(object):
    """A compiled Keras model with its data; a subclass makes the model."""

    layout = "tf"

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        if tf.config.threading.get_intra_op_parallelism_threads() != threads:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.random.set_seed(seed)
        self.x, self.y, self.batch_size = x, y, batch_size
        self.model = self.compiled(dropout)
        self.model.set_weights(to_keras(weights))

    def compiled(self, dropout):
        """The compiled model, with or without dropout."""
        raise NotImplementedError

    def epoch(self, order):
        """Trains on the samples of `order`, in an order of Keras' own; (loss, accuracy), means over the samples."""
        whole = len(order) == len(self.x)
        x, y = (self.x, self.y) if whole else (self.x[order], self.y[order])
        history = self.model.fit(x, y, batch_size=self.batch_size, epochs=1, shuffle=True, verbose=0).history
        return history["loss"][0], history["accuracy"][0]

    def weights(self):
        """The trained weights."""
        return to_canonical(self.model.get_weights())
