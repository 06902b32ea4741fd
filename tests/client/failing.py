"""Functions that fail on one backend, each for another reason. Python 3.6 syntax; run in its environment.

usage: python -I failing.py BACKEND FOLDER [LABEL ...]

Writes FOLDER/failures.json: label -> [class, message, class of the cause], or what was computed instead; of all labels
or of those named.
"""

import json
import os
import resource
import runpy
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
BOOTSTRAP = os.path.join(os.path.dirname(os.path.dirname(HERE)), "harness", "worker", "bootstrap.py")
ROOM = 500 * 2**20  # bytes that may be asked for beyond what there is


def failures(K, engine):
    """label -> function that fails."""
    rows, others = K.placeholder((None, 3), name="rows"), K.placeholder((None, 3), name="others")
    images, numbers = K.placeholder((None, None, None, 2), name="images"), K.placeholder((None,), dtype="int32")
    small, kernel = np.ones((1, 2, 2, 2)), K.variable(np.ones((3, 3, 2, 4)))
    convolved = K.conv2d(images, kernel, dim_ordering="tf")
    fixed = K.conv2d(K.ones((1, 6, 6, 2)), kernel, dim_ordering="tf")
    huge = K.sum(K.dot(K.tile(rows, (1000, 1)), K.transpose(K.tile(rows, (1000, 1)))))
    return {
        "sizes": lambda: K.function([rows, others], [rows + others])([np.ones((4, 3)), np.ones((5, 3))]),
        "window": lambda: K.function([images], [convolved])([small]),
        "gradient": lambda: K.function([images], K.gradients(K.sum(convolved), [kernel]))([small]),
        "size_of_values": lambda: K.function([rows, numbers], [K.reshape(rows, (numbers[0], 2))])(
            [np.ones((4, 3)), [100]]
        ),
        "convolution": lambda: K.function([images], [convolved])([np.ones((1, 6, 6, 2))]),
        "no_inputs": lambda: K.eval(fixed),
        "library": lambda: K.function([rows], [broken(K, engine, rows)])([np.ones((4, 3))]),
        "memory": lambda: K.function([rows], [huge])([np.ones((200, 3))]),
        "memory_of_a_variable": lambda: K.get_value(K.ones((40000, 10000))),
    }


def broken(K, engine, x):
    """What the library has no way to compute: the engine's way for the sine is exchanged for one."""
    ways = {"numpy": _of_numpy, "tensorflow": _of_tensorflow, "theano": _of_theano, "cntk": _of_cntk}
    type(engine).lowerings = dict(type(engine).lowerings, sin=ways[engine.backend])
    return K.sin(x)


def _of_numpy(engine, operation, x):
    return np.linalg.matrix_power(x.astype(object), "two")


def _of_tensorflow(engine, operation, x):
    """An operation that there is on GPUs only."""
    import tensorflow as tf

    return tf.raw_ops.NcclAllReduce(input=x, reduction="sum", num_devices=1, shared_name="alone")


def _of_theano(engine, operation, x):
    """An operation without any code."""
    import theano

    class Nothing(theano.Op):
        __props__ = ()

        def make_node(self, native):
            return theano.Apply(self, [native], [native.type()])

        def perform(self, node, arrays, storages):
            raise NotImplementedError("nothing computes this\nfor sure")

    return Nothing()(x)


def _of_cntk(engine, operation, x):
    """A sequence where there is none."""
    import cntk as C

    return type(x)(x.shape, "static", C.sequence.last(x.static))


def outcome(fail):
    """What came of it."""
    try:
        return str(fail())[:100]
    except Exception as error:
        return [type(error).__name__, str(error), type(error.__cause__).__name__]


def main(backend, folder, *labels):
    runpy.run_path(BOOTSTRAP)["install"]()
    from harness.backends import api as K
    from harness.backends.engines import registry

    engine = registry.use(backend, "cpu", 1)
    K.eval(K.ones((2, 2)) * 2.0)
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    found = {}
    for label, fail in failures(K, engine).items():
        if labels and label not in labels:
            continue
        if label == "memory":
            resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, used + ROOM))
        found[label] = outcome(fail)
    with open(os.path.join(folder, "failures.json"), "w") as file:
        json.dump(found, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
