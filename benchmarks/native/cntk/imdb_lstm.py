"""imdb_lstm in CNTK: an embedding, a recurrence over the sequence axis, dropout and one sigmoid."""

import cntk as C
import numpy as np
from sweep import Sweep, mean, momentum, parameter, rate

UNITS = 128
GATES = 4  # i, f, c, o
CELL = 2  # the gate with tanh; the other three have hard_sigmoid


def adam(parameters):
    """CNTK's own Adam; with unit gain m' = b1 m + (1 - b1) g, and every row of the table moves at every step."""
    return C.adam(parameters, rate(0.001), momentum(0.9), True, momentum(0.999), epsilon=1e-8)


class LSTM(object):
    """The recurrence; every gate has parameters of its own: slices of products would be copied at every time."""

    def __init__(self, kernel, recurrent, bias):
        self.weights = [[parameter(part) for part in np.split(w, GATES, axis=-1)] for w in (kernel, recurrent, bias)]

    def canonical(self):
        """Kernel, recurrent kernel and bias with the gates along the last axis."""
        return [np.concatenate([part.value for part in parts], axis=-1) for parts in self.weights]

    def last(self, x):
        """The last output for sequences x: i, f, o = hard_sigmoid(x W + h U + b); c' = f c + i tanh(...)."""
        states = [C.placeholder(UNITS, dynamic_axes=x.dynamic_axes) for _ in range(2)]
        h, c = (C.sequence.past_value(state) for state in states)
        gates = [self._gate(index, x, h) for index in range(GATES)]
        new_c = gates[1] * c + gates[0] * gates[CELL]
        new_h = gates[3] * C.tanh(new_c)
        loop = new_h.replace_placeholders(dict(zip(states, (new_h.output, new_c.output))))
        return C.sequence.last(loop)

    def _gate(self, index, x, h):
        """A gate; hard_sigmoid's 0.2 a + 0.5 is computed on the weights, once a step, and only its clip at each time.

        The product with x lies outside the loop: one for all times.
        """
        kernel, recurrent, bias = (parts[index] for parts in self.weights)
        if index == CELL:
            return C.tanh(C.times(x, kernel) + bias + C.times(h, recurrent))
        product = C.times(x, 0.2 * kernel) + (0.2 * bias + 0.5)
        return C.clip(product + C.times(h, 0.2 * recurrent), 0.0, 1.0)


class Contender(object):
    """The model with its trainer."""

    layout = "th"

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        self.sweep = Sweep(x, y, batch_size)
        self.table, self.kernel, self.bias = (parameter(weights[index]) for index in (0, 4, 5))
        self.lstm = LSTM(*weights[1:4])
        h = self.lstm.last(C.to_sequence(C.gather(self.table, self.sweep.x)))
        h = C.dropout(h, 0.5, seed=seed) if dropout else h
        logits = C.times(h, self.kernel) + self.bias
        loss = C.log_add_exp(logits, 0.0) - logits * self.sweep.y  # cross-entropy of the sigmoid
        hits = C.equal(C.greater(logits, 0.0), self.sweep.y)
        self.sweep.trainer = C.Trainer(None, (mean(loss), mean(hits)), [adam(list(loss.parameters))])

    def epoch(self, order):
        """Trains on batches in this order; (loss, accuracy), means over the samples."""
        loss, accuracy = self.sweep.epoch(order)
        return float(loss), float(accuracy)

    def weights(self):
        """The trained weights."""
        return [self.table.value] + self.lstm.canonical() + [self.kernel.value, self.bias.value]
