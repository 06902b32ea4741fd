"""mnist_cnn in Keras on CNTK."""

from fitting import Fitted  # isort: skip (sets what Keras reads when it is imported)
from keras.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.optimizers import Adadelta

ORDER = "channels_first"  # CNTK's own; with channels last Keras transposes images around every convolution


class Contender(Fitted):
    """Two convolutions, max pooling and two dense layers; Keras' kernels are (rows, columns, in, out)."""

    loss = "categorical_crossentropy"

    def __init__(self, weights, *arguments):
        given = [weight.transpose(2, 3, 1, 0) if weight.ndim == 4 else weight for weight in weights]
        super(Contender, self).__init__(given, *arguments)

    def layers(self, dropout):
        """See Fitted.layers."""
        model = [Conv2D(32, (3, 3), padding="same", data_format=ORDER, input_shape=(1, 28, 28)), Activation("relu")]
        model += [Conv2D(32, (3, 3), data_format=ORDER), Activation("relu")]
        model += [MaxPooling2D((2, 2), data_format=ORDER), Dropout(0.25)]
        model += [Flatten(data_format="channels_last")]  # which leaves the order of axes as it is
        model += [Dense(128), Activation("relu"), Dropout(0.5), Dense(10), Activation("softmax")]
        return [layer for layer in model if dropout or not isinstance(layer, Dropout)]

    def optimizer(self):
        """Adadelta."""
        return Adadelta(lr=1.0, rho=0.95, epsilon=1e-6)

    def weights(self):
        """The trained weights."""
        trained = super(Contender, self).weights()
        return [weight.transpose(3, 2, 0, 1) if weight.ndim == 4 else weight for weight in trained]
