"""imdb_lstm by hand in NumPy: one product for all inputs, a loop over the times, Adam."""

import numpy as np
from training import Trainer, multiplied

LR, BETA_1, BETA_2, EPSILON = 0.001, 0.9, 0.999, 1e-8
DROPOUT = 0.5
TIMES, UNITS = 100, 128
# hard_sigmoid(x) = clip(0.2 x + 0.5, 0, 1): slope and offset are put into the weights once a step. Gates o, i, f, c.
SLOPE = np.repeat(np.float32([0.2, 0.2, 0.2, 1.0]), UNITS)
OFFSET = np.repeat(np.float32([0.5, 0.5, 0.5, 0.0]), UNITS)
OUT, IN, FORGET, CELL = (slice(gate * UNITS, (gate + 1) * UNITS) for gate in range(4))
OPENING = slice(0, 3 * UNITS)  # the gates with hard_sigmoid


def reordered(weights, order):
    """The LSTM's three weights with their gates in this order, the others as they are."""
    return [
        np.concatenate([np.split(weight, 4, axis=-1)[gate] for gate in order], axis=-1) if 1 <= index <= 3 else weight
        for index, weight in enumerate(weights)
    ]


def recur(gates, recurrent):
    """Runs the LSTM over `gates` (time, batch, 4 units), the inputs' share, and puts the gates' activations there.

    Returns h before and behind all times (time + 1, ...), c likewise, tanh(c), and where hard_sigmoid is not cut off.
    """
    times, size = gates.shape[:2]
    h, c = (np.zeros((times + 1, size, UNITS), "float32") for _ in range(2))
    bent, inside = np.empty((times, size, UNITS), "float32"), np.empty((times, size, 3 * UNITS), bool)
    for time, gate in enumerate(gates):
        gate += h[time] @ recurrent
        opening = np.maximum(np.minimum(gate[:, OPENING], 1), 0)
        np.equal(opening, gate[:, OPENING], out=inside[time])
        gate[:, OPENING] = opening
        np.tanh(gate[:, CELL], out=gate[:, CELL])
        np.multiply(gate[:, FORGET], c[time], out=c[time + 1])
        c[time + 1] += gate[:, IN] * gate[:, CELL]
        np.tanh(c[time + 1], out=bent[time])
        np.multiply(gate[:, OUT], bent[time], out=h[time + 1])
    return h, c, bent, inside


def backward(to_h, gates, recurrent, c, bent, inside):
    """Gradients of what the activations in `gates` were computed from, given that of the last h."""
    gradients, to_c, back = np.empty_like(gates), np.zeros_like(to_h), np.ascontiguousarray(recurrent.T)
    for time in range(len(gates) - 1, -1, -1):
        gate, gradient = gates[time], gradients[time]
        to_c += to_h * gate[:, OUT] * (1 - np.square(bent[time]))
        np.multiply(to_h, bent[time], out=gradient[:, OUT])
        np.multiply(to_c, gate[:, CELL], out=gradient[:, IN])
        np.multiply(to_c, c[time], out=gradient[:, FORGET])
        gradient[:, OPENING] *= inside[time]
        np.multiply(to_c * gate[:, IN], 1 - np.square(gate[:, CELL]), out=gradient[:, CELL])
        to_c *= gate[:, FORGET]
        to_h = gradient @ back
    return gradients


class Contender(Trainer):
    """Embedding, LSTM, dropout, one sigmoid."""

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        super().__init__(reordered(weights, (3, 0, 1, 2)), x, y, batch_size, dropout, threads, seed)
        self.steps = 0
        self.touched = np.array([], int)  # rows of the table whose gradient is not 0

    def weights(self):
        """The trained weights."""
        return reordered(super().weights(), (1, 2, 3, 0))

    def step(self, x, y):
        """See Trainer.step."""
        table, kernel, recurrent, bias = self.trained[:4]
        words = x.T.ravel()  # time by time, so that one time's rows lie together
        embedded = table[words]
        gates = embedded @ (kernel * SLOPE)
        gates += bias * SLOPE + OFFSET
        gates = gates.reshape(TIMES, len(x), -1)
        h, *tape = recur(gates, recurrent * SLOPE)
        loss, hits, to_last = self.dense(h[-1], y)
        gradients = backward(to_last, gates, recurrent * SLOPE, *tape).reshape(len(words), -1)
        self.fill(words, embedded, h[:-1].reshape(len(words), -1), gradients)
        return loss, hits

    def dense(self, last, y):
        """(loss, hits, gradient of `last`) of the dropout and the sigmoid; fills the dense layer's gradients."""
        dense, dense_bias = self.trained[4:]
        kept = self.kept(last.shape, DROPOUT)
        last = multiplied(last.copy(), kept)
        logits = last @ dense + dense_bias
        tails = np.exp(-np.abs(logits))
        loss = np.mean(np.maximum(logits, 0) - logits * y + np.log1p(tails))
        gradient = (np.where(logits >= 0, 1, tails) / (1 + tails) - y) * np.float32(1 / len(y))
        self.gradients[4][...], self.gradients[5][...] = last.T @ gradient, gradient.sum(axis=0)
        return loss, np.count_nonzero((logits > 0) == y), multiplied(gradient @ dense.T, kept)

    def fill(self, words, embedded, before, gradients):
        """The gradients of table, kernel, recurrent kernel and bias, from those of the gates."""
        np.multiply(embedded.T @ gradients, SLOPE, out=self.gradients[1])
        np.multiply(before.T @ gradients, SLOPE, out=self.gradients[2])
        np.multiply(gradients.sum(axis=0), SLOPE, out=self.gradients[3])
        rows = gradients @ (self.trained[1] * SLOPE).T
        # sums of the rows of equal words, which np.add.at would make one element at a time
        order = np.argsort(words, kind="stable")
        self.gradients[0][self.touched] = 0
        self.touched, begins = np.unique(words[order], return_index=True)
        self.gradients[0][self.touched] = np.add.reduceat(rows[order], begins, axis=0)

    def update(self):
        """See Trainer.update; learning rate and epsilon for the scaled moments of `move`."""
        self.steps += 1
        root = np.sqrt(1 - BETA_2)
        rate = LR * np.sqrt(1 - BETA_2**self.steps) / (1 - BETA_1**self.steps)
        self.rate, self.epsilon = np.float32(rate * (1 - BETA_1) / root), np.float32(EPSILON / root)
        super().update()

    def move(self, weights, gradients, first, second):
        """Adam; both moments are held over 1 - beta, which saves a product each."""
        work = np.square(gradients)
        first *= np.float32(BETA_1)
        first += gradients
        second *= np.float32(BETA_2)
        second += work
        np.sqrt(second, out=work)
        work += self.epsilon
        np.divide(first, work, out=work)
        work *= self.rate
        weights -= work
