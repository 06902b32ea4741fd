"""The Theano engine: shared variables, and one theano.function for each function of the graph.

Theano reads its settings when it is imported, from THEANORC and THEANO_FLAGS.
"""

import contextlib
import os
import platform

import numpy as np
import theano
from theano.sandbox.rng_mrg import MRG_RandomStreams
from theano.sparse import SparseType, dense_from_sparse
from theano.sparse.basic import scipy  # Theano takes the sparse matrices of SciPy, which it brings

from harness.backends.engines.contract import Engine, without_collection
from harness.backends.engines.introspection import blas, thread_pools
from harness.backends.engines.sparse_matrix import Coordinates
from harness.backends.engines.theano import deep_graphs, failures, index_check, optimizers, rewrites
from harness.backends.engines.theano.dtypes import conform, ones, variable_type, with_ones
from harness.backends.engines.theano.lowerings import CLAIMED_IF, LOWERINGS
from harness.backends.engines.theano.toolchain import (
    installation,
    module_compilation,
    module_keys,
    precompiled_headers,
)
from harness.backends.errors import UnsupportedOperation
from harness.backends.graph.passes.optimizer_fusion import find_steps

# of theano.config, recorded with each run
RECORDED = (
    "device", "mode", "linker", "optimizer", "optimizer_excluding", "openmp", "openmp_elemwise_minsize",
    "allow_gc", "cxx", "gcc.cxxflags", "blas.ldflags", "compiledir",
)  # fmt: skip

LARGEST_STATE = 2147462578  # of the six numbers that are the state of an MRG31k3p stream


class TheanoEngine(Engine):
    """Lowers the graph to Theano's, whose optimizer and compiler do the rest."""

    backend = "theano"
    announcement = "Using Theano backend."
    dim_ordering = "th"
    lowerings = LOWERINGS
    claimed_if = CLAIMED_IF
    takes_sparse = frozenset(("dot", "concatenate"))

    def __init__(self):
        self.variables = {}  # variable's operation -> shared variable
        self.streams = {}  # seed of a normal draw -> MRG_RandomStreams
        self.keys = {}  # seed of a uniform draw -> RandomState that makes the keys of its streams
        self.collected = [{}]  # updates that scans ask for, innermost scan last
        self.fused = 0  # optimizer steps of weights that are one loop, over all functions
        self.cached_modules = installation.cached_modules()

    def function(self, inputs, outputs, updates):
        targets = list(outputs) + [new for _, new in updates]
        with without_collection():
            compiled = deep_graphs.suited(lambda: self.compiled(inputs, outputs, updates), targets, self.children)
        dtypes = [tensor.dtype for tensor in inputs]

        def call(arrays):
            try:
                results = compiled(*[_fed(array, dtype) for array, dtype in zip(arrays, dtypes)])
            except IndexError as error:
                raise index_check.as_sentence(error) or error from error
            return [np.asarray(result) for result in results]

        return call

    def compiled(self, inputs, outputs, updates):
        """The theano.function."""
        feeds = [variable_type(tensor)() for tensor in inputs]
        values = {tensor.operation: [feed] for tensor, feed in zip(inputs, feeds)}
        steps, rest = find_steps(updates, optimizers.accepted)
        targets = list(outputs) + [tensor for step in steps for tensor in step.inputs] + [new for _, new in rest]
        with self.collecting() as drawn:
            natives = iter(self.lower(targets, values))
        fetched = [next(natives) for _ in outputs]
        changes = list(drawn.items())
        for step in steps:
            changes += optimizers.changes(self, step, next(natives), next(natives))
        changes += [_change(self.shared(variable.operation), next(natives)) for variable, _ in rest]
        self.fused += len(steps)
        precompiled_headers.include()
        with failures.failed_optimizations():
            return theano.function(feeds, fetched, updates=changes, on_unused_input="ignore")

    def failure(self, error):
        return failures.failure(error)

    def dense(self, native):
        return dense_from_sparse(native) if isinstance(native.type, SparseType) else native

    def lower_operation(self, operation, values):
        """As every engine does, with types as the graph has them, and no output the same variable as an input.

        Theano differentiates with respect to variables: an operation that changes nothing still needs its own.
        """
        natives = super(TheanoEngine, self).lower_operation(operation, values)
        inputs = [values[child.operation][child.index] for child in self.children(operation)]
        natives = [conform(native, tensor) for native, tensor in zip(natives, operation.outputs)]
        same = [any(native is other for other in inputs) for native in natives]
        return [theano.tensor.tensor_copy(native) if alias else native for native, alias in zip(natives, same)]

    @contextlib.contextmanager
    def collecting(self):
        """The updates that scans lowered meanwhile ask for: a dict, shared variable -> new value."""
        self.collected.append({})
        try:
            yield self.collected[-1]
        finally:
            self.collected.pop()

    def collect(self, updates):
        """Adds what a scan asks for to the function, or the outer scan's step, that is being lowered."""
        self.collected[-1].update(updates)

    def shared(self, operation):
        """The shared variable of a variable's operation, made when first asked for."""
        if operation not in self.variables:
            value = np.array(self.first_value(operation))
            self.variables[operation] = theano.shared(value, broadcastable=ones(operation.outputs[0]), borrow=True)
        return self.variables[operation]

    def stream(self, seed):
        """The streams of all normal draws made with this seed.

        NumPy spreads the seed over the whole state: MRG's own way, one number six times, begins with draws near 0.
        """
        if seed not in self.streams:
            state = np.random.RandomState(seed).randint(1, LARGEST_STATE, size=6)
            self.streams[seed] = MRG_RandomStreams([int(number) for number in state])
        return self.streams[seed]

    def key(self, seed):
        """The key of one more stream of uniform draws: of the first made with this seed, the second, and so on."""
        return self.keys.setdefault(seed, np.random.RandomState(seed)).randint(2**63 - 1, dtype="int64")

    def get_value(self, variable):
        return np.array(self.shared(variable.operation).get_value(borrow=True))

    def set_value(self, variable, value):
        # In place: a compiled function keeps an array that is replaced until it is called again.
        self.shared(variable.operation).get_value(borrow=True)[...] = value

    def versions(self):
        return {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "theano": theano.__version__,
            "g++": installation.compiler(),
        }

    def settings(self):
        in_force = {name: _config_value(name) for name in RECORDED}
        found = blas.describe(installation.blas_file())
        in_force.update(
            self.formats(shared.dtype for shared in self.variables.values()),
            blas=found,
            threads=found["threads"],
            thread_pools=thread_pools.of_libraries(),
            fused_updates=self.fused,
            omp_wait_policy=os.environ.get("OMP_WAIT_POLICY"),
            flushes_denormals=installation.flushes_denormals(),
            cached_modules_at_start=self.cached_modules,
            compiled_modules=module_keys.compiled(),
        )
        return in_force


def _change(shared, native):
    """An update of a shared variable, whose axes of size 1 the new value has."""
    return shared, with_ones(native, shared.broadcastable)


def _fed(array, dtype):
    """An input as Theano takes it."""
    if isinstance(array, Coordinates):
        return scipy.sparse.csr_matrix((array.values, (array.rows, array.columns)), shape=array.shape)
    return np.asarray(array, dtype=dtype)


def _config_value(name):
    """One of theano.config, dotted, as a JSON value."""
    value = theano.config
    for part in name.split("."):
        value = getattr(value, part)
    return value if isinstance(value, (bool, int, float)) or value is None else str(value)


def create(device="cpu", threads=None):
    """The engine. `threads` go to OpenBLAS and OpenMP, unless OPENBLAS_NUM_THREADS or OMP_NUM_THREADS say otherwise.

    OpenMP reads its variable when the first module that Theano compiles with it is loaded, which is after this.
    """
    if device != "cpu":
        reason = "Theano reaches GPUs through libgpuarray and pygpu only, which PyPI does not carry"
        raise UnsupportedOperation("device %s" % device, "theano", reason)
    if threads is not None:
        os.environ.setdefault("OMP_NUM_THREADS", str(threads))
        if "OPENBLAS_NUM_THREADS" not in os.environ:
            blas.limit_threads(installation.blas_file(), threads)
    module_keys.repair()
    module_compilation.prepare()
    failures.keep_to_itself()
    rewrites.restrain()
    return TheanoEngine()
