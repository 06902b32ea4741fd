"""imdb_lstm: is a film review positive? Embedding, LSTM over 100 words, dropout, one sigmoid."""

from harness.backends import api as K
from harness.workloads.modeling.definition import Edition, Workload
from harness.workloads.modeling.layers import LSTM, Activation, Dense, Dropout, Embedding
from harness.workloads.modeling.optimizers import Adam

WORDS = 20000
TIMES = 100


def layers():
    """2,691,713 weights."""
    return [Embedding(WORDS, 128), LSTM(128), Dropout(0.5), Dense(1), Activation(K.sigmoid)]


WORKLOAD = Workload(
    data_kind="reviews",
    input_shape=lambda: (TIMES,),
    input_dtype="int32",
    inputs=lambda reviews: reviews,
    targets=lambda labels: K.cast_to_floatx(labels).reshape(-1, 1),
    loss="binary_crossentropy",
    editions={
        "2015-12": Edition(
            layers, lambda: Adam(lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8), batch_size=32, epochs=3
        )
    },
    tolerance={"loss": 1e-5, "gradient_norms": 2e-4, "weight_norms": 1e-4, "change_norms": 1e-4},
)
