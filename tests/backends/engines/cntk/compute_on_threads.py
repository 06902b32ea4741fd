"""Run in CNTK's environment: the regions of composites of many rows, and what both of two threads compute, as JSON."""

import faulthandler
import json
import runpy
import sys
from pathlib import Path

import numpy as np

runpy.run_path(str(Path(sys.argv[1], "bootstrap.py")))["install"]()

# after bootstrap, which lets -I find the package
from harness.backends import api as K  # noqa: E402
from harness.backends.engines import registry  # noqa: E402

faulthandler.dump_traceback_later(120, exit=True)  # MKL may wait for a thread that there is not
engine = registry.use("cntk", "cpu", 2)
rng = np.random.RandomState(1)


def called(build, *shapes):
    """Calls a function of random arrays, and its gradient."""
    xs = [K.placeholder(shape) for shape in shapes]
    y = build(*xs)
    arrays = [rng.rand(*shape).astype("float32") for shape in shapes]
    for wanted in ([y], K.gradients(K.sum(K.square(y)), xs)):
        function = K.function(xs, wanted)
        for _ in range(3):
            assert all(np.isfinite(value).all() for value in function(arrays))


def works(build):
    """Of all stages that are made: (regions, whether both threads compute it)."""
    found, original = [], engine.placed

    def placed(work, *more):
        placement = original(work, *more)
        found.append((work.regions, placement.for_all))
        return placement

    engine.placed = placed
    build()
    del engine.placed
    return found


def many_rows():
    """Of each composite: the regions of all its stages, for so many rows and for twice as many."""
    cases = {
        "slice": lambda rows: called(lambda x: x[:, :, :2], (8, rows, 3)),
        "stride": lambda rows: called(lambda x: x[:, ::2], (8, rows, 3)),
        "concatenate": lambda rows: called(lambda x: K.concatenate([x, x * 2], 2), (8, rows, 3)),
        "repeat_elements": lambda rows: called(lambda x: K.repeat_elements(x, 3, 1), (8, rows, 3)),
        "tile": lambda rows: called(lambda x: K.tile(x, (1, 1, 2)), (8, rows, 3)),
        "temporal_padding": lambda rows: called(lambda x: K.temporal_padding(x, 2), (8, rows, 3)),
        "transpose": lambda rows: called(lambda x: K.permute_dimensions(x, (1, 0, 2)), (8, rows, 3)),
        "resize_images": lambda rows: called(lambda x: K.resize_images(x, 2, 2, "tf"), (8, rows // 16, 16, 3)),
        "resize_volumes": lambda rows: called(lambda x: K.resize_volumes(x, 2, 2, 2, "tf"), (2, rows // 4, 4, 2, 2)),
        "a shared row": lambda rows: called(lambda x, y: x * y, (rows, 2), (1, 2)),
        "a shared column": lambda rows: called(lambda x, y: x - y, (8, rows, 3), (8, 1, 3)),
        "sum": lambda rows: called(lambda x: K.sum(x, axis=0), (rows, 2)),
        "mean": lambda rows: called(lambda x: K.mean(x, axis=1), (8, rows, 3)),
    }

    def regions(case, rows):
        return sum(regions for regions, _ in works(lambda: case(rows)))

    return {name: [regions(case, rows) for rows in (2048, 4096)] for name, case in cases.items()}


def convolution(batch, channels, size, filters):
    """Images by kernels 3 x 3."""
    kernel = K.variable(rng.rand(filters, channels, 3, 3))
    called(lambda x: K.conv2d(x, kernel, border_mode="same", dim_ordering="th"), (batch, channels, size, size))


def recurrence(units, samples, times):
    """A simple recurrent layer."""
    weights = K.variable(rng.rand(units, units) / units)

    def step(x, states):
        h = K.tanh(x + K.dot(states[0], weights))
        return h, [h]

    called(lambda x: K.rnn(step, x, [K.zeros((samples, units))])[0], (samples, times, units))


def both_ways():
    """MKL's convolutions in any order, between what is computed on one thread."""
    for each in ((2, 3, 6, 8), (32, 16, 32, 16), (2, 3, 6, 8), (2, 128, 7, 64)):
        convolution(*each)
        recurrence(16, 4, 5)
        called(lambda x: K.pool2d(x, (2, 2), (2, 2), dim_ordering="th"), (2, 3, 8, 8))


def on_both(build, *arguments):
    """Whether both threads compute a stage of it."""
    return any(both for _, both in works(lambda: build(*arguments)))


placed = {
    "small recurrence": on_both(recurrence, 32, 32, 20),
    "large recurrence": on_both(recurrence, 256, 32, 20),
    "small convolution": on_both(convolution, 2, 3, 6, 8),
    "small tanh": on_both(called, K.tanh, (4, 5)),
    "large tanh": on_both(called, K.tanh, (700, 700)),
}
both_ways()
sys.stdout.write(json.dumps({"regions": many_rows(), "placed": placed}))
