"""imdb_lstm in Keras on CNTK."""

from fitting import Fitting  # isort: skip (sets what Keras reads when it is imported)
from keras.layers import LSTM, Activation, Dense, Dropout, Embedding
from keras.optimizers import Adam


def layers(dropout):
    """Embedding, LSTM over 100 words, dropout, one sigmoid."""
    model = [Embedding(20000, 128, input_length=100), LSTM(128, recurrent_activation="hard_sigmoid")]
    model += [Dropout(0.5)] if dropout else []
    return model + [Dense(1), Activation("sigmoid")]


class Contender(object):
    """The model, fitted epoch by epoch."""

    layout = "th"

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        optimizer = Adam(lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8)
        loss = "binary_crossentropy"
        self.fitting = Fitting(layers(dropout), weights, x, y, batch_size, seed, optimizer=optimizer, loss=loss)

    def epoch(self, order):
        """Trains on the samples of `order`; (loss, accuracy)."""
        return self.fitting.epoch(order)

    def weights(self):
        """The trained weights; Keras' order of gates is i, f, c, o too."""
        return self.fitting.model.get_weights()
