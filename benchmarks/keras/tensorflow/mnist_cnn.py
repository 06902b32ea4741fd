"""mnist_cnn in Keras."""

import keras
from fitting import Fitted
from keras import layers

FILTERS, PLACES = 32, 13 * 13  # behind the pooling
BEHIND_FLATTEN = 4  # which of the weights


def exchanged(kernel, first, second):
    """A dense kernel whose rows are (first, second), with rows (second, first)."""
    return kernel.reshape(first, second, -1).swapaxes(0, 1).reshape(kernel.shape)


class Contender(Fitted):
    """Two convolutions, max pooling, 128, 10."""

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        weights = list(weights)
        weights[BEHIND_FLATTEN] = exchanged(weights[BEHIND_FLATTEN], FILTERS, PLACES)
        super().__init__(weights, x, y, batch_size, dropout, threads, seed)

    def weights(self):
        """The trained weights."""
        weights = super().weights()
        weights[BEHIND_FLATTEN] = exchanged(weights[BEHIND_FLATTEN], PLACES, FILTERS)
        return weights

    def compiled(self, dropout):
        """See Fitted.compiled."""
        model = keras.Sequential([keras.Input((28, 28, 1))])
        model.add(layers.Conv2D(32, 3, padding="same", activation="relu"))
        model.add(layers.Conv2D(32, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
        if dropout:
            model.add(layers.Dropout(0.25))
        model.add(layers.Flatten())
        model.add(layers.Dense(128, activation="relu"))
        if dropout:
            model.add(layers.Dropout(0.5))
        model.add(layers.Dense(10, activation="softmax"))
        optimizer = keras.optimizers.Adadelta(learning_rate=1.0, rho=0.95, epsilon=1e-6)
        model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
        return model
