"""mnist_cnn by hand in NumPy: convolutions as matrix products, a few images at a time, Adadelta."""

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view
from training import Trainer, multiplied, rectify, softmax_crossentropy

LR, RHO, EPSILON = np.float32([1.0, 0.95, 1e-6])
DROPOUTS = (0.25, 0.5)
FILTERS, SIDE, INNER, POOLED = 32, 28, 26, 13
# Images whose convolutions are computed together: their windows then stay in the processor's cache.
BLOCK = 8


def to_own(weights):
    """Canonical weights as matrices: convolution kernels see `windows_of_images` and `rows_of_windows`."""
    first, second, flat = weights[0], weights[2], weights[4]
    first = first.transpose(2, 3, 1, 0).reshape(-1, FILTERS)
    # (column in the window and input, row in the window and filter): one product for all three rows of a window
    second = second.transpose(3, 1, 2, 0).reshape(3 * FILTERS, 3 * FILTERS)
    flat = flat.reshape(FILTERS, POOLED**2, -1).transpose(1, 0, 2).reshape(flat.shape)
    return [first, weights[1], second, weights[3], flat] + weights[5:]


def to_canonical(weights):
    """The inverse of `to_own`."""
    first, second, flat = weights[0], weights[2], weights[4]
    first = first.reshape(3, 3, 1, FILTERS).transpose(3, 2, 0, 1)
    second = second.reshape(3, FILTERS, 3, FILTERS).transpose(3, 1, 2, 0)
    flat = flat.reshape(POOLED**2, FILTERS, -1).transpose(1, 0, 2).reshape(flat.shape)
    return [first, weights[1], second, weights[3], flat] + weights[5:]


def windows_of_images(x):
    """All 3 x 3 windows of images with a border of zeros, as rows, with a 1 behind each for the bias."""
    padded = np.pad(x[..., 0], ((0, 0), (1, 1), (1, 1)))
    rows = np.ones(x.shape[:3] + (10,), "float32")
    rows[..., :9] = sliding_window_view(padded, (3, 3), axis=(1, 2)).reshape(x.shape[:3] + (9,))
    return rows.reshape(-1, 10)


def rows_of_windows(x):
    """(images, 28, 28, 32) to a row of 3 x 32 elements for each image, row and column of a window.

    That is one of a window's three rows, so a third of what whole windows would take.
    """
    shape = x.shape[:2] + (INNER, 3 * FILTERS)
    return np.ascontiguousarray(as_strided(x, shape, x.strides)).reshape(-1, 3 * FILTERS)


def convolve(rows, kernel):
    """(images, 26, 26, 32): of each row's three products, that for its place in the window, added up."""
    products = (rows @ kernel).reshape(-1, SIDE, INNER, 3, FILTERS)
    result = products[:, :INNER, :, 0] + products[:, 1 : INNER + 1, :, 1]
    result += products[:, 2:, :, 2]
    return result


def corners(x):
    """The four elements of all 2 x 2 windows, in their order."""
    return [x[:, row::2, column::2] for row in range(2) for column in range(2)]


def pool(x):
    """The largest element of each 2 x 2 window, and for each corner where it is the first largest."""
    parts = corners(x)
    largest = np.maximum(np.maximum(parts[0], parts[1]), np.maximum(parts[2], parts[3]))
    free = np.ones(largest.shape, bool)
    places = []
    for part in parts:
        places.append((part == largest) & free)
        free ^= places[-1]
    return largest, places


class Contender(Trainer):
    """Two convolutions, max pooling, 128, 10."""

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        super().__init__(to_own(weights), x, y, batch_size, dropout, threads, seed)
        # kernel and bias of the first convolution lie together: one matrix for rows with a 1 at the end
        self.joined = self.flat[: 10 * FILTERS].reshape(10, FILTERS)
        self.joined_gradients = self.flat_gradients[: 10 * FILTERS].reshape(10, FILTERS)

    def weights(self):
        """The trained weights."""
        return to_canonical(super().weights())

    def step(self, x, y):
        """See Trainer.step."""
        blocks = [self.convolved(x[begin : begin + BLOCK]) for begin in range(0, len(x), BLOCK)]
        # bias and relu keep the order of numbers, so they come behind the pooling: a quarter of the elements
        pooled = rectify(np.concatenate([block[-1] for block in blocks]) + self.trained[3])
        loss, hits, gradient = self.dense(pooled, y)
        self.gradients[2][...], self.joined_gradients[...] = 0, 0
        self.gradients[3][...] = gradient.reshape(-1, FILTERS).sum(axis=0)
        for index, block in enumerate(blocks):
            self.backward(gradient[index * BLOCK : (index + 1) * BLOCK], *block[:-1])
        return loss, hits

    def convolved(self, x):
        """(windows, first layer's output, its rows of windows, places of the largest, pooled) of some images."""
        windows = windows_of_images(x)
        hidden = rectify(windows @ self.joined).reshape(-1, SIDE, SIDE, FILTERS)
        rows = rows_of_windows(hidden)
        pooled, places = pool(convolve(rows, self.trained[2]))
        return windows, hidden, rows, places, pooled

    def dense(self, pooled, y):
        """(loss, hits, gradient before the relu that gave `pooled`); fills the dense layers' gradients."""
        kernel, bias, last, last_bias = self.trained[4:]
        kept = [self.kept(pooled.shape, DROPOUTS[0]), self.kept((len(y), len(bias)), DROPOUTS[1])]
        flat = multiplied(pooled, kept[0]).reshape(len(y), -1)
        hidden = multiplied(rectify(flat @ kernel + bias), kept[1])
        loss, hits, gradient = softmax_crossentropy(hidden @ last + last_bias, y)
        self.fill(6, hidden, gradient)
        gradient = multiplied(gradient @ last.T, kept[1]) * (hidden > 0)
        self.fill(4, flat, gradient)
        gradient = multiplied((gradient @ kernel.T).reshape(pooled.shape), kept[0])
        return loss, hits, np.multiply(gradient, pooled > 0, out=gradient)

    def fill(self, index, x, gradient):
        """The gradients of the kernel at `index` and of its bias."""
        np.matmul(x.T, gradient, out=self.gradients[index])
        np.sum(gradient, axis=0, out=self.gradients[index + 1])

    def backward(self, gradient, windows, hidden, rows, places):
        """Adds the convolutions' gradients over some images, from that of their pooled output."""
        # (images, row and column of a window, row in the window, filters)
        gradients = np.zeros((len(gradient), SIDE, INNER, 3, FILTERS), "float32")
        for corner, place in zip(corners(gradients[:, :INNER, :, 0]), places):
            np.multiply(gradient, place, out=corner)
        for row in (1, 2):
            gradients[:, row : INNER + row, :, row] = gradients[:, :INNER, :, 0]
        gradients = gradients.reshape(-1, 3 * FILTERS)
        self.gradients[2] += rows.T @ gradients
        self.joined_gradients += windows.T @ self.through(gradients, hidden).reshape(-1, FILTERS)

    def through(self, gradients, hidden):
        """The gradient before the relu that gave `hidden`: every window's element back to where it came from."""
        spread = (gradients @ self.trained[2].T).reshape(-1, SIDE, INNER, 3, FILTERS)
        gathered = np.zeros_like(hidden)
        for column in range(3):
            gathered[:, :, column : INNER + column] += spread[:, :, :, column]
        return np.multiply(gathered, hidden > 0, out=gathered)

    def move(self, weights, gradients, first, second):
        """Adadelta; both accumulators hold the means over 1 - rho, which saves a product each."""
        moves, work = np.square(gradients), second + EPSILON / (1 - RHO)
        first *= RHO
        first += moves
        np.add(first, EPSILON / (1 - RHO), out=moves)
        np.divide(work, moves, out=work)
        np.sqrt(work, out=work)
        np.multiply(gradients, work, out=moves)
        np.square(moves, out=work)
        second *= RHO
        second += work
        moves *= LR
        weights -= moves
