"""Seven models in Keras 1.2.2's own words, each with a task that it can learn from a few samples. Python 3.6 syntax.

The first three are those of Keras 1.2.2's examples mnist_mlp, mnist_cnn and imdb_lstm, with their sizes and optimizers.
A task is (x_train, y_train, x_test, y_test).
"""

from typing import Any, Callable, NamedTuple

import numpy as np
from keras import backend as K
from keras.layers import (
    LSTM,
    Activation,
    BatchNormalization,
    Bidirectional,
    Convolution2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Lambda,
    Masking,
    MaxPooling2D,
    SimpleRNN,
)
from keras.models import Sequential
from keras.optimizers import SGD, Adadelta, Adam, RMSprop
from keras.utils.np_utils import to_categorical

TEST = 64  # samples kept for the test


class Example(NamedTuple):
    """One model and its task.

    build(dropout): the model, with its dropout or with none; task(digits): its data; loss and optimizer(): of
    Model.compile; fitting: of Model.fit; has_dropout: whether build's argument matters; variant(x): other inputs that
    must give the same predictions.
    """

    build: Callable
    task: Callable
    loss: str
    optimizer: Callable
    fitting: dict
    has_dropout: bool = False
    variant: Any = None


def split(x, y):
    """The first samples to train on, the last to test with."""
    return x[:-TEST], y[:-TEST], x[-TEST:], y[-TEST:]


def mnist_mlp(dropout):
    share = 0.2 if dropout else 0.0
    return Sequential(
        [
            Dense(512, input_shape=(784,)),
            Activation("relu"),
            Dropout(share),
            Dense(512),
            Activation("relu"),
            Dropout(share),
            Dense(10),
            Activation("softmax"),
        ]
    )


def mnist_cnn(dropout):
    return Sequential(
        [
            Convolution2D(32, 3, 3, border_mode="valid", input_shape=(28, 28, 1), dim_ordering="tf"),
            Activation("relu"),
            Convolution2D(32, 3, 3, dim_ordering="tf"),
            Activation("relu"),
            MaxPooling2D(pool_size=(2, 2), dim_ordering="tf"),
            Dropout(0.25 if dropout else 0.0),
            Flatten(),
            Dense(128),
            Activation("relu"),
            Dropout(0.5 if dropout else 0.0),
            Dense(10),
            Activation("softmax"),
        ]
    )


def imdb_lstm(dropout):
    share = 0.2 if dropout else 0.0
    return Sequential(
        [
            Embedding(20000, 128, dropout=share),
            LSTM(128, dropout_W=share, dropout_U=share),
            Dense(1),
            Activation("sigmoid"),
        ]
    )


def masked_bidirectional(_):
    """The number of timesteps is known only at the call."""
    return Sequential(
        [
            Masking(mask_value=0.0, input_shape=(None, 3)),
            Bidirectional(LSTM(6, return_sequences=True)),
            Bidirectional(LSTM(4)),
            Dense(1, activation="sigmoid"),
        ]
    )


def normalised_convnet(_):
    """Channels first, so that the normalised axis is not the last."""
    return Sequential(
        [
            Convolution2D(8, 3, 3, border_mode="same", bias=False, input_shape=(1, 14, 14), dim_ordering="th"),
            BatchNormalization(axis=1, momentum=0.5),
            Activation("relu"),
            Convolution2D(16, 3, 3, subsample=(2, 2), bias=False, dim_ordering="th"),
            BatchNormalization(axis=1, momentum=0.5),
            Activation("relu"),
            Flatten(),
            Dense(10, activation="softmax"),
        ]
    )


def stateful_rnn(_):
    return Sequential(
        [
            SimpleRNN(8, stateful=True, return_sequences=True, batch_input_shape=(TEST // 4, 3, 2)),
            Dense(1),
        ]
    )


def antirectifier(x):
    """Both signs of a row with mean 0 and length 1, as Keras's example has it."""
    x -= K.mean(x, axis=1, keepdims=True)
    x = K.l2_normalize(x, axis=1)
    return K.concatenate([K.relu(x), K.relu(-x)], axis=1)


def with_lambdas(_):
    """The first layer's shape follows from its function; the second is given its own."""
    return Sequential(
        [
            Dense(32, input_shape=(784,)),
            Lambda(antirectifier),
            Lambda(lambda x: x**2 + 0.5 * x, output_shape=(64,)),
            Dense(10, activation="softmax"),
        ]
    )


def flat_digits(digits):
    x, y = digits
    return split(x.reshape(len(x), 784), to_categorical(y, 10))


def digits_with_channel(digits):
    x, y = digits
    return split(x[..., np.newaxis], to_categorical(y, 10))


def small_digits(digits):
    x, y = digits
    return split(x[:, np.newaxis, ::2, ::2], to_categorical(y, 10))


def reviews(_):
    """Sentences of 80 words, zeros before a shorter one; of each mood a hundred words, half of them used by both."""
    rng = np.random.RandomState(0)
    mood = rng.randint(0, 2, 224)
    words = rng.randint(1, 101, (224, 80)) + 50 * mood[:, np.newaxis]
    lengths = rng.randint(20, 81, 224)
    padding = np.arange(80) < 80 - lengths[:, np.newaxis]
    return split(np.where(padding, 0, words), mood)


def padded_signals(_):
    """Noise whose class is the sign of the third number at the first timestep that counts; those before it are 0."""
    rng = np.random.RandomState(1)
    x = rng.uniform(0.1, 1.0, (256, 7, 3))
    y = rng.randint(0, 2, 256)
    lengths = rng.randint(3, 8, 256)
    x[np.arange(256), 7 - lengths, 2] = np.where(y, 1.0, -1.0)
    x[np.arange(7) < 7 - lengths[:, np.newaxis]] = 0.0
    return split(x, y)


def delayed_streams(_):
    """Sixteen streams, three timesteps a batch; wanted is the number one step back, often in the batch before."""
    rng = np.random.RandomState(2)
    streams, blocks, steps = TEST // 4, 40, 3
    x = rng.uniform(-1, 1, (streams, blocks * steps, 2))
    y = np.concatenate([np.zeros((streams, 1)), x[:, :-1, 0]], axis=1)[..., np.newaxis]

    def batches(array):
        blockwise = array.reshape((streams, blocks, steps, -1)).transpose((1, 0, 2, 3))
        return blockwise.reshape((blocks * streams, steps, -1))

    return split(batches(x), batches(y))


def with_more_padding(x):
    """Two more timesteps of zeros before all others."""
    return np.concatenate([np.zeros((len(x), 2, x.shape[2])), x], axis=1)


CLASSES = "categorical_crossentropy"
EXAMPLES = {
    "mnist_mlp": Example(
        mnist_mlp, flat_digits, CLASSES, RMSprop, {"batch_size": 128, "nb_epoch": 4}, has_dropout=True
    ),
    "mnist_cnn": Example(
        mnist_cnn,
        digits_with_channel,
        CLASSES,
        Adadelta,
        {"batch_size": 128, "nb_epoch": 4},
        has_dropout=True,
    ),
    "imdb_lstm": Example(
        imdb_lstm, reviews, "binary_crossentropy", Adam, {"batch_size": 32, "nb_epoch": 5}, has_dropout=True
    ),
    "masked_bidirectional": Example(
        masked_bidirectional,
        padded_signals,
        "binary_crossentropy",
        lambda: Adam(lr=0.02),
        {"batch_size": 32, "nb_epoch": 6},
        variant=with_more_padding,
    ),
    # not Adam: its first step is as long for a gradient that is all rounding as for any other
    "normalised_convnet": Example(
        normalised_convnet, small_digits, CLASSES, lambda: SGD(lr=0.01, momentum=0.9), {"batch_size": 32, "nb_epoch": 4}
    ),
    "stateful_rnn": Example(
        stateful_rnn,
        delayed_streams,
        "mse",
        lambda: Adam(lr=0.02),
        {"batch_size": TEST // 4, "nb_epoch": 10, "shuffle": False},
    ),
    "with_lambdas": Example(
        with_lambdas,
        flat_digits,
        CLASSES,
        lambda: SGD(lr=0.1, momentum=0.9, nesterov=True, clipnorm=1.0),
        {"batch_size": 32, "nb_epoch": 6},
    ),
}
