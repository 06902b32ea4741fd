"""mnist_cnn in CNTK: two convolutions, max pooling and two dense layers with dropout."""

import cntk as C
from sweep import Sweep, mean, parameter, rate


def adadelta(parameters):
    """CNTK's own Adadelta, whose formula is Zeiler's."""
    return C.adadelta(parameters, rate(1.0), rho=0.95, epsilon=1e-6)


def convolution(x, kernel, same):
    """Cross-correlation in the channels-first layout; same: padded by one on all sides, as MKL takes it."""
    return C.convolution(kernel, x, auto_padding=[False, same, same])


def rectified(x, bias):
    """relu of channels plus bias."""
    return C.relu(x + C.reshape(bias, (-1, 1, 1)))


def dense(x, kernel, bias):
    """x W + b."""
    return C.times(x, kernel) + bias


class Contender(object):
    """The model with its trainer."""

    layout = "th"

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        self.parameters = [parameter(weight) for weight in weights]
        self.dropout, self.seed = dropout, seed
        self.sweep = Sweep(x, y, batch_size)
        logits = self._logits(self.sweep.x)
        loss = C.cross_entropy_with_softmax(logits, self.sweep.y)
        misses = C.classification_error(logits, self.sweep.y)
        self.sweep.trainer = C.Trainer(None, (mean(loss), mean(misses)), [adadelta(self.parameters)])

    def _logits(self, x):
        first, second, third, fourth = zip(self.parameters[::2], self.parameters[1::2])
        x = rectified(convolution(x, first[0], same=True), first[1])
        # bias and relu keep the order of numbers: behind the pooling they have a quarter of the elements
        x = C.pooling(convolution(x, second[0], same=False), C.MAX_POOLING, (2, 2), (2, 2))
        x = rectified(x, second[1])
        x = C.reshape(self._dropped(x, 0.25), -1)  # (channels, height, width)
        return dense(self._dropped(C.relu(dense(x, *third)), 0.5), *fourth)

    def _dropped(self, x, level):
        """Dropout; each has a seed of its own."""
        self.seed += 1
        return C.dropout(x, level, seed=self.seed) if self.dropout else x

    def epoch(self, order):
        """Trains on batches in this order; (loss, accuracy), means over the samples."""
        loss, misses = self.sweep.epoch(order)
        return float(loss), float(1.0 - misses)

    def weights(self):
        """The trained weights."""
        return [each.value for each in self.parameters]
