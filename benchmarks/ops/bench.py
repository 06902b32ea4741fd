"""The plugin of pytest that runs the operations: their order, what each is measured with, and what became of each.

Python 3.6 syntax: see runner.py.
"""

import random
import zlib

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines import registry
from harness.backends.weights import layouts
from harness.worker.parity import NotEqual

# Of the largest value of a result. float32 explains 9e-6, of the kernel's gradient in conv2d_gradient on CNTK, a sum of
# 86,528 products; all else is below 1e-6.
TOLERANCE = 1e-4
PREFIX = "test_"


class Bench(object):
    """What an operation is measured with. Arrays are float64 that float32 can hold, drawn from the operation's seed."""

    def __init__(self, name, seed, benchmark, reporter):
        self.name, self.benchmark, self.reporter = name, benchmark, reporter
        self.rng = np.random.RandomState([seed, zlib.crc32(name.encode())])
        self.inputs, self.arrays = [], []

    def normal(self, *shape):
        """An array of normal numbers."""
        return self.rng.normal(size=shape).astype("float32").astype("float64")

    def fed(self, array, dtype="float32"):
        """A placeholder that is given `array` at each call."""
        self.inputs.append(K.placeholder(array.shape, dtype=dtype))
        self.arrays.append(np.ascontiguousarray(array, dtype=dtype))
        return self.inputs[-1]

    def image(self, array):
        """(batch, channels, height, width) in K's layout."""
        return array if K.image_dim_ordering() == "th" else array.transpose(0, 2, 3, 1)

    def kernel(self, array):
        """(out, in, rows, columns) in K's layout."""
        return layouts.kernel(K.image_dim_ordering()).to_native(array)

    def measure(self, outputs, expected):
        """Times a function that computes `outputs`, once these are as expected."""
        function = K.function(self.inputs, outputs)
        self.check(function(self.arrays), expected)
        self.time(function)

    def measure_updates(self, updates, expected):
        """Times a function that makes the updates, once the first one has given the variables the expected values."""
        function = K.function(self.inputs, [], updates)
        function(self.arrays)
        self.check(K.batch_get_value([variable for variable, _ in updates]), expected)
        self.time(function)

    def check(self, found, expected):
        """Raises NotEqual unless each array is NumPy's."""
        self.reporter.begin("parity")
        deviation = max(map(deviation_of, found, expected))
        if len(found) != len(expected) or not deviation <= TOLERANCE:
            raise NotEqual(
                "%s is not what NumPy computes. Expected a deviation of at most %g of the largest value. Received %.2g."
                % (self.name, TOLERANCE, deviation)
            )
        self.benchmark.extra_info["deviation"] = deviation

    def time(self, function):
        """Hands the function over to pytest-benchmark."""
        engine, arrays = registry.engine(), self.arrays

        def call():
            function(arrays)
            engine.synchronize()

        self.reporter.begin("epoch")
        self.benchmark(call)


def deviation_of(found, expected):
    """The largest difference, as a part of the largest value; infinite if shapes differ or something is no number."""
    if found.shape != expected.shape or not np.isfinite(found).all():
        return float("inf")
    return float(np.abs(found - expected).max() / np.abs(expected).max())


class Plugin(object):
    """Chooses and shuffles the operations, tells which one runs, and keeps what went wrong."""

    def __init__(self, request, reporter):
        self.seed, self.chosen, self.reporter = request["seed"], set(request["operations"]), reporter
        self.order, self.failures = [], []

    @pytest.fixture
    def bench(self, request, benchmark):
        """The Bench of a test."""
        name = operation_of(request.node)
        benchmark.group = name
        benchmark.extra_info["what"] = request.node.function.__doc__
        return Bench(name, self.seed, benchmark, self.reporter)

    def pytest_collection_modifyitems(self, items):
        """Leaves the chosen operations, in an order from the seed."""
        items[:] = sorted((item for item in items if operation_of(item) in self.chosen), key=operation_of)
        random.Random(self.seed).shuffle(items)
        self.order = [operation_of(item) for item in items]

    def pytest_runtest_setup(self, item):
        """Says which operation begins."""
        name, phase = operation_of(item), "compile"
        self.reporter.begin(phase)
        place = {"step": self.order.index(name), "steps": len(self.order), "operation": name}
        self.reporter.send("progress", phase=phase, **place)

    def pytest_exception_interact(self, node, call):
        """Keeps why an operation gave no time."""
        kind, message = call.excinfo.typename, str(call.excinfo.value)
        self.failures.append({"operation": operation_of(node), "kind": kind, "message": message})


def operation_of(item):
    """The operation that a test measures."""
    return item.name[len(PREFIX) :]
