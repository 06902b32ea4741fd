"""mnist_mlp in plain Theano."""

from theano import tensor as T
from theano_training import RMSpropStep, Training, classified, one_pass_updates


class Contender(Training):
    """784 - 512 - 512 - 10 with dropout, trained with RMSprop."""

    def __init__(self, weights, x, y, *arguments):
        super(Contender, self).__init__(weights, x, y.argmax(axis=1), *arguments)

    def losses(self, x, labels):
        """(sum of losses, hits) of a batch."""
        w1, b1, w2, b2, w3, b3 = self.parameters
        for kernel, bias in ((w1, b1), (w2, b2)):
            x = self.dropped(T.maximum(0, T.dot(x, kernel) + bias), 0.2)
        return classified(x, w3, b3, labels)

    def updates(self, gradients):
        """One step of RMSprop."""
        return one_pass_updates(RMSpropStep(), self.parameters, gradients)
