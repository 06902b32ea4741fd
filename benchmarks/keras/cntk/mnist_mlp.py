"""mnist_mlp in Keras on CNTK."""

from fitting import Fitted  # isort: skip (sets what Keras reads when it is imported)
from keras.layers import Activation, Dense, Dropout
from keras.optimizers import RMSprop


class Contender(Fitted):
    """784 - 512 - 512 - 10."""

    loss = "categorical_crossentropy"

    def layers(self, dropout):
        """See Fitted.layers."""
        model = [Dense(512, input_shape=(784,)), Activation("relu"), Dropout(0.2)]
        model += [Dense(512), Activation("relu"), Dropout(0.2)]
        model += [Dense(10), Activation("softmax")]
        return [layer for layer in model if dropout or not isinstance(layer, Dropout)]

    def optimizer(self):
        """RMSprop."""
        return RMSprop(lr=0.001, rho=0.9, epsilon=1e-6)
