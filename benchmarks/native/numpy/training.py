"""What the three models share: all weights in one array, epochs, dropout, and losses with their gradients."""

import numpy as np

# Weights are updated piece by piece, so that all that a piece's formula touches stays in the processor's cache.
PIECE = 16384


class Trainer(object):
    """Weights, gradients and two accumulators as flat arrays, and views of the first two in the layers' shapes."""

    layout = "tf"

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        self.x, self.y, self.batch_size, self.dropout = x, y, batch_size, dropout
        self.rng = np.random.Generator(np.random.SFC64(seed))  # the fastest of NumPy's generators
        shapes = [weight.shape for weight in weights]
        self.flat = np.concatenate([weight.ravel() for weight in weights]).astype("float32")
        self.flat_gradients, self.first, self.second = (np.zeros_like(self.flat) for _ in range(3))
        self.trained, self.gradients = views(self.flat, shapes), views(self.flat_gradients, shapes)

    def step(self, x, y):
        """(mean loss, number of hits) of a batch; fills `gradients`."""
        raise NotImplementedError

    def move(self, weights, gradients, first, second):
        """Updates a piece of the weights and the accumulators, all four flat."""
        raise NotImplementedError

    def update(self):
        """One step of the optimizer."""
        for begin in range(0, len(self.flat), PIECE):
            piece = slice(begin, begin + PIECE)
            self.move(self.flat[piece], self.flat_gradients[piece], self.first[piece], self.second[piece])

    def epoch(self, order):
        """Trains on the samples in this order; (loss, accuracy), means over the samples."""
        loss = hits = 0.0
        for begin in range(0, len(order), self.batch_size):
            picked = order[begin : begin + self.batch_size]
            mean, right = self.step(self.x[picked], self.y[picked])
            self.update()
            loss, hits = loss + float(mean) * len(picked), hits + float(right)
        return loss / len(order), hits / len(order)

    def weights(self):
        """The trained weights."""
        return [weight.copy() for weight in self.trained]

    def kept(self, shape, level):
        """What dropout multiplies an array of `shape` by, or None without dropout."""
        if not self.dropout:
            return None
        return (self.rng.random(shape, dtype=np.float32) >= level) * np.float32(1 / (1 - level))


def views(flat, shapes):
    """Parts of a flat array, one after another, in these shapes."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes)]


def rectify(x):
    """max(x, 0) in place; the result."""
    return np.maximum(x, 0, out=x)


def multiplied(x, kept):
    """x times `kept` in place, or as it is where `kept` is None; the result."""
    return x if kept is None else np.multiply(x, kept, out=x)


def softmax_crossentropy(logits, y):
    """(mean loss, hits, gradient of the logits) for one-hot rows y."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    totals = powers.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(totals)[:, 0] - np.einsum("ij,ij->i", shifted, y))
    hits = np.count_nonzero(logits.argmax(axis=1) == y.argmax(axis=1))
    return loss, hits, (powers / totals - y) * np.float32(1 / len(y))
