"""What the three models share: an epoch of steps over data that CNTK holds, and how learners take their numbers."""

import cntk as C
import numpy as np


def rate(value):
    """A learning rate for gradients of a mean.

    The loss is a mean already. A reference size of 1 tells the learner so; otherwise it would divide all gradients by
    the batch size once more, in a pass of its own, or the rate.
    """
    return C.learning_parameter_schedule(value, minibatch_size=1)


def momentum(value):
    """A factor of decay per batch, whatever its size."""
    return C.momentum_schedule(value, minibatch_size=C.learners.IGNORE)


def parameter(weight):
    """A trainable parameter that starts as an array."""
    return C.Parameter(init=np.ascontiguousarray(weight, dtype=np.float32))


def mean(node):
    """The mean over a batch."""
    return C.reduce_mean(node, axis=C.Axis.all_axes())


class Sweep(object):
    """Rows of `x` and `y`, picked within the graph; once `trainer` is set, epochs of steps over them.

    A batch is fed as its indices alone: the arrays are constants, and no row passes through Python.

    Attributes
    ----------
    x, y : nodes, the rows of one sample
    trainer : Trainer of two means over a batch
    """

    def __init__(self, x, y, batch_size):
        self.batch_size, self.trainer = batch_size, None
        self.index = C.input_variable(())
        self.x, self.y = (self._rows(array) for array in (x, y))

    def _rows(self, array):
        return C.gather(C.Constant(np.ascontiguousarray(array, dtype=np.float32)), self.index)

    def epoch(self, order):
        """Trains on batches in this order; both means over all samples."""
        places = np.asarray(order, dtype=np.float32)
        batches = [places[begin : begin + self.batch_size] for begin in range(0, len(places), self.batch_size)]
        sums = np.sum([len(batch) * self._step(batch) for batch in batches], axis=0)
        return sums / len(places)

    def _step(self, batch):
        """One step; both means. The trainer takes them for sums, and divides by the batch size."""
        trainer = self.trainer
        trainer.train_minibatch({self.index: batch})
        scores = (trainer.previous_minibatch_loss_average, trainer.previous_minibatch_evaluation_average)
        return len(batch) * np.array(scores)
