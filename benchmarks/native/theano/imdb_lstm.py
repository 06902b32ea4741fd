"""imdb_lstm in plain Theano, with the recurrent layer's gradient written by hand."""

import numpy as np
import theano
from theano import tensor as T
from theano_training import AdamStep, Training, one_pass_updates, shared

UNITS = 128


def hard_sigmoid(x):
    """clip(0.2 x + 0.5, 0, 1)."""
    return T.clip(np.float32(0.2) * x + np.float32(0.5), np.float32(0), np.float32(1))


def derivative(opening):
    """The derivative of hard_sigmoid, in terms of its result."""
    return T.switch((opening > 0) & (opening < 1), np.float32(0.2), np.float32(0))


def forward_step(xi, xf, xg, xo, h, c, ui, uf, ug, uo):
    """One time: projected inputs and states to the new states and all that `backward_step` needs."""
    i, f, o = hard_sigmoid(xi + T.dot(h, ui)), hard_sigmoid(xf + T.dot(h, uf)), hard_sigmoid(xo + T.dot(h, uo))
    g = T.tanh(xg + T.dot(h, ug))
    c = f * c + i * g
    squashed = T.tanh(c)
    return o * squashed, c, i, f, g, o, squashed


def backward_step(i, f, g, o, squashed, earlier_c, dh, dc, ui, uf, ug, uo):
    """One time: gradients of the states after it to those before it and those of the four gates."""
    dc = dc + dh * o * (1 - T.sqr(squashed))
    di, df = dc * g * derivative(i), dc * earlier_c * derivative(f)
    dg, do = dc * i * (1 - T.sqr(g)), dh * squashed * derivative(o)
    return T.dot(di, ui.T) + T.dot(df, uf.T) + T.dot(dg, ug.T) + T.dot(do, uo.T), dc * f, di, df, dg, do


def flat(sequence):
    """(time, batch, units) as (time x batch, units)."""
    return sequence.reshape((-1, UNITS), ndim=2)


class Contender(Training):
    """Embedding, LSTM over 100 words, dropout and one sigmoid, trained with Adam.

    Each gate has its own matrices: then all that the elementwise operations read and write lies in one piece, and they
    are vectorised. The gradient by hand uses what the forward loop kept; Theano's own would compute all of it again.
    """

    def __init__(self, weights, *arguments):
        table, kernel, recurrent, bias, w, b = weights
        gates = [gate for weight in (kernel, recurrent, bias) for gate in np.split(weight, 4, axis=-1)]
        super(Contender, self).__init__([table] + gates + [w, b], *arguments)

    def losses(self, words, y):
        """(sum of losses, hits) of a batch."""
        self.words, (w, b) = words, self.parameters[13:]
        self.forward(words.T)
        logits = T.dot(self.dropped(self.last, 0.5), w) + b
        loss = T.nnet.softplus(logits) - y * logits
        return loss.sum(), T.eq(T.gt(logits, 0), y).sum()

    def forward(self, words):
        """Sets the states of all times, `kept` for the backward pass, and the last output."""
        table, kernels, recurrents, biases = self.layers()
        x = table[words.flatten()]
        projected = [
            (T.dot(x, kernel) + bias).reshape((words.shape[0], words.shape[1], UNITS))
            for kernel, bias in zip(kernels, biases)
        ]
        self.nothing = T.zeros((words.shape[1], UNITS), dtype="float32")
        states = [self.nothing, self.nothing] + [None] * 5
        (self.h, self.c), self.kept = self.scanned(forward_step, projected, states, recurrents)
        self.last = self.h[-1]

    def layers(self):
        """The table and, by gate, kernels, recurrent kernels and biases."""
        return self.parameters[0], self.parameters[1:5], self.parameters[5:9], self.parameters[9:13]

    def scanned(self, step, sequences, states, recurrents, **options):
        """theano.scan: the two states and the rest, of all times."""
        found, _ = theano.scan(step, sequences, states, recurrents, strict=True, **options)
        return found[:2], found[2:]

    def gradients(self, loss):
        """Gradients of all parameters."""
        dlast, dw, db = T.grad(loss, [self.last] + self.parameters[13:])
        table, kernels, recurrents, _ = self.layers()
        earlier_c = T.concatenate([self.nothing.dimshuffle("x", 0, 1), self.c[:-1]])
        states = [dlast, self.nothing] + [None] * 4
        _, gate_gradients = self.scanned(backward_step, self.kept + [earlier_c], states, recurrents, go_backwards=True)
        words = self.words.T[::-1].flatten()  # last time first, as the gradients are
        x, earlier_h = table[words], flat(self.h[:-1][::-1])
        dx = sum(T.dot(flat(each), kernel.T) for each, kernel in zip(gate_gradients, kernels))
        dtable = T.inc_subtensor(T.zeros_like(table)[words], dx)
        dkernels = [T.dot(x.T, flat(each)) for each in gate_gradients]
        drecurrents = [T.dot(earlier_h.T, flat(each[:-1])) for each in gate_gradients]
        # a product with ones: many times as fast as Theano's sum over rows, which runs down the columns
        dbiases = [T.dot(T.ones_like(words, dtype="float32"), flat(each)) for each in gate_gradients]
        return [dtable] + dkernels + drecurrents + dbiases + [dw, db]

    def updates(self, gradients):
        """One step of Adam."""
        t = shared(0)
        new_t = t + np.float32(1)
        rate = np.float32(0.001) * T.sqrt(1 - np.float32(0.999) ** new_t) / (1 - np.float32(0.9) ** new_t)
        return [(t, new_t)] + one_pass_updates(AdamStep(), self.parameters, gradients, rate)

    def weights(self):
        """The trained weights."""
        trained = super(Contender, self).weights()
        joined = [np.concatenate(trained[begin : begin + 4], axis=-1) for begin in (1, 5, 9)]
        return trained[:1] + joined + trained[13:]
