"""mnist_mlp by hand in NumPy: forward, backward, RMSprop."""

import numpy as np
from training import Trainer, multiplied, rectify, softmax_crossentropy

LR, RHO, EPSILON = np.float32([0.001, 0.9, 1e-6])
DROPOUT = 0.2


class Contender(Trainer):
    """784 - 512 - 512 - 10."""

    def step(self, x, y):
        """See Trainer.step."""
        kernels, biases = self.trained[::2], self.trained[1::2]
        inputs, kept = [x], []
        for kernel, bias in zip(kernels[:2], biases[:2]):
            hidden = inputs[-1] @ kernel
            hidden += bias
            rectify(hidden)
            kept.append(self.kept(hidden.shape, DROPOUT))
            inputs.append(multiplied(hidden, kept[-1]))
        loss, hits, gradient = softmax_crossentropy(inputs[-1] @ kernels[2] + biases[2], y)
        for layer in (2, 1, 0):
            np.matmul(inputs[layer].T, gradient, out=self.gradients[2 * layer])
            np.sum(gradient, axis=0, out=self.gradients[2 * layer + 1])
            if layer:
                gradient = self.behind(gradient @ kernels[layer].T, inputs[layer], kept[layer - 1])
        return loss, hits

    @staticmethod
    def behind(gradient, output, kept):
        """The gradient before dropout and relu; `output`, which they gave, is positive where both let it through."""
        return np.multiply(multiplied(gradient, kept), output > 0, out=gradient)

    def move(self, weights, gradients, first, second):
        """RMSprop with epsilon inside the root; `first` holds the mean square over 1 - rho, which saves a product."""
        work = np.square(gradients)
        first *= RHO
        first += work
        np.add(first, EPSILON / (1 - RHO), out=work)
        np.sqrt(work, out=work)
        np.divide(gradients, work, out=work)
        work *= LR / np.sqrt(1 - RHO)
        weights -= work
