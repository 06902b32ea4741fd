"""imdb_lstm in Keras."""

import keras
from fitting import Fitted
from keras import layers, ops


def hard_sigmoid(x):
    """That of Keras 1; Keras 3's has another slope."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


class Contender(Fitted):
    """Embedding, LSTM, dropout, one sigmoid."""

    def compiled(self, dropout):
        """See Fitted.compiled."""
        model = keras.Sequential([keras.Input((100,), dtype="int32")])
        model.add(layers.Embedding(20000, 128))
        model.add(layers.LSTM(128, recurrent_activation=hard_sigmoid))
        if dropout:
            model.add(layers.Dropout(0.5))
        model.add(layers.Dense(1, activation="sigmoid"))
        optimizer = keras.optimizers.Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8)
        model.compile(optimizer, loss="binary_crossentropy", metrics=["accuracy"])
        return model
