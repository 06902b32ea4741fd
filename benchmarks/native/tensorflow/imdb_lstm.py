"""imdb_lstm by hand: an unrolled LSTM, its weights' gradients as one product over all times, Adam in one kernel."""

import numpy as np
import tensorflow as tf
from trainer import Trainer

LR, BETA_1, BETA_2, EPSILON = 0.001, 0.9, 0.999, 1e-8
DROPOUT = 0.5
TIMES, UNITS, WORDS = 100, 128, 20000
# hard_sigmoid(x) = clip(0.2 x + 0.5, 0, 1) = relu6(1.2 x + 3) / 6, which has one kernel each way; slope and offset are
# put into the weights once a step, not into the gates at every time. Gates i, f, o, then c.
SLOPE = np.repeat(np.float32([1.2, 1.2, 1.2, 1.0]), UNITS)
OFFSET = np.repeat(np.float32([3.0, 3.0, 3.0, 0.0]), UNITS)


def swapped(array):
    """Gates i, f, c, o as i, f, o, c: those with the same activation lie together. Its own inverse."""
    i, f, third, fourth = np.split(array, 4, axis=-1)
    return np.concatenate([i, f, fourth, third], axis=-1)


def recur(projected, recurrent, size):
    """The LSTM over projected inputs, one (size, 4 units) each time: (last h, h before each time, gates)."""
    h = c = tf.zeros([size, UNITS])
    before, gates = [], []
    for row in projected:
        before.append(h)
        gates.append(row + tf.matmul(h, recurrent))
        opening, g = tf.split(gates[-1], [3 * UNITS, UNITS], axis=1)
        i, f, o = tf.split(tf.nn.relu6(opening) * (1 / 6), 3, axis=1)
        c = f * c + i * tf.tanh(g)
        h = o * tf.tanh(c)
    return h, before, gates


class Contender(Trainer):
    """Embedding, LSTM, dropout, one sigmoid."""

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        super().__init__(self.reordered(weights), x, y, batch_size, dropout, threads, seed)
        with self.graph.as_default():
            self.powers = [self.variable(np.float32(1)) for _ in range(2)]

    @staticmethod
    def reordered(weights):
        """The LSTM's three weights with swapped gates, the others as they are."""
        return [swapped(weight) if 1 <= index <= 3 else weight for index, weight in enumerate(weights)]

    def weights(self):
        """The trained weights."""
        return self.reordered(super().weights())

    def step(self, x, y):
        """See Trainer.step."""
        table, kernel, recurrent, bias, dense, dense_bias = [weight.read_value() for weight in self.trained]
        words = tf.reshape(tf.transpose(x), [-1])  # time by time, so that one time's rows lie together
        embedded = tf.gather(table, words)
        # the inputs' share of the gates as one product for all times
        projected = tf.nn.bias_add(tf.matmul(embedded, kernel * SLOPE), bias * SLOPE + OFFSET)
        last, before, gates = recur(tf.split(projected, TIMES), recurrent * SLOPE, x.shape[0])
        last = tf.nn.dropout(last, DROPOUT) if self.dropout else last
        logits = tf.nn.bias_add(tf.matmul(last, dense), dense_bias)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, logits))
        hits = tf.equal(tf.cast(logits > 0, "float32"), y)
        *gate_gradients, to_dense, to_dense_bias = tf.gradients(loss, gates + [dense, dense_bias])
        inner = self.inner_gradients(words, embedded, kernel, before, gate_gradients)
        return loss, hits, inner + [to_dense, to_dense_bias]

    @staticmethod
    def inner_gradients(words, embedded, kernel, before, gate_gradients):
        """Gradients of table, kernel, recurrent kernel and bias, from those of the gates.

        One product over all times each, where differentiating the loop would add up one product of every time.
        """
        gate_gradients = tf.concat(gate_gradients, axis=0)
        to_kernel = tf.matmul(embedded, gate_gradients, transpose_a=True) * SLOPE
        to_recurrent = tf.matmul(tf.concat(before, axis=0), gate_gradients, transpose_a=True) * SLOPE
        # BiasAddGrad sums rows on all threads, reduce_sum on one
        to_bias = tf.raw_ops.BiasAddGrad(out_backprop=gate_gradients) * SLOPE
        to_embedded = tf.matmul(gate_gradients, kernel * SLOPE, transpose_b=True)
        # dense, so that the moments of all words decay at every step
        to_table = tf.math.unsorted_segment_sum(to_embedded, words, WORDS)
        return [to_table, to_kernel, to_recurrent, to_bias]

    def updates(self, gradients):
        """Adam; the kernel corrects the learning rate by the powers of both betas."""
        powers = [power.assign(power * beta) for power, beta in zip(self.powers, (BETA_1, BETA_2))]
        return [
            tf.raw_ops.ResourceApplyAdam(
                var=weight.handle,
                m=m.handle,
                v=v.handle,
                beta1_power=powers[0],
                beta2_power=powers[1],
                lr=LR,
                beta1=BETA_1,
                beta2=BETA_2,
                epsilon=EPSILON,
                grad=gradient,
            )
            for weight, (m, v), gradient in zip(self.trained, self.slots, gradients)
        ]
