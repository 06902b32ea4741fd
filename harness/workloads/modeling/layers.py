"""Layers: `build(shape, rng)` makes the weights and returns the output shape; `call(x, training)` the output.

Shapes leave the batch axis out. Weights are drawn by NumPy, saved and loaded in one canonical layout, whatever layout
the backend computes in: see harness/backends/weights/layouts.py.
"""

import numpy as np

from harness.backends import api as K
from harness.backends.weights import layouts
from harness.backends.weights.files import Weight


def trainable(name, canonical, layout=layouts.AS_IN_THE_MODEL):
    """A weight that starts as the canonical array."""
    return Weight(name, K.variable(layout.to_native(canonical), name=name), layout)


def glorot_uniform(rng, shape, fan_in, fan_out):
    """Uniform in +-sqrt(6 / (fan_in + fan_out)). [X. Glorot, Y. Bengio: Understanding the difficulty ..., 2010]"""
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, size=shape)


def uniform(rng, shape, limit):
    """Uniform in [-limit, limit)."""
    return rng.uniform(-limit, limit, size=shape)


def orthogonal(rng, size, scale):
    """A random orthogonal matrix, (size, size), times `scale`.

    Gram-Schmidt on normal draws: the distribution that Keras gets from a singular value decomposition, but without
    LAPACK, whose versions differ in signs, and the environments' NumPys bring different ones.
    """
    rows = rng.normal(size=(size, size))
    for index in range(size):
        for _ in range(2):  # once more against rounding
            rows[index] -= np.sum(rows[:index] * np.sum(rows[:index] * rows[index], axis=1)[:, None], axis=0)
        rows[index] /= np.sqrt(np.sum(rows[index] ** 2))
    return scale * rows


class Layer(object):
    """A layer without weights; `weights` is the list of those it has."""

    weights = ()

    def build(self, shape, rng):
        """Makes the weights for inputs of `shape`; returns the output shape."""
        return shape

    def call(self, x, training):
        """The output for a batch `x`, in training or in evaluation."""
        raise NotImplementedError


class Activation(Layer):
    """A function of K applied to every element (softmax: to every row)."""

    def __init__(self, function):
        self.function = function

    def call(self, x, training):
        return self.function(x)


class Dropout(Layer):
    """Zeros a fraction `level` of the elements in training.

    The level is a variable, so that the very function that is timed can be run without dropout: see worker/parity.py.
    """

    def __init__(self, level):
        self.level = level
        self.variable = self.seed = None

    def build(self, shape, rng):
        self.variable = K.variable(self.level, name="level")
        return shape

    def call(self, x, training):
        return K.dropout(x, self.variable, seed=self.seed) if training else x

    def switch(self, on):
        """Drops out from now on, or no longer."""
        K.set_value(self.variable, self.level if on else 0.0)


class Dense(Layer):
    """x W + b: (inputs) -> (units)."""

    def __init__(self, units):
        self.units = units

    def build(self, shape, rng):
        inputs = int(shape[0])
        canonical = glorot_uniform(rng, (inputs, self.units), inputs, self.units)
        self.kernel = trainable("kernel", canonical, getattr(shape, "layout", layouts.AS_IN_THE_MODEL))
        self.bias = trainable("bias", np.zeros(self.units))
        self.weights = (self.kernel, self.bias)
        return (self.units,)

    def call(self, x, training):
        return K.dot(x, self.kernel.variable) + self.bias.variable


class Convolution2D(Layer):
    """Images with `filters` channels, convolved with (rows, columns) kernels, plus bias, in K's image layout.

    Glorot's fan_out is the number of filters, as in Keras until the receptive field was counted in 1.0.
    """

    def __init__(self, filters, rows, columns, border_mode):
        self.filters, self.rows, self.columns, self.border_mode = filters, rows, columns, border_mode

    def build(self, shape, rng):
        self.ordering = K.image_dim_ordering()
        channels, height, width = shape if self.ordering == "th" else (shape[2], shape[0], shape[1])
        size = (self.filters, channels, self.rows, self.columns)
        canonical = glorot_uniform(rng, size, channels * self.rows * self.columns, self.filters)
        self.kernel = trainable("kernel", canonical, layouts.kernel(self.ordering))
        self.bias = trainable("bias", np.zeros(self.filters))
        self.weights = (self.kernel, self.bias)
        if self.border_mode == "valid":
            height, width = height - self.rows + 1, width - self.columns + 1
        return (self.filters, height, width) if self.ordering == "th" else (height, width, self.filters)

    def call(self, x, training):
        bias = self.bias.variable
        if self.ordering == "th":
            bias = K.reshape(bias, (1, self.filters, 1, 1))
        convolved = K.conv2d(x, self.kernel.variable, border_mode=self.border_mode, dim_ordering=self.ordering)
        return convolved + bias


class MaxPooling2D(Layer):
    """The largest element of each (rows, columns) window; windows do not overlap."""

    def __init__(self, rows, columns):
        self.pool_size = (rows, columns)

    def build(self, shape, rng):
        self.ordering = K.image_dim_ordering()
        rows, columns = self.pool_size
        if self.ordering == "th":
            return (shape[0], shape[1] // rows, shape[2] // columns)
        return (shape[0] // rows, shape[1] // columns, shape[2])

    def call(self, x, training):
        return K.pool2d(x, self.pool_size, self.pool_size, dim_ordering=self.ordering)


class FlatShape(tuple):
    """The shape behind Flatten; `layout` is that of a kernel with a row for each element."""

    layout = None


class Flatten(Layer):
    """(channels, height, width), in K's image layout, to one axis."""

    def build(self, shape, rng):
        image = shape if K.image_dim_ordering() == "th" else (shape[2], shape[0], shape[1])
        flat = FlatShape((int(np.prod(shape)),))
        flat.layout = layouts.behind_flatten(image)
        return flat

    def call(self, x, training):
        return K.batch_flatten(x)


class Embedding(Layer):
    """Rows of a table: integer (time) -> (time, units)."""

    def __init__(self, words, units):
        self.words, self.units = words, units

    def build(self, shape, rng):
        self.table = trainable("table", uniform(rng, (self.words, self.units), 0.05))
        self.weights = (self.table,)
        return tuple(shape) + (self.units,)

    def call(self, x, training):
        return K.gather(self.table.variable, x)


class LSTM(Layer):
    """Long short-term memory, (time, inputs) -> (units): the last output. [S. Hochreiter, J. Schmidhuber, 1997]

    i, f, o = hard_sigmoid(x W + h U + b); c' = f c + i tanh(x Wc + h Uc + bc); h' = o tanh(c')

    The products x W of all times are one product before the loop. Canonical order of the gates along the last axis is
    i, f, c, o; inside it is i, f, o, c, so that the three with the same activation lie together. hard_sigmoid(z) is
    clip(0.2 z + 0.5, 0, 1): slope and offset are applied to the weights, once a step, and only the clip at each time.
    """

    SLOPES = (0.2, 0.2, 0.2, 1.0)  # of i, f, o, c
    OFFSETS = (0.5, 0.5, 0.5, 0.0)

    def __init__(self, units):
        self.units = units

    def build(self, shape, rng):
        inputs, units = shape[1], self.units
        kernel = [glorot_uniform(rng, (inputs, units), inputs, units) for _ in range(4)]
        recurrent = [orthogonal(rng, units, 1.1) for _ in range(4)]
        bias = [np.ones(units) if gate == 1 else np.zeros(units) for gate in range(4)]
        layout = layouts.Layout("gates i, f, c, o", self.swap_gates, self.swap_gates)
        self.kernel, self.recurrent, self.bias = (
            trainable(name, np.concatenate(parts, axis=-1), layout)
            for name, parts in (("kernel", kernel), ("recurrent", recurrent), ("bias", bias))
        )
        self.weights = (self.kernel, self.recurrent, self.bias)
        return (units,)

    def swap_gates(self, array):
        """The last two of four gates exchanged; its own inverse."""
        i, f, third, fourth = np.split(array, 4, axis=-1)
        return np.concatenate([i, f, fourth, third], axis=-1)

    def call(self, x, training):
        slopes, offsets = (np.repeat(each, self.units) for each in (self.SLOPES, self.OFFSETS))
        kernel, recurrent = self.kernel.variable * slopes, self.recurrent.variable * slopes
        projected = K.dot(x, kernel) + (self.bias.variable * slopes + offsets)
        nothing = K.zeros_like(projected[:, 0, : self.units])
        last, _, _ = K.rnn(lambda x_t, states: self.step(x_t, states, recurrent), projected, [nothing, nothing])
        return last

    def step(self, x_t, states, recurrent):
        """One time: (batch, 4 units), [h, c] and the recurrent weights to the new h and [h, c]."""
        h, c = states
        units = self.units
        gates = x_t + K.dot(h, recurrent)
        opening = K.clip(gates[:, : 3 * units], 0.0, 1.0)
        i, f, o = (opening[:, index * units : (index + 1) * units] for index in range(3))
        c = f * c + i * K.tanh(gates[:, 3 * units :])
        h = o * K.tanh(c)
        return h, [h, c]
