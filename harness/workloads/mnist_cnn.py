"""mnist_cnn: two convolutions, max pooling and two dense layers with dropout, on 28 x 28 images of digits."""

from harness.backends import api as K
from harness.workloads.mnist_mlp import CLASSES, one_hot
from harness.workloads.modeling.definition import Edition, Workload
from harness.workloads.modeling.layers import Activation, Convolution2D, Dense, Dropout, Flatten, MaxPooling2D
from harness.workloads.modeling.optimizers import Adadelta


def layers():
    """703,210 weights."""
    return [
        Convolution2D(32, 3, 3, "same"),
        Activation(K.relu),
        Convolution2D(32, 3, 3, "valid"),
        Activation(K.relu),
        MaxPooling2D(2, 2),
        Dropout(0.25),
        Flatten(),
        Dense(128),
        Activation(K.relu),
        Dropout(0.5),
        Dense(CLASSES),
        Activation(K.softmax),
    ]


def image_shape():
    """One grey image in K's layout."""
    return (1, 28, 28) if K.image_dim_ordering() == "th" else (28, 28, 1)


WORKLOAD = Workload(
    data_kind="images",
    input_shape=image_shape,
    input_dtype=None,
    inputs=lambda images: images.reshape((len(images),) + image_shape()),
    targets=one_hot,
    loss="categorical_crossentropy",
    editions={"2015-12": Edition(layers, lambda: Adadelta(lr=1.0, rho=0.95, epsilon=1e-6), batch_size=128, epochs=12)},
    tolerance={"loss": 1e-4, "gradient_norms": 1e-2, "weight_norms": 2e-3, "change_norms": 2e-3},
)
