"""imdb_lstm in Keras on CNTK; Keras' order of gates is i, f, c, o too."""

from fitting import Fitted  # isort: skip (sets what Keras reads when it is imported)
from keras.layers import LSTM, Activation, Dense, Dropout, Embedding
from keras.optimizers import Adam


class Contender(Fitted):
    """Embedding, LSTM over 100 words, dropout, one sigmoid."""

    loss = "binary_crossentropy"

    def layers(self, dropout):
        """See Fitted.layers."""
        model = [Embedding(20000, 128, input_length=100), LSTM(128, recurrent_activation="hard_sigmoid")]
        model += [Dropout(0.5)] if dropout else []
        return model + [Dense(1), Activation("sigmoid")]

    def optimizer(self):
        """Adam."""
        return Adam(lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8)
