"""mnist_cnn in Keras on CNTK."""

from fitting import Fitting  # isort: skip (sets what Keras reads when it is imported)
from keras.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.optimizers import Adadelta

ORDER = "channels_first"  # CNTK's own; with channels last Keras transposes images around every convolution


def layers(dropout):
    """Two convolutions, max pooling and two dense layers."""
    model = [Conv2D(32, (3, 3), padding="same", data_format=ORDER, input_shape=(1, 28, 28)), Activation("relu")]
    model += [Conv2D(32, (3, 3), data_format=ORDER), Activation("relu")]
    model += [MaxPooling2D((2, 2), data_format=ORDER), Dropout(0.25)]
    model += [Flatten(data_format="channels_last")]  # which leaves the order of axes as it is
    model += [Dense(128), Activation("relu"), Dropout(0.5), Dense(10), Activation("softmax")]
    return [layer for layer in model if dropout or not isinstance(layer, Dropout)]


class Contender(object):
    """The model, fitted epoch by epoch."""

    layout = "th"

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        # Keras' kernels are (rows, columns, in, out)
        given = [weight.transpose(2, 3, 1, 0) if weight.ndim == 4 else weight for weight in weights]
        optimizer = Adadelta(lr=1.0, rho=0.95, epsilon=1e-6)
        loss = "categorical_crossentropy"
        self.fitting = Fitting(layers(dropout), given, x, y, batch_size, seed, optimizer=optimizer, loss=loss)

    def epoch(self, order):
        """Trains on the samples of `order`; (loss, accuracy)."""
        return self.fitting.epoch(order)

    def weights(self):
        """The trained weights."""
        trained = self.fitting.model.get_weights()
        return [weight.transpose(3, 2, 0, 1) if weight.ndim == 4 else weight for weight in trained]
