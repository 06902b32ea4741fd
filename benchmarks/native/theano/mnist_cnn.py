"""mnist_cnn in plain Theano."""

from theano import tensor as T
from theano.tensor.nnet import conv2d
from theano_training import AdadeltaStep, Training, classified, one_pass_updates


def largest(x):
    """The largest of each 2 x 2 window; T.maximum sends the gradient of equal ones to the first, unlike pool_2d."""
    upper, lower = x[:, :, ::2], x[:, :, 1::2]
    return T.maximum(
        T.maximum(upper[:, :, :, ::2], upper[:, :, :, 1::2]), T.maximum(lower[:, :, :, ::2], lower[:, :, :, 1::2])
    )


class Contender(Training):
    """Two convolutions, max pooling and two dense layers with dropout, trained with Adadelta."""

    def __init__(self, weights, x, y, *arguments):
        super(Contender, self).__init__(weights, x, y.argmax(axis=1), *arguments)

    def losses(self, x, labels):
        """(sum of losses, hits) of a batch."""
        k1, c1, k2, c2, w1, b1, w2, b2 = self.parameters
        x = conv2d(x, k1, (None, 1, 28, 28), (32, 1, 3, 3), border_mode=(1, 1), filter_flip=False)
        x = T.maximum(0, x + c1.dimshuffle("x", 0, "x", "x"))
        x = conv2d(x, k2, (None, 32, 28, 28), (32, 32, 3, 3), border_mode="valid", filter_flip=False)
        # bias and relu never change an order: behind the pooling they have a quarter of the elements to go over
        x = T.maximum(0, largest(x) + c2.dimshuffle("x", 0, "x", "x"))
        x = self.dropped(x, 0.25).flatten(2)
        x = self.dropped(T.maximum(0, T.dot(x, w1) + b1), 0.5)
        return classified(x, w2, b2, labels)

    def updates(self, gradients):
        """One step of Adadelta."""
        return one_pass_updates(AdadeltaStep(), self.parameters, gradients)
