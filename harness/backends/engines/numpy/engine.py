"""The NumPy engine: the oracle. Every primitive in its plainest form, in the dtype of its inputs, float64 included."""

import platform

import numpy as np

from harness.backends.engines.contract import Engine
from harness.backends.engines.introspection import blas, thread_pools
from harness.backends.engines.numpy import convolution
from harness.backends.engines.numpy.gradients import backpropagate, sigmoid, summed
from harness.backends.errors import UnsupportedOperation
from harness.backends.graph.dynamic_sizes import resolved
from harness.backends.graph.shape_rules import check_rows
from harness.backends.graph.traversal import schedule


class Steps(list):
    """The outputs of a scan, with `tape`: the values of every step, for the way back."""

    def __init__(self, outputs, tape):
        super(Steps, self).__init__(outputs)
        self.tape = tape


class NumpyEngine(Engine):
    """Evaluates a graph operation by operation; gradients by vector-Jacobian products of the primitives."""

    backend = "numpy"
    announcement = "Using NumPy backend."
    dim_ordering = "tf"
    simplifies = False

    def __init__(self):
        self.state = {}  # variable's operation -> its current value
        self.plans = {}  # (targets, sources) of a gradient -> the way back, see numpy_gradients
        self.streams = {}  # seed of a random operation -> RandomState

    def function(self, inputs, outputs, updates):
        targets = list(outputs) + [new_value for _, new_value in updates]
        order = schedule(targets, self.children)

        def call(arrays):
            values = {
                tensor.operation: [np.asarray(array, dtype=tensor.dtype)] for tensor, array in zip(inputs, arrays)
            }
            with np.errstate(all="ignore"):  # as on every other backend: the values tell
                self.evaluate(order, values)
            results = [values[tensor.operation][tensor.index] for tensor in targets]
            for (variable, _), value in zip(updates, results[len(outputs) :]):
                self.set_value(variable, value)
            return [np.array(result) for result in results[: len(outputs)]]  # what is kept here is not given away

        return call

    def evaluate(self, order, values):
        """Computes the operations of `order` that `values`, Operation -> list of arrays, does not hold yet."""
        for operation in order:
            if operation not in values:
                values[operation] = self.lower_operation(operation, values)

    def lower_operation(self, operation, values):
        if operation.name == "gradient":
            loss, wrt = operation.inputs[0], operation.inputs[1:]
            slope = np.ones_like(values[loss.operation][loss.index])
            return backpropagate(self, [loss], [slope], wrt, values)
        if operation.name == "scan":
            return run_scan(self, operation, values)
        return super(NumpyEngine, self).lower_operation(operation, values)

    def get_value(self, variable):
        return np.array(self.current(variable.operation))

    def set_value(self, variable, value):
        self.state[variable.operation] = np.array(value, dtype=variable.dtype)

    def current(self, operation):
        """The value of a variable's operation, not a copy."""
        if operation not in self.state:
            self.state[operation] = self.first_value(operation)
        return self.state[operation]

    def stream(self, seed):
        """The generator of all random operations made with this seed."""
        return self.streams.setdefault(seed, np.random.RandomState(seed))

    def versions(self):
        return {"python": platform.python_version(), "numpy": np.__version__}

    def settings(self):
        found = blas.describe(blas.file_of_numpy())
        formats = self.formats(value.dtype for value in self.state.values())
        pools = thread_pools.of_libraries()
        return dict(formats, device="cpu", threads=found["threads"], thread_pools=pools, blas=found)


def run_scan(engine, operation, values):
    """Runs the body once a time step; the tape keeps every step's values."""
    body = operation.attributes["body"]
    arrays = [values[tensor.operation][tensor.index] for tensor in operation.inputs]
    split = len(body.sequences) + len(body.states)
    sequences, states, captures = arrays[: len(body.sequences)], arrays[len(body.sequences) : split], arrays[split:]
    order = schedule(body.outputs + body.new_states, engine.children)
    steps = range(sequences[0].shape[1])
    tape = []
    for step in reversed(steps) if operation.attributes["go_backwards"] else steps:
        bound = [sequence[:, step] for sequence in sequences] + list(states) + list(captures)
        placeholders = body.sequences + body.states + body.captures
        local = {tensor.operation: [array] for tensor, array in zip(placeholders, bound)}
        engine.evaluate(order, local)
        states = [local[tensor.operation][tensor.index] for tensor in body.new_states]
        tape.append(local)
    emitted = [np.stack([local[tensor.operation][tensor.index] for local in tape], axis=1) for tensor in body.outputs]
    return Steps(emitted + list(states), tape)


def _concrete(operation, natives):
    """The sizes of a shape attribute that may name axes and numbers of the inputs."""
    shape = operation.attributes["shape"]
    return resolved(shape, lambda source, axis: natives[source].shape[axis], lambda source: int(natives[source]))


def _log(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(x)


def _remainder(x, y):
    """The rest; of integers by -1 it is that by 1, since NumPy of old ends the process at the smallest integer."""
    return np.remainder(x, y if x.dtype.kind == "f" else np.where(y == -1, 1, y).astype(y.dtype))


def _by_zero(function):
    """A division that says nothing of zeros."""

    def divided(x, y):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return function(x, y)

    return _elementwise(divided)


def _power(x, y):
    """x ** y; NumPy takes 0.5 for a square root, which -inf does not have."""
    with np.errstate(all="ignore"):
        powers = np.power(x, y)
    if x.dtype.kind == "f" and np.any(y == 0.5):
        powers = np.where((x == -np.inf) & (y == 0.5), np.asarray(np.inf, x.dtype), powers)
    return powers


def _elementwise(function):
    return lambda engine, operation, *arrays: function(*arrays)


def _reduction(function):
    return lambda engine, operation, x: function(
        x, axis=operation.attributes["axes"], keepdims=operation.attributes["keepdims"]
    )


def _mean(x, axis, keepdims):
    """The mean; of nothing nan, without NumPy's warning."""
    if x.size:
        return np.mean(x, axis=axis, keepdims=keepdims)
    return np.full(np.sum(x, axis=axis, keepdims=keepdims).shape, np.nan, x.dtype)


def _fill(engine, operation, *like):
    return np.full(_concrete(operation, like), operation.attributes["value"], dtype=operation.outputs[0].dtype)


def _random_uniform(engine, operation, *like):
    """Below the upper limit, to which float64 draws may be rounded."""
    at, kind = operation.attributes, np.dtype(operation.outputs[0].dtype).type
    draws = engine.stream(at["seed"]).uniform(at["low"], at["high"], size=_concrete(operation, like))
    low, high = kind(at["low"]), kind(at["high"])
    return np.minimum(np.asarray(draws, dtype=kind), np.nextafter(high, low))


def _random_normal(engine, operation, *like):
    at = operation.attributes
    draws = engine.stream(at["seed"]).normal(at["mean"], at["std"], size=_concrete(operation, like))
    return np.asarray(draws, dtype=operation.outputs[0].dtype)


def _gather(engine, operation, reference, indices):
    check_rows(indices, len(reference))
    return reference[indices]


def _dot(engine, operation, x, y):
    # ndarray.dot of more than two axes leaves BLAS aside: (32, 100, 128) x (128, 512) took 271 ms instead of 5.
    return x.dot(y) if x.ndim == y.ndim == 2 else np.tensordot(x, y, axes=(x.ndim - 1, y.ndim - 2))


NumpyEngine.lowerings = {
    "variable": lambda engine, operation: engine.current(operation),
    "constant": lambda engine, operation: operation.attributes["value"],
    "negative": _elementwise(np.negative),
    "absolute": _elementwise(np.abs),
    "sign": _elementwise(np.sign),
    "exp": _elementwise(np.exp),
    "log": _elementwise(_log),
    "sqrt": _elementwise(lambda x: np.sqrt(np.maximum(x, 0))),
    "square": _elementwise(np.square),
    "sin": _elementwise(np.sin),
    "cos": _elementwise(np.cos),
    "tanh": _elementwise(np.tanh),
    "sigmoid": _elementwise(sigmoid),
    "softplus": _elementwise(lambda x: np.logaddexp(x, np.zeros((), x.dtype))),
    "floor": _elementwise(np.floor),
    "round": _elementwise(np.rint),
    "add": _elementwise(np.add),
    "subtract": _elementwise(np.subtract),
    "multiply": _elementwise(np.multiply),
    "divide": _elementwise(np.divide),
    "power": _elementwise(_power),
    "floor_divide": _by_zero(np.floor_divide),
    "modulo": _by_zero(_remainder),
    "maximum": _elementwise(np.maximum),
    "minimum": _elementwise(np.minimum),
    "equal": _elementwise(np.equal),
    "not_equal": _elementwise(np.not_equal),
    "greater": _elementwise(np.greater),
    "greater_equal": _elementwise(np.greater_equal),
    "less": _elementwise(np.less),
    "less_equal": _elementwise(np.less_equal),
    "sum": lambda engine, operation, x: summed(x, operation.attributes["axes"], operation.attributes["keepdims"]),
    "mean": _reduction(_mean),
    "max": _reduction(np.max),
    "min": _reduction(np.min),
    "product": lambda engine, operation, x: np.prod(
        x, axis=operation.attributes["axes"], keepdims=operation.attributes["keepdims"], dtype=x.dtype
    ),
    "argmax": lambda engine, operation, x: np.argmax(x, axis=operation.attributes["axis"]),
    "select": _elementwise(np.where),
    "cast": lambda engine, operation, x: x.astype(operation.attributes["dtype"]),
    "dot": _dot,
    "batched_dot": _elementwise(np.matmul),
    "transpose": lambda engine, operation, x: np.transpose(x, operation.attributes["pattern"]),
    "reshape": lambda engine, operation, x, *others: np.reshape(x, _concrete(operation, (x,) + others)),
    "expand_dims": lambda engine, operation, x: np.expand_dims(x, operation.attributes["axis"]),
    "squeeze": lambda engine, operation, x: np.squeeze(x, operation.attributes["axis"]),
    "slice": lambda engine, operation, x: x[operation.attributes["items"]],
    "concatenate": lambda engine, operation, *xs: np.concatenate(xs, axis=operation.attributes["axis"]),
    "pad": lambda engine, operation, x: np.pad(
        x, operation.attributes["widths"], mode="constant", constant_values=operation.attributes["value"]
    ),
    "gather": _gather,
    "fill": _fill,
    "count": lambda engine, operation, *likes: np.arange(*_concrete(operation, likes), dtype="int32"),
    "sizes": lambda engine, operation, x: np.array(np.shape(x), dtype="int32"),
    "to_dense": _elementwise(lambda x: x),
    "host": lambda engine, operation, *arrays: operation.attributes["function"](*arrays),
    "random_uniform": _random_uniform,
    "random_normal": _random_normal,
    "convolution": lambda engine, operation, x, kernel: convolution.convolve(x, kernel, operation.attributes),
    "pooling": lambda engine, operation, x: convolution.pool(x, operation.attributes),
    "stop_gradient": _elementwise(lambda x: x),
}


def create(device="cpu", threads=None):
    """The engine. NumPy computes on the CPU only; its BLAS reads the thread count from the environment."""
    if device != "cpu":
        raise UnsupportedOperation("device %s" % device, "numpy", "NumPy computes on the CPU only")
    return NumpyEngine()
