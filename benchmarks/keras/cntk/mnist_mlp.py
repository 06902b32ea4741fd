"""mnist_mlp in Keras on CNTK."""

from fitting import Fitting  # isort: skip (sets what Keras reads when it is imported)
from keras.layers import Activation, Dense, Dropout
from keras.optimizers import RMSprop


def layers(dropout):
    """784 - 512 - 512 - 10."""
    model = [Dense(512, input_shape=(784,)), Activation("relu"), Dropout(0.2)]
    model += [Dense(512), Activation("relu"), Dropout(0.2)]
    model += [Dense(10), Activation("softmax")]
    return [layer for layer in model if dropout or not isinstance(layer, Dropout)]


class Contender(object):
    """The model, fitted epoch by epoch."""

    layout = "th"

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        optimizer = RMSprop(lr=0.001, rho=0.9, epsilon=1e-6)
        loss = "categorical_crossentropy"
        self.fitting = Fitting(layers(dropout), weights, x, y, batch_size, seed, optimizer=optimizer, loss=loss)

    def epoch(self, order):
        """Trains on the samples of `order`; (loss, accuracy)."""
        return self.fitting.epoch(order)

    def weights(self):
        """The trained weights."""
        return self.fitting.model.get_weights()
