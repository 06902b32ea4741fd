"""Images, volumes and kernels with their channels last, as TensorFlow's kernels for the CPU take them, and back."""

import tensorflow as tf


def channels_last(x):
    """Images or volumes, whose channels are first."""
    rank = len(x.shape)
    return tf.transpose(x, (0,) + tuple(range(2, rank)) + (1,))


def channels_first(x):
    """Images or volumes, whose channels are last."""
    rank = len(x.shape)
    return tf.transpose(x, (0, rank - 1) + tuple(range(1, rank - 1)))


def kernel_last(kernel):
    """Kernels (out, in, ...) as (..., in, out)."""
    return tf.transpose(kernel, tuple(range(2, len(kernel.shape))) + (1, 0))
