"""mnist_mlp: 784 - 512 - 512 - 10 with dropout, on 28 x 28 images of digits."""

import numpy as np

from harness.backends import api as K
from harness.workloads.modeling.definition import Edition, Workload
from harness.workloads.modeling.layers import Activation, Dense, Dropout
from harness.workloads.modeling.optimizers import RMSprop

CLASSES = 10


def layers():
    """669,706 weights."""
    hidden = [layer for _ in range(2) for layer in (Dense(512), Activation(K.relu), Dropout(0.2))]
    return hidden + [Dense(CLASSES), Activation(K.softmax)]


def one_hot(labels):
    """Labels (n,) as rows (n, 10) of 0 and 1."""
    return np.eye(CLASSES, dtype=K.floatx())[labels]


WORKLOAD = Workload(
    data_kind="images",
    input_shape=lambda: (784,),
    input_dtype=None,
    inputs=lambda images: images.reshape(len(images), 784),
    targets=one_hot,
    loss="categorical_crossentropy",
    editions={"2015-12": Edition(layers, lambda: RMSprop(lr=0.001, rho=0.9, epsilon=1e-6), batch_size=128, epochs=20)},
    tolerance={"loss": 1e-5, "gradient_norms": 2e-4, "weight_norms": 1e-4, "change_norms": 1e-4},
)
