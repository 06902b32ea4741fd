"""mnist_cnn in Keras on Theano."""

from keras_training import Training  # isort: skip  (chooses the backend, so it comes before Keras)

from keras import backend as K
from keras.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.optimizers import Adadelta

FLAT = (32, 13, 13)  # channels, height and width of what Flatten gets


def to_keras(weights):
    """The canonical weights as Keras has them on Theano.

    Kernels (out, in, rows, columns) of correlations become (rows, columns, in, out) of convolutions. The rows of the
    dense layer behind Flatten, by (channels, height, width), go by (height, width, channels), as Flatten orders them.
    """
    kernels = [kernel[:, :, ::-1, ::-1].transpose(2, 3, 1, 0) for kernel in weights[0:4:2]]
    dense = weights[4].reshape(FLAT + (-1,)).transpose(1, 2, 0, 3).reshape(weights[4].shape)
    return [kernels[0], weights[1], kernels[1], weights[3], dense] + weights[5:]


def from_keras(weights):
    """The inverse of `to_keras`."""
    kernels = [kernel.transpose(3, 2, 0, 1)[:, :, ::-1, ::-1] for kernel in weights[0:4:2]]
    rows = weights[4].reshape(FLAT[1:] + FLAT[:1] + (-1,))
    dense = rows.transpose(2, 0, 1, 3).reshape(weights[4].shape)
    return [kernels[0], weights[1], kernels[1], weights[3], dense] + weights[5:]


class Contender(Training):
    """Two convolutions, max pooling and two dense layers with dropout, trained with Adadelta."""

    def __init__(self, weights, *arguments):
        K.set_image_data_format("channels_first")  # Theano's own layout
        super(Contender, self).__init__(to_keras(weights), *arguments)

    def model(self, dropout):
        """The compiled model."""
        model = Sequential()
        model.add(Conv2D(32, (3, 3), padding="same", input_shape=(1, 28, 28)))
        model.add(Activation("relu"))
        model.add(Conv2D(32, (3, 3)))
        model.add(Activation("relu"))
        model.add(MaxPooling2D(pool_size=(2, 2)))
        model.add(Dropout(0.25 if dropout else 0))
        model.add(Flatten())
        model.add(Dense(128))
        model.add(Activation("relu"))
        model.add(Dropout(0.5 if dropout else 0))
        model.add(Dense(10))
        model.add(Activation("softmax"))
        optimizer = Adadelta(lr=1.0, rho=0.95, epsilon=1e-6)
        model.compile(loss="categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"])
        return model

    def weights(self):
        """The trained weights."""
        return from_keras(super(Contender, self).weights())
