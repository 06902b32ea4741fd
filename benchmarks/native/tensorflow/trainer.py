"""What the three models share: the graph, the session, the data inside it, and epochs of training steps."""

import numpy as np
import tensorflow as tf

from harness.backends.engines.tensorflow import session


class Trainer(object):
    """A model in a graph of its own; a subclass says what a step computes and how it updates the weights.

    Attributes
    ----------
    trained : list of tf.Variable, the weights in the model's own layout
    slots : for each weight the list of its optimizer's accumulators
    """

    layout = "tf"
    accumulators = 2

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        self.batch_size, self.dropout = batch_size, dropout
        self.graph = tf.Graph()
        self.session = tf.compat.v1.Session(graph=self.graph, config=self.config(threads))
        self.steps = {}  # batch size -> callable
        with self.graph.as_default():
            tf.random.set_seed(seed)
            # The data is kept in the graph, and batches are gathered there by all threads: nothing else is fed.
            self.x, self.y = self.variable(x), self.variable(y)
            self.trained = [self.variable(np.asarray(weight, "float32")) for weight in weights]
            self.slots = [[self.zeros(weight) for _ in range(self.accumulators)] for weight in weights]

    @staticmethod
    def config(threads):
        """The session's options."""
        config = session.session_config(session.target_of("cpu"), threads)
        # One operation at a time anyway: an order fixed once saves finding out what is ready,
        # about a tenth of imdb_lstm.
        config.experimental.executor_type = "SINGLE_THREADED_EXECUTOR"
        return config

    def variable(self, value):
        """A variable of the session that holds `value`."""
        fed = tf.compat.v1.placeholder(value.dtype, value.shape)
        variable = tf.Variable(fed)
        self.session.run(variable.initializer, {fed: value})
        return variable

    def zeros(self, like):
        """A variable of zeros."""
        return self.variable(np.zeros(np.shape(like), "float32"))

    def step(self, x, y):
        """(loss, hits, gradients) of a batch: its mean loss, which rows were right, and of each weight the gradient."""
        raise NotImplementedError

    def updates(self, gradients):
        """The operations that move the weights and their accumulators."""
        raise NotImplementedError

    def compile(self, size):
        """The session's callable for batches of one size: indices -> [[mean loss, mean accuracy]].

        One for each size: where all sizes are known, gradients need no look at run time at what was broadcast.
        """
        with self.graph.as_default():
            picked = tf.compat.v1.placeholder("int64", (size,))
            loss, hits, gradients = self.step(tf.gather(self.x, picked), tf.gather(self.y, picked))
            accuracy = tf.reduce_mean(tf.cast(hits, "float32"))
            with tf.control_dependencies(self.updates(gradients)):
                scores = tf.stack([loss, accuracy])
        return session.make_callable(self.session, [picked], [scores])

    def epoch(self, order):
        """Trains on the samples in this order; (loss, accuracy), means over the samples."""
        total = np.zeros(2)
        for begin in range(0, len(order), self.batch_size):
            picked = order[begin : begin + self.batch_size]
            if len(picked) not in self.steps:
                self.steps[len(picked)] = self.compile(len(picked))
            total += self.steps[len(picked)](picked)[0] * np.float64(len(picked))
        return tuple((total / len(order)).tolist())

    def weights(self):
        """The trained weights."""
        return self.session.run(self.trained)
