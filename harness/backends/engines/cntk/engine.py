"""The CNTK engine: graphs as CNTK functions over static axes, compiled anew for each set of input shapes.

CNTK has floats only: dtypes.py says which of them hold which dtype. Results are cast to the tensor's.
"""

import collections
import ctypes
import os
import platform
import weakref

import cntk as C
import numpy as np

from harness.backends.engines.cntk import failures
from harness.backends.engines.cntk.constant_folding import folded
from harness.backends.engines.cntk.dtypes import exact, held_in
from harness.backends.engines.cntk.host import HostFirst, host_operations
from harness.backends.engines.cntk.lowerings import LOWERINGS
from harness.backends.engines.cntk.native import filled, static, with_elements
from harness.backends.engines.cntk.optimizers import accepted, identity, learned
from harness.backends.engines.cntk.plan import Plan, dimensions, view
from harness.backends.engines.cntk.recurrence.scan import lower_scan
from harness.backends.engines.cntk.threads import Placement, Threads, Work
from harness.backends.engines.contract import Engine
from harness.backends.engines.introspection import blas, thread_pools
from harness.backends.engines.sparse_matrix import Coordinates
from harness.backends.errors import BackendError, UnsupportedOperation
from harness.backends.graph.passes.optimizer_fusion import find_steps

SEEDS = 2**31 - 1
STRIDE = 1640531527  # from one operation of a stream to the next: far from the streams of seeds nearby


class CntkEngine(Engine):
    """Keeps variables as CNTK parameters, and the state of the lowering in progress.

    Attributes
    ----------
    device : CNTK device descriptor
    threads : Threads
    work : Work                    of the stage that is being lowered
    frame : CNTK node or None     inside a recurrence: a node whose sequence axis is the recurrence's
    exact_roots : bool            whether sqrt is lowered with the right gradient at 0
    drawn : Counter               seed -> random operations lowered with it so far
    asked : list of Asked         indices of rows in what is lowered so far
    """

    backend = "cntk"
    lowerings = LOWERINGS
    announcement = "Using CNTK backend"  # without the full stop, as Keras says it
    dim_ordering = "th"
    takes_sparse = frozenset(("dot",))

    def __init__(self, device, threads):
        self.device, self.threads = device, threads
        self.work = Work()
        self.placements = weakref.WeakSet()  # of all stages, and of learners
        self.parameters = {}  # variable's operation -> CNTK parameter
        self.numbers = {}  # (shape, number, CNTK's type) -> Native of that constant
        self.learned = {}  # accumulator's operation -> Learned that keeps its value
        self.read = set()  # operations of variables that some graph reads: no learner may keep those
        self.frame = None
        self.exact_roots = True
        self.drawn = collections.Counter()
        self.asked = []

    def placed(self, work, backward=False):
        """The Placement of some work."""
        placement = Placement(self.threads, work, backward)
        self.placements.add(placement)
        return placement

    def function(self, inputs, outputs, updates):
        hosts = host_operations(list(outputs) + [new_value for _, new_value in updates], self.children)
        if hosts:
            return HostFirst(self, hosts, inputs, outputs, updates)
        return Compiled(self, list(inputs), list(outputs), list(updates))

    def failure(self, error):
        return failures.failure(error)

    def lower_operation(self, operation, values):
        if operation.name == "scan":
            natives = lower_scan(self, operation, values)
        else:
            given = [values[child.operation][child.index] for child in self.children(operation)]
            if None in given:
                raise UnsupportedOperation(operation.name, self.backend, "a size comes late in a step of a recurrence")
            constant = folded(operation, given)
            natives = [constant] if constant else super(CntkEngine, self).lower_operation(operation, values)
            if given and self.children(operation) is operation.inputs:
                self.work.add(operation, given, natives[0])
        return [values.probed(tensor, native) for tensor, native in zip(operation.outputs, natives)]

    def parameter(self, operation):
        """The CNTK parameter of a variable's operation."""
        if operation not in self.parameters:
            with_elements(operation.outputs[0].shape)
            start = exact(np.asarray(self.first_value(operation)), operation.outputs[0].dtype)
            start = np.array(start, dtype=held_in(operation.outputs[0].dtype), order="C", copy=False)
            self.parameters[operation] = C.parameter(init=start, device=self.device)
        return self.parameters[operation]

    def parameter_to_read(self, operation):
        """The same, for a graph that reads it; a learner that keeps its value gives up all that it keeps."""
        self.read.add(operation)
        if operation in self.learned:
            learned = self.learned[operation]
            for each in learned.places:
                del self.learned[each]
                self.parameters[each] = C.parameter(init=learned.read(each), device=self.device)
        return self.parameter(operation)

    def learns(self, step):
        """Whether a learner may make a FusedStep: no one else reads or changes its accumulators."""
        return all(
            each.operation not in self.read
            and (each.operation not in self.learned or self.learned[each.operation].identity == identity(step))
            for each in step.accumulators
        )

    def learner(self, step):
        """The Learned that makes a FusedStep, ready for one; made when it is first asked for."""
        first = step.accumulators[0].operation
        if first not in self.learned:
            starts = [self._held(each.operation) for each in step.accumulators]
            made = learned(step, self.parameter(step.p.operation), starts)
            self.learned.update(dict.fromkeys(made.places, made))
            for operation in made.places:
                self.parameters.pop(operation, None)
        self.learned[first].hand_on()
        return self.learned[first]

    def filled(self, shape, number, dtype):
        """The constant of one number, made once for each shape and type of CNTK's."""
        key = (tuple(shape), number, dtype)
        if key not in self.numbers:
            self.numbers[key] = static(shape, filled(shape, number, dtype).node)
        return self.numbers[key]

    def stream(self, seed):
        """CNTK's seed for one more random operation of the stream `seed`: its draws are its own."""
        self.drawn[seed] += 1
        return (seed + STRIDE * (self.drawn[seed] - 1)) % SEEDS

    def leaf_value(self, tensor):
        """The array of a variable or a constant."""
        return self.get_value(tensor) if tensor.is_variable else np.array(tensor.operation.attributes["value"])

    def get_value(self, variable):
        if variable.operation in self.learned:
            return np.array(self.learned[variable.operation].read(variable.operation), dtype=variable.dtype)
        return np.array(self._held(variable.operation), dtype=variable.dtype)

    def _held(self, operation):
        """The value of a variable's operation that no learner keeps; a first value is not copied."""
        if operation not in self.parameters:
            return self.value_to_come(operation)
        return self.parameters[operation].value

    def set_value(self, variable, value):
        value = exact(np.asarray(value), variable.dtype)
        array = np.broadcast_to(np.asarray(value, dtype=held_in(variable.dtype)), variable.shape)
        self.assign(variable, C.NDArrayView.from_data(np.array(array, order="C")))

    def assign(self, variable, view):
        """Copies a CNTK array into a variable."""
        if variable.operation in self.learned:
            self.learned[variable.operation].write(variable.operation, view.to_ndarray())
        else:
            self.parameter(variable.operation).value = view

    def versions(self):
        return {"python": platform.python_version(), "cntk": C.__version__, "numpy": np.__version__}

    def settings(self):
        formats = self.formats(operation.outputs[0].dtype for operation in self.parameters)
        return dict(
            formats,
            device=_name(self.device),
            threads=C.cntk_py.get_max_num_cputhreads(),
            thread_pools=[thread_pools.pool("CNTK", C.cntk_py.get_max_num_cputhreads())] + thread_pools.of_libraries(),
            learners=len(set(self.learned.values())),
            stages_on_all_threads=sum(placement.for_all for placement in self.placements),
            stages_on_one_thread=sum(not placement.for_all for placement in self.placements),
            blas=blas.describe(blas.file_of(ctypes.CDLL(blas.loaded("libCntk.Math")), "cblas_sgemm")),
            mkl_debug_cpu_type=os.environ.get("MKL_DEBUG_CPU_TYPE"),
        )


class Compiled(object):
    """A function of the graph; its plan is made at the first call with inputs of new shapes."""

    def __init__(self, engine, inputs, outputs, updates):
        self.engine, self.inputs, self.outputs, self.updates = engine, inputs, outputs, updates
        self._arrange()

    def _arrange(self):
        """Decides which updates are steps of learners, and forgets the plans."""
        engine = self.engine
        self.steps, rest = find_steps(self.updates, lambda step: accepted(step) and engine.learns(step))
        self.variables = [variable for variable, _ in rest]
        of_steps = [tensor for step in self.steps for tensor in step.inputs]
        self.targets = self.outputs + of_steps + [new_value for _, new_value in rest]
        self.plans = {}
        work = Work()
        work.learn([step.p for step in self.steps])
        self.learning = engine.placed(work)

    def __call__(self, arrays):
        arrays = [_typed(array, tensor.dtype) for tensor, array in zip(self.inputs, arrays)]
        plan = self._plan(tuple(array.shape for array in arrays))
        # Made before the plan runs: making one takes its accumulators twice, for a moment, and a plan's first run most.
        learners = [self.engine.learner(step) for step in self.steps]
        try:
            values = iter(plan.run(arrays))
            results = [exact(_array(next(values)), tensor.dtype).astype(tensor.dtype) for tensor in self.outputs]
            moves = [(learner, _view(next(values)), float(_array(next(values)))) for learner in learners]
            for variable in self.variables:
                self._assign(variable, next(values))
            self.learning.begin()
            for learner, gradient, lr in moves:
                learner.advance(gradient, lr)
        finally:
            self.engine.threads.share()
        return results

    def _plan(self, shapes):
        """The plan for these shapes. Lowering one may show that a graph reads what a learner should keep."""
        if not all(self.engine.learns(step) for step in self.steps):
            self._arrange()
        if shapes in self.plans:
            return self.plans[shapes]
        self.plans[shapes] = Plan(self.engine, self.inputs, self.targets, shapes)
        return self._plan(shapes)

    def _assign(self, variable, value):
        if isinstance(value, np.ndarray) or dimensions(value) != variable.shape or variable.dtype == "int64":
            self.engine.set_value(variable, _array(value))
        else:
            self.engine.assign(variable, view(value))


def _typed(array, dtype):
    """An input in its dtype."""
    return array if isinstance(array, Coordinates) else exact(np.asarray(array, dtype=dtype), dtype)


def _array(value):
    """A result as a numpy array of its own."""
    return np.array(value) if isinstance(value, np.ndarray) else view(value).to_ndarray()


def _view(value):
    """A value as a CNTK array."""
    return (
        C.NDArrayView.from_data(np.array(value, np.float32, order="C"))
        if isinstance(value, np.ndarray)
        else view(value)
    )


def create(device="cpu", threads=None):
    """The engine on a device, cpu, gpu or gpu:N, with `threads` threads (None: CNTK's own choice)."""
    C.logging.set_trace_level(C.logging.TraceLevel.Error)
    descriptor = _device(device)
    if not C.device.try_set_default_device(descriptor):
        raise BackendError("CNTK cannot use the device. Expected a free device. Received device=%r." % (device,))
    C.device.use_default_device()  # here, so that what CNTK says of it is said now
    if threads is not None:
        C.cntk_py.set_max_num_cputhreads(threads)
    return CntkEngine(descriptor, Threads(C.cntk_py.get_max_num_cputhreads()))


def _name(device):
    """A device as create() takes it."""
    return "cpu" if device.type() == C.device.DeviceKind.CPU else "gpu:%d" % device.id()


def _device(name):
    kind, _, number = name.partition(":")
    return C.device.cpu() if kind == "cpu" else C.device.gpu(int(number or 0))
