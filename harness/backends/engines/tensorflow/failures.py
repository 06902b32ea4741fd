"""What TensorFlow raises: which of it may be the inputs' fault, and the line that says what happened."""

import tensorflow as tf

from harness.backends.engines.failures import LIBRARY, MEMORY, VALUES, Failure, plain

OF_VALUES = (tf.errors.InvalidArgumentError, tf.errors.OutOfRangeError)
FRAME = ("Graph execution error", "Detected at node", "Node:", "File ", "Original stack trace")
NO_KERNEL = "No OpKernel was registered"
NOT_FED = "Not a ndarray"  # an array for which there is no room when it is made one of TensorFlow's


def failure(error):
    """The Failure that an error of TensorFlow's is."""
    if not isinstance(error, tf.errors.OpError):
        return plain(error)
    lines = [line.strip() for line in error.message.splitlines()]
    said = next((line for line in lines if line and not line.startswith(FRAME)), type(error).__name__)
    if said.startswith(NOT_FED):
        return Failure(MEMORY, "an array cannot be copied")
    if isinstance(error, tf.errors.ResourceExhaustedError):
        return Failure(MEMORY, said)
    known = isinstance(error, OF_VALUES) and NO_KERNEL not in error.message
    return Failure(VALUES if known else LIBRARY, said)
