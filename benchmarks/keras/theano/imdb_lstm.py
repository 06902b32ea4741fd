"""imdb_lstm in Keras on Theano."""

from keras_training import Training  # isort: skip  (chooses the backend, so it comes before Keras)

from keras.layers import LSTM, Activation, Dense, Dropout, Embedding
from keras.models import Sequential
from keras.optimizers import Adam


class Contender(Training):
    """Embedding, LSTM over 100 words, dropout and one sigmoid, trained with Adam."""

    def model(self, dropout):
        """The compiled model."""
        model = Sequential()
        model.add(Embedding(20000, 128, input_length=100))
        model.add(LSTM(128, recurrent_activation="hard_sigmoid"))
        model.add(Dropout(0.5 if dropout else 0))
        model.add(Dense(1))
        model.add(Activation("sigmoid"))
        optimizer = Adam(lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8)
        model.compile(loss="binary_crossentropy", optimizer=optimizer, metrics=["accuracy"])
        return model
