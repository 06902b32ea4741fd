"""A compiled graph: the rewrites before an engine gets it, and the checks of each call."""

import operator
import sys

from harness.backends.api.arguments import checks
from harness.backends.api.control.learning_phase import learning_phase
from harness.backends.api.core import call_shapes
from harness.backends.api.core.sparse import as_array, to_dense
from harness.backends.engines import failures, registry
from harness.backends.engines.sparse_matrix import Coordinates
from harness.backends.errors import BackendError, ShapeMismatch, TypeMismatch, shown
from harness.backends.graph.passes import pooling_before_relu
from harness.backends.graph.passes.learning_phase import chosen
from harness.backends.graph.traversal import always_inputs, schedule

SHAPE = operator.attrgetter("shape")


class Function(object):
    """A compiled graph: called with a list of arrays, one for each input, it returns a list of numpy arrays.

    A graph that asks for the learning phase is compiled once for each phase that it is called in.
    """

    def __init__(self, inputs, outputs, updates=()):
        self.inputs, self.outputs, self.updates = list(inputs), list(outputs), list(updates)
        self.engine = registry.engine()
        targets = self.outputs + [new for _, new in self.updates]
        operations = schedule(targets, always_inputs)
        _check_inputs(self.inputs, operations)
        self.printed = [operation for operation in operations if operation.name == "print"]
        self.phase = self._phase(operations)
        self.compiled = {}  # phase -> callable; None -> that for all
        self.targets = {}  # phase -> (outputs, updates) that are compiled for it
        self.fitting = set() if call_shapes.are_open(targets) else None  # phase and shapes of the calls that fit
        if self.phase is None:
            with self.engine.lock:
                self.compiled[None] = self._compile(None)

    def _phase(self, operations):
        """Which of the inputs is the learning phase, if a function for each phase would be less than the whole."""
        asks = self.engine.simplifies and any(operation.name == "in_train_phase" for operation in operations)
        places = [place for place, tensor in enumerate(self.inputs) if tensor is learning_phase()]
        return places[0] if asks and places else None

    def _compile(self, phase):
        """The engine's callable for a phase."""
        outputs = [to_dense(each) for each in self.outputs + [operation.inputs[0] for operation in self.printed]]
        updates = self.updates
        if phase is not None:
            outputs, updates = chosen(self.inputs[self.phase], phase, outputs, updates)
        if self.engine.simplifies:
            outputs, updates = pooling_before_relu.simplified(outputs, updates)
        self.targets[phase] = outputs, updates
        try:
            return self.engine.function(self.inputs, outputs, updates)
        except Exception as error:
            if isinstance(error, BackendError):
                raise
            raise failures.of_compilation(self.engine, self, error) from error

    def __call__(self, inputs):
        arrays = self._checked(inputs)
        with self.engine.lock:
            results = self._results(arrays)
        if not self.printed:
            return results
        for operation, value in zip(self.printed, results[len(self.outputs) :]):
            sys.stdout.write("%s%s\n" % (operation.attributes["message"], value))
        return results[: len(self.outputs)]

    def _results(self, arrays):
        """Values of the outputs, and of what is printed; the updates are made."""
        phase = None if self.phase is None else bool(arrays[self.phase])
        if phase not in self.compiled:
            self.compiled[phase] = self._compile(phase)
        if self.fitting is not None and (phase, *map(SHAPE, arrays)) not in self.fitting:
            self._check_sizes(phase, arrays)
        try:
            return self.compiled[phase](arrays)
        except Exception as error:
            if isinstance(error, BackendError):
                raise
            targets = self.outputs + [new for _, new in self.updates]
            raise failures.of_call(self.engine, self.inputs, arrays, targets, error) from error

    def _check_sizes(self, phase, arrays):
        """Raises ComputationFailed if arrays of these shapes, which no call has had before, do not fit together."""
        shapes = [array.shape for array in arrays]
        try:
            call_shapes.check(self.inputs, shapes, *self.targets[phase])
        except ShapeMismatch as error:
            raise failures.of_sizes(self.inputs, shapes, error) from error
        self.fitting.add((phase, *shapes))

    def _checked(self, inputs):
        """The arrays that a call was given, or one sentence."""
        if not isinstance(inputs, (list, tuple)):
            raise TypeMismatch(
                "function: inputs is not a list. Expected a list of arrays. Received %s." % shown(inputs)
            )
        if len(inputs) != len(self.inputs):
            raise ShapeMismatch(
                "function: wrong number of inputs. Expected %d. Received %d." % (len(self.inputs), len(inputs))
            )
        return [
            _fitting(place, tensor, _as_taken(self.engine, tensor, value))
            for place, (tensor, value) in enumerate(zip(self.inputs, inputs))
        ]


def _check_inputs(inputs, operations):
    """Raises TypeMismatch unless `inputs` are placeholders, and all that the graph has."""
    for tensor in inputs:
        if getattr(getattr(tensor, "operation", None), "name", None) != "placeholder":
            raise TypeMismatch(
                "function: an input is not a placeholder. Expected what K.placeholder makes. Received %s."
                % shown(tensor)
            )
    given = {tensor.operation for tensor in inputs}
    if len(given) != len(inputs):
        raise ShapeMismatch("function: an input comes twice. Expected each once. Received inputs=%s." % shown(inputs))
    for operation in operations:
        if operation.name == "placeholder" and operation not in given:
            raise TypeMismatch(
                "function: a placeholder is missing. Expected all that the graph needs. Received no input for %r."
                % (operation.outputs[0],)
            )


def _as_taken(engine, tensor, value):
    """What an engine takes for a placeholder: an array, or Coordinates for a sparse one if it computes with them."""
    if tensor.is_sparse and engine.takes_sparse:
        return Coordinates.of(value, tensor.dtype)
    return checks.array("function", as_array(value), "an input")


def _fitting(place, tensor, array):
    """`array`, which must fit a placeholder."""
    shape = tensor.shape
    if len(shape) != array.ndim or any(a != b and a is not None for a, b in zip(shape, array.shape)):
        raise ShapeMismatch(
            "function: shape of input %d does not fit. Expected %s for %r. Received %s."
            % (place, shape, tensor, array.shape)
        )
    return array
