"""The primitives in TensorFlow."""

import numpy as np
import tensorflow as tf

from harness.backends.engines.nan_guards import has_some_nan
from harness.backends.engines.tensorflow import composite_convolution, composites, elementwise, gradients
from harness.backends.engines.tensorflow.convolution import convolution, pooling, unless_empty
from harness.backends.engines.tensorflow.dtypes import LACKING, through_int32
from harness.backends.engines.tensorflow.layouts import concrete_sizes
from harness.backends.engines.tensorflow.recurrence import shared_weights
from harness.backends.graph.traversal import schedule


def _reduction(function, of_bools=None):
    def lowering(engine, operation, x):
        axes = operation.attributes["axes"]
        chosen = of_bools if x.dtype == tf.bool else function
        return chosen(x, list(axes), operation.attributes["keepdims"]) if axes else tf.identity(x)

    return lowering


def _argmax(engine, operation, x):
    """Of floats the first nan, if there is one: TensorFlow passes over them."""
    axis = operation.attributes["axis"]
    if has_some_nan(operation):
        unordered = tf.not_equal(x, x)
        x = tf.where(tf.reduce_any(unordered, axis, keepdims=True), tf.cast(unordered, x.dtype), x)
    return tf.argmax(x, axis)


def _dot(engine, operation, x, y):
    y = engine.dense(y)
    if isinstance(x, tf.SparseTensor):
        if len(y.shape) == 2:
            return tf.sparse.sparse_dense_matmul(x, y)
        x = engine.dense(x)
    if len(x.shape) == 2 and len(y.shape) == 2:
        return tf.matmul(x, y)
    return tf.tensordot(x, y, axes=[[len(x.shape) - 1], [len(y.shape) - 2]])


def _slice(engine, operation, x):
    items = operation.attributes["items"]
    return x[items] if items else tf.identity(x)


def _concatenate(engine, operation, *tensors):
    axis = operation.attributes["axis"]
    if all(isinstance(tensor, tf.SparseTensor) for tensor in tensors):
        return tf.sparse.concat(axis, list(tensors))
    return tf.concat([engine.dense(tensor) for tensor in tensors], axis)


def _fill(engine, operation, *like):
    value = tf.constant(np.array(operation.attributes["value"], operation.outputs[0].dtype))
    return tf.fill(concrete_sizes(operation.attributes["shape"], like), value)


def _count(engine, operation, *likes):
    return tf.range(tf.maximum(concrete_sizes(operation.attributes["shape"], likes)[0], 0))


def _host(engine, operation, *natives):
    dtypes = [tensor.dtype for tensor in operation.outputs]
    found = tf.numpy_function(operation.attributes["function"], natives, dtypes)
    for native, tensor in zip(found, operation.outputs):
        native.set_shape(tensor.shape)
    return found


def _random_uniform(engine, operation, *like):
    at, dtype = operation.attributes, operation.outputs[0].dtype
    draws = tf.raw_ops.RandomUniform(shape=concrete_sizes(at["shape"], like), dtype=dtype, **engine.stream(at["seed"]))
    return draws if (at["low"], at["high"]) == (0, 1) else draws * (at["high"] - at["low"]) + at["low"]


def _random_normal(engine, operation, *like):
    at, dtype = operation.attributes, operation.outputs[0].dtype
    draws = tf.raw_ops.RandomStandardNormal(
        shape=concrete_sizes(at["shape"], like), dtype=dtype, **engine.stream(at["seed"])
    )
    return draws * at["std"] + at["mean"]


def _gather(engine, operation, reference, indices):
    """Rows by number; the kernels take numbers of 4 or 8 bytes."""
    wide = indices.dtype in (tf.int32, tf.int64)
    return tf.gather(reference, indices if wide else tf.cast(indices, tf.int32))


def _gradient(engine, operation, loss, *wrt):
    """Gradients of gathered rows come as IndexedSlices; as tensors they are made dense once."""
    inner = any(each.name == "gradient" for each in schedule([operation.inputs[0]], engine.children))
    products = [] if inner else engine.products  # a gradient uses their matrices in other ways too
    found = shared_weights.gradients(products, loss, list(wrt))
    return [tf.zeros_like(x) if gradient is None else tf.convert_to_tensor(gradient) for x, gradient in zip(wrt, found)]


LOWERINGS = {
    "variable": lambda engine, operation: engine.state(operation).read(),
    "constant": lambda engine, operation: tf.constant(operation.attributes["value"]),
    "sum": _reduction(tf.reduce_sum),
    "mean": _reduction(tf.reduce_mean),
    "max": _reduction(gradients.largest, tf.reduce_any),
    "min": _reduction(gradients.smallest, tf.reduce_all),
    "product": _reduction(gradients.product),
    "argmax": _argmax,
    "dot": _dot,
    "batched_dot": lambda engine, operation, x, y: tf.matmul(x, y),
    "transpose": lambda engine, operation, x: tf.transpose(x, operation.attributes["pattern"]),
    "reshape": lambda engine, operation, *xs: tf.reshape(xs[0], concrete_sizes(operation.attributes["shape"], xs)),
    "expand_dims": lambda engine, operation, x: tf.expand_dims(x, operation.attributes["axis"]),
    "squeeze": lambda engine, operation, x: tf.squeeze(x, operation.attributes["axis"]),
    "slice": _slice,
    "concatenate": _concatenate,
    "pad": lambda engine, operation, x: tf.pad(
        x, operation.attributes["widths"], constant_values=operation.attributes["value"]
    ),
    "gather": _gather,
    "fill": _fill,
    "count": _count,
    "sizes": lambda engine, operation, x: tf.shape(x),
    "to_dense": lambda engine, operation, x: tf.identity(x),
    "host": _host,
    "random_uniform": _random_uniform,
    "random_normal": _random_normal,
    "convolution": unless_empty(convolution),
    "pooling": unless_empty(pooling),
    "gradient": _gradient,
}
LOWERINGS.update(elementwise.LOWERINGS)
LOWERINGS.update((name, through_int32(name, LOWERINGS[name])) for name in sorted(LACKING["bool"] & set(LOWERINGS)))
LOWERINGS.update(composites.LOWERINGS)
LOWERINGS.update((name, unless_empty(lowering)) for name, lowering in composite_convolution.LOWERINGS.items())
CLAIMED_IF = dict.fromkeys(composite_convolution.LOWERINGS, composite_convolution.accepted)
