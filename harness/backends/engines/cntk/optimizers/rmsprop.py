"""RMSprop by CNTK's Adam, which knows no epsilon within the root: a step of its own brings it there.

Without momentum Adam keeps v' = b v + (1 - b) g^2 and moves the weight by rate g / sqrt(v'). RMSprop moves it by
lr g / sqrt(a' + epsilon), a' = rho a + (1 - rho) g^2. Two steps of Adam make one of RMSprop, v being s (a + epsilon):

    with rate 0 and the same gradient c for every element     v1 = b v + (1 - b) c^2
    with the gradient g and the rate sqrt(s) lr               v2 = b v1 + (1 - b) g^2

where b = sqrt(rho), s = (1 - b) / (1 - rho), and c^2 = epsilon / b makes up for what decays of epsilon. Each is one
pass over the weight, where a graph makes nine.
"""

import cntk as C
import numpy as np

from harness.backends.engines.cntk.optimizers.learners import NO_RATE, Learned, adam

TINY = 1e-30  # Adam's own epsilon


class RMSprop(Learned):
    """A weight that Adam trains by RMSprop; for what is not said here see Learned.

    Attributes
    ----------
    epsilon, decay, scale : float      epsilon, b as float32 has it, s
    constant : CNTK array              c for every element
    """

    order = (0,)

    def __init__(self, step, parameter, starts):
        rho, self.epsilon = step.numbers["rho"], step.numbers["epsilon"]
        self.decay = float(np.float32(np.sqrt(rho)))
        self.scale = (1.0 - self.decay) / (1.0 - rho)
        lost = self.scale * self.epsilon * (1.0 - self.decay**2)  # of s epsilon, in a step of RMSprop
        self.constant = _filled(parameter.shape, np.sqrt(lost / (self.decay * (1.0 - self.decay))))
        super(RMSprop, self).__init__(step, parameter, starts)

    @staticmethod
    def computes(numbers):
        return 0.0 < numbers["rho"] < 1.0

    def _renew(self):
        super(RMSprop, self)._renew()
        first = np.sqrt(self.scale * self.epsilon / (1.0 - self.decay))
        super(RMSprop, self).advance(_filled(self.parameter.shape, first), NO_RATE)

    def _made(self):
        return adam(self.parameter, 0.0, self.decay, TINY)

    def _correction(self):
        return 1.0 / np.sqrt(1.0 - self.decay**self.steps)

    def advance(self, gradient, lr):
        super(RMSprop, self).advance(self.constant, NO_RATE)
        super(RMSprop, self).advance(gradient, np.sqrt(self.scale) * lr)

    def _kept_for(self, value):
        return self.scale * (value + self.epsilon)

    def _value_of(self, kept):
        return np.maximum(kept / self.scale - self.epsilon, 0.0)


def _filled(shape, number):
    return C.NDArrayView.from_dense(np.full(shape, number, dtype=np.float32))
