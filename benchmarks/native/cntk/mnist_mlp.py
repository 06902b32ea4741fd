"""mnist_mlp in CNTK: 784 - 512 - 512 - 10 with dropout."""

import cntk as C
import numpy as np
from sweep import Sweep, mean, parameter, rate

NEXT_TO_ONE = 1.0 - 1e-7  # the nearest that rmsprop takes to a factor of 1, of which it is half a rounding away


def rmsprop(parameters):
    """CNTK's own RMSprop as p' = p - lr g / sqrt(a' + 1e-6), a' = rho a + (1 - rho) g^2, a = 0 at first.

    It is one pass over each parameter, where a universal learner makes one for each operation. Its 1e-6 is fixed. Its
    steps of their own for each element are held at 1 by their bounds. It starts a' as g^2, so its first g is 0.
    """
    learner = C.rmsprop(
        parameters,
        rate(0.001),
        gamma=0.9,
        inc=2.0 - NEXT_TO_ONE,
        dec=NEXT_TO_ONE,
        max=1.0,
        min=NEXT_TO_ONE,
        need_ave_multiplier=False,
    )
    nothing = {each: C.NDArrayView.from_dense(np.zeros(each.shape, dtype=np.float32)) for each in parameters}
    learner.update(nothing, 1)
    return learner


class Contender(object):
    """The model with its trainer."""

    layout = "th"

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        self.parameters = [parameter(weight) for weight in weights]
        self.sweep = Sweep(x, y, batch_size)
        logits = self._logits(self.sweep.x, 0.2 if dropout else 0.0, seed)
        loss = C.cross_entropy_with_softmax(logits, self.sweep.y)
        misses = C.classification_error(logits, self.sweep.y)
        self.sweep.trainer = C.Trainer(None, (mean(loss), mean(misses)), [rmsprop(self.parameters)])

    def _logits(self, x, level, seed):
        layers = list(zip(self.parameters[::2], self.parameters[1::2]))
        for place, (kernel, bias) in enumerate(layers[:-1]):
            x = C.relu(C.times(x, kernel) + bias)
            x = C.dropout(x, level, seed=seed + place) if level else x
        kernel, bias = layers[-1]
        return C.times(x, kernel) + bias

    def epoch(self, order):
        """Trains on batches in this order; (loss, accuracy), means over the samples."""
        loss, misses = self.sweep.epoch(order)
        return float(loss), float(1.0 - misses)

    def weights(self):
        """The trained weights."""
        return [each.value for each in self.parameters]
