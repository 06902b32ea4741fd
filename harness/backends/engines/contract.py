"""What an engine is: a table of lowerings and a way to compile, hold state and wait.

`Engine` does what all engines share: walking a graph in order and calling the lowering of each operation. A
lowering is a function `lowering(engine, operation, *native_inputs)` that returns the native output, or a list of them
for an operation of several outputs; a module puts its lowerings in a dict, name -> function, and the class in
`lowerings`. A name that is not a primitive is a composite that the engine claims. The module
`<backend>/engine.py` has one function `create(device, threads)` that returns the engine.
"""

import contextlib
import gc
import threading

from harness.backends import settings
from harness.backends.engines import failures
from harness.backends.errors import BackendError, UnsupportedOperation
from harness.backends.graph.traversal import schedule


class Engine(object):
    """Runs graphs on one library.

    Class attributes: `backend` (name), `announcement` (what stderr says when a user has chosen it), `lowerings`,
    `dim_ordering` (the image layout that the library prefers), `simplifies` (whether a function may be rewritten before
    it is compiled; the reference computes what is written), `takes_sparse` (the operations that take sparse natives;
    none: sparse placeholders are given arrays), `claimed_if` (composite -> whether its lowering computes an operation),
    `lock` (held while a function is compiled or runs and while values are read or set, one at a time in a process: no
    library's functions may be called from two threads at once, nor may the updates of one call come between those of
    another). `made_with`: the arguments of registry.use(), if that made it. `keeps_values`: whether variables'
    first values stay in the graph, for another engine. `plain`: whether graphs are computed as they are written, see
    evaluate_plainly.
    """

    backend = None
    announcement = None
    lowerings = {}
    dim_ordering = "tf"
    simplifies = True
    takes_sparse = frozenset()
    claimed_if = {}
    lock = threading.RLock()
    made_with = None
    plain = False
    keeps_values = False

    def evaluate_plainly(self):
        """Computes every function made from now on as it is written, as a reference must."""
        self.plain, self.simplifies = True, False

    def function(self, inputs, outputs, updates):
        """Compiles a callable: a list of arrays, one for each input, to a list of numpy arrays, one for each output.

        For a sparse placeholder it is given Coordinates (sparse_matrix.py), if the engine takes any.

        All outputs and all new values are computed from the variables' values before the call; then the updates take
        effect, and the device has finished when the call returns.

        Parameters
        ----------
        inputs : list of Tensor                       placeholders
        outputs : list of Tensor
        updates : list of (variable, Tensor)          each variable at most once
        """
        raise NotImplementedError

    def get_value(self, variable):
        """The variable's current value, a numpy array of its own."""
        raise NotImplementedError

    def set_value(self, variable, value):
        """Replaces the variable's value by an array of the same shape."""
        raise NotImplementedError

    def get_values(self, variables):
        """As get_value, of several at once: an engine whose every call costs has its own way."""
        return [self.get_value(variable) for variable in variables]

    def set_values(self, pairs):
        """As set_value, of several (variable, value) at once."""
        for variable, value in pairs:
            self.set_value(variable, value)

    def synchronize(self):
        """Returns when the device has finished all that was asked of it."""

    def versions(self):
        """Names and versions, str -> str, of the library and of what it computes with."""
        raise NotImplementedError

    def settings(self):
        """What is really in force, str -> JSON value: threads, device, `blas` (see blas.py), flags, cache state."""
        raise NotImplementedError

    def formats(self, dtypes):
        """Settings that every engine has: the float types among those that its variables have, and the image layout."""
        floats = {str(dtype) for dtype in dtypes if str(dtype).startswith("float")}
        return {"dtype": ", ".join(sorted(floats)), "image_layout": settings.get("image_dim_ordering")}

    def failure(self, error):
        """What kind of Failure (failures.py) an error of the library is, and what it says."""
        return failures.plain(error)

    def children(self, operation):
        """What `operation` is computed from: its expansion, unless this engine has a lowering for it."""
        return operation.inputs if operation.expansion is None or self.claims(operation) else operation.expansion

    def claims(self, operation):
        """Whether the engine computes a composite by itself."""
        accepts = self.claimed_if.get(operation.name)
        return operation.name in self.lowerings and (accepts is None or accepts(operation))

    def dense(self, native):
        """A dense native from one that may be sparse: itself, where natives have both forms or no other."""
        return native

    @staticmethod
    def value_to_come(operation):
        """The array that a variable's operation starts with, which no engine has yet.

        Raises
        ------
        BackendError       it was handed over before: another engine has the variable
        """
        if "value" not in operation.attributes:
            raise BackendError(
                "variable %r: value not here any more. Expected one engine for all functions of a variable. Received a "
                "second one. Make the variable again after use()." % (operation.outputs[0],)
            )
        return operation.attributes["value"]

    def first_value(self, operation):
        """The same, handed over: once an engine has it, the graph has it no more, unless it `keeps_values`."""
        value = self.value_to_come(operation)
        if not self.keeps_values:
            del operation.attributes["value"]
        return value

    def lower(self, tensors, values):
        """Native values of `tensors`.

        `values`, Operation -> list of native outputs, holds what is already lowered (placeholders at least) and
        receives all that is lowered here.
        """
        for operation in schedule(tensors, self.children, known=values):
            values[operation] = self.lower_operation(operation, values)
        return [values[tensor.operation][tensor.index] for tensor in tensors]

    def lower_operation(self, operation, values):
        """Native outputs, a list, of one operation whose children are all in `values`."""
        natives = [values[child.operation][child.index] for child in self.children(operation)]
        if self.takes_sparse and operation.name not in self.takes_sparse:
            natives = [self.dense(native) for native in natives]
        if operation.expansion is not None and not self.claims(operation):
            return natives
        if operation.name not in self.lowerings:
            raise UnsupportedOperation(operation.name, self.backend, "no lowering for this primitive")
        native = self.lowerings[operation.name](self, operation, *natives)
        return list(native) if len(operation.outputs) > 1 or operation.name in MANY else [native]


# Operations whose lowerings return a list even when they have one output.
MANY = ("scan", "gradient", "host")


@contextlib.contextmanager
def without_collection():
    """No garbage collection inside, for building a graph: thousands of new objects, hardly any garbage.

    Their number makes Python look for garbage again and again, through all that the library consists of.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
