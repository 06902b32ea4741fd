"""mnist_mlp in Keras."""

import keras
from fitting import Fitted
from keras import layers


class Contender(Fitted):
    """784 - 512 - 512 - 10."""

    def compiled(self, dropout):
        """See Fitted.compiled."""
        model = keras.Sequential([keras.Input((784,))])
        for _ in range(2):
            model.add(layers.Dense(512, activation="relu"))
            if dropout:
                model.add(layers.Dropout(0.2))
        model.add(layers.Dense(10, activation="softmax"))
        optimizer = keras.optimizers.RMSprop(learning_rate=0.001, rho=0.9, epsilon=1e-6)
        model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
        return model
