"""mnist_mlp in Keras on Theano."""

from keras_training import Training  # isort: skip  (chooses the backend, so it comes before Keras)

from keras.layers import Activation, Dense, Dropout
from keras.models import Sequential
from keras.optimizers import RMSprop


class Contender(Training):
    """784 - 512 - 512 - 10 with dropout, trained with RMSprop."""

    def model(self, dropout):
        """The compiled model."""
        level = 0.2 if dropout else 0
        model = Sequential()
        model.add(Dense(512, input_shape=(784,)))
        model.add(Activation("relu"))
        model.add(Dropout(level))
        model.add(Dense(512))
        model.add(Activation("relu"))
        model.add(Dropout(level))
        model.add(Dense(10))
        model.add(Activation("softmax"))
        optimizer = RMSprop(lr=0.001, rho=0.9, epsilon=1e-6)
        model.compile(loss="categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"])
        return model
