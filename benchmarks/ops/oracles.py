"""What the operations should give, by plain NumPy in float64; images are (batch, channels, height, width)."""

import numpy as np


def windows(kernel, height, width):
    """(row, column, rows and columns of the image below this place of the kernel), for each place of the kernel."""
    for row in range(kernel.shape[2]):
        for column in range(kernel.shape[3]):
            yield row, column, (slice(row, row + height), slice(column, column + width))


def places(x, kernel):
    """Height and width of a convolution without padding."""
    return tuple(size - window + 1 for size, window in zip(x.shape[2:], kernel.shape[2:]))


def convolution(x, kernel):
    """Cross-correlation without padding by a kernel (out, in, rows, columns)."""
    y = 0.0
    for row, column, (rows, columns) in windows(kernel, *places(x, kernel)):
        y = y + np.tensordot(x[:, :, rows, columns], kernel[:, :, row, column], axes=([1], [1]))
    return y.transpose(0, 3, 1, 2)


def convolution_gradients(x, kernel, gradient):
    """The gradients that a convolution hands to x and to the kernel, of `gradient`, the gradient at its output."""
    x_gradient, kernel_gradient = np.zeros_like(x), np.zeros_like(kernel)
    for row, column, (rows, columns) in windows(kernel, *places(x, kernel)):
        back = np.tensordot(gradient, kernel[:, :, row, column], axes=([1], [0]))
        x_gradient[:, :, rows, columns] += back.transpose(0, 3, 1, 2)
        kernel_gradient[:, :, row, column] = np.tensordot(gradient, x[:, :, rows, columns], axes=([0, 2, 3], [0, 2, 3]))
    return x_gradient, kernel_gradient


def largest_of_pairs(x):
    """Max pooling by windows (2, 2) that do not overlap."""
    batch, channels, height, width = x.shape
    return x.reshape(batch, channels, height // 2, 2, width // 2, 2).max(axis=(3, 5))


def softmax(x):
    """exp(x) of each row over its sum."""
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def lstm_step(gates, c):
    """(h, c) from the openings of i, f and o before they are clipped, the candidate before its tanh, and the old c."""
    i, f, o, candidate = np.split(gates, 4, axis=-1)
    c = np.clip(f, 0, 1) * c + np.clip(i, 0, 1) * np.tanh(candidate)
    return np.clip(o, 0, 1) * np.tanh(c), c


def lstm(x, kernel, recurrent, bias):
    """The last h of an LSTM from zeros; gates i, f, o, c; the sigmoid is clip(0.2 z + 0.5, 0, 1)."""
    units = len(recurrent)
    h = c = np.zeros((len(x), units))
    for time in range(x.shape[1]):
        z = x[:, time].dot(kernel) + h.dot(recurrent) + bias
        h, c = lstm_step(np.concatenate([0.2 * z[:, : 3 * units] + 0.5, z[:, 3 * units :]], axis=-1), c)
    return h
