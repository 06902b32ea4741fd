"""noop: one weight, added to one number: what a step takes beside the call of its function is what the harness costs.

A step is the loop's, with picking a batch of one number, a call of a compiled function and progress; the worker tells
the call from the rest. That function computes next to nothing, but it does train, and is proved as every other is.
"""

import numpy as np

from harness.backends import api as K
from harness.workloads.modeling.definition import Edition, Workload
from harness.workloads.modeling.layers import Layer, trainable


class Shift(Layer):
    """x + w: (units) -> (units)."""

    def build(self, shape, rng):
        self.shift = trainable("shift", np.zeros(shape))
        self.weights = (self.shift,)
        return shape

    def call(self, x, training):
        return x + self.shift.variable


class Descent(object):
    """p' = p - lr g. The gradient is kept, so that it can be proved."""

    running_means = None

    def __init__(self, lr):
        self.lr = lr

    def updates(self, weights, gradients):
        """Updates of the kept gradients and the weights."""
        self.running_means = [K.zeros(K.int_shape(weight)) for weight in weights]
        kept = [K.update(mean, gradient) for mean, gradient in zip(self.running_means, gradients)]
        return kept + [K.update_sub(weight, self.lr * gradient) for weight, gradient in zip(weights, gradients)]

    def gradient_norm(self, before, after):
        """The Euclidean norm of g."""
        return float(np.sqrt(np.sum(np.square(after))))


WORKLOAD = Workload(
    data_kind="numbers",
    input_shape=lambda: (1,),
    input_dtype=None,
    inputs=lambda numbers: numbers,
    targets=lambda labels: labels.astype(K.floatx()).reshape(-1, 1),
    loss="squares",
    editions={"2015-12": Edition(lambda: [Shift()], lambda: Descent(lr=0.01), batch_size=1, epochs=5)},
    tolerance={"loss": 1e-5, "gradient_norms": 2e-4, "weight_norms": 1e-4, "change_norms": 1e-4},
)
