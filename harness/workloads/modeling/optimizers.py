"""Optimizers: `updates(weights, gradients)` gives the list of K updates of one training step.

g is the gradient, p the weight; accumulators start at 0. Formulas: facts of the editions, see docs/design/workloads.md.
Once the updates are made, `running_means` are the variables, one for each weight, that a step adds the gradient to, and
`gradient_norm(before, after)` tells from their values before and after a step how long the gradient was.
"""

import numpy as np

from harness.backends import api as K


def _accumulators(weights):
    return [K.zeros(K.int_shape(weight)) for weight in weights]


def _added(before, after, rho):
    """x of every element, where after = rho before + (1 - rho) x."""
    return (after - rho * before) / (1.0 - rho)


class MeanSquare(object):
    """An optimizer that keeps a running mean of g^2 with decay `rho`."""

    running_means = rho = None

    def gradient_norm(self, before, after):
        """The Euclidean norm of g."""
        return float(np.sqrt(np.sum(_added(before, after, self.rho))))


class RMSprop(MeanSquare):
    """a' = rho a + (1 - rho) g^2; p' = p - lr g / sqrt(a' + epsilon): epsilon inside the root, as in 2015."""

    def __init__(self, lr, rho, epsilon):
        self.lr, self.rho, self.epsilon = lr, rho, epsilon

    def updates(self, weights, gradients):
        """Updates of the accumulators and the weights."""
        updates, self.running_means = [], _accumulators(weights)
        for p, g, a in zip(weights, gradients, self.running_means):
            new_a = self.rho * a + (1.0 - self.rho) * K.square(g)
            updates += [K.update(a, new_a), K.update_sub(p, self.lr * g / K.sqrt(new_a + self.epsilon))]
        return updates


class Adadelta(MeanSquare):
    """a' = rho a + (1 - rho) g^2; u = g sqrt(d + epsilon) / sqrt(a' + epsilon); p' = p - lr u.

    d' = rho d + (1 - rho) u^2. [M. D. Zeiler, arXiv 1212.5701]
    """

    def __init__(self, lr, rho, epsilon):
        self.lr, self.rho, self.epsilon = lr, rho, epsilon

    def updates(self, weights, gradients):
        """Updates of both accumulators and the weights."""
        updates, self.running_means = [], _accumulators(weights)
        for p, g, a, d in zip(weights, gradients, self.running_means, _accumulators(weights)):
            new_a = self.rho * a + (1.0 - self.rho) * K.square(g)
            u = g * K.sqrt(d + self.epsilon) / K.sqrt(new_a + self.epsilon)
            new_d = self.rho * d + (1.0 - self.rho) * K.square(u)
            updates += [K.update(a, new_a), K.update_sub(p, self.lr * u), K.update(d, new_d)]
        return updates


class Adam(object):
    """m' = b1 m + (1 - b1) g; v' = b2 v + (1 - b2) g^2; p' = p - lr_t m' / (sqrt(v') + epsilon).

    lr_t = lr sqrt(1 - b2^t) / (1 - b1^t), t = 1, 2, ... [D. Kingma, J. Ba, arXiv 1412.6980]
    """

    running_means = None

    def __init__(self, lr, beta_1, beta_2, epsilon):
        self.lr, self.beta_1, self.beta_2, self.epsilon = lr, beta_1, beta_2, epsilon

    def updates(self, weights, gradients):
        """Updates of the step count, both moments and the weights."""
        iterations = K.variable(np.zeros(()), name="iterations")
        t = iterations + 1.0
        lr_t = self.lr * K.sqrt(1.0 - K.pow(self.beta_2, t)) / (1.0 - K.pow(self.beta_1, t))
        updates, self.running_means = [K.update(iterations, t)], _accumulators(weights)
        for p, g, m, v in zip(weights, gradients, self.running_means, _accumulators(weights)):
            new_m = self.beta_1 * m + (1.0 - self.beta_1) * g
            new_v = self.beta_2 * v + (1.0 - self.beta_2) * K.square(g)
            step = lr_t * new_m / (K.sqrt(new_v) + self.epsilon)
            updates += [K.update(m, new_m), K.update(v, new_v), K.update_sub(p, step)]
        return updates

    def gradient_norm(self, before, after):
        """The Euclidean norm of g, from the first moments."""
        return float(np.sqrt(np.sum(np.square(_added(before, after, self.beta_1)))))
