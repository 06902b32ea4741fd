"""Operations that NumPy computes when the graph runs: in a step of a recurrence as a function of CNTK's, all others
between two functions of CNTK's.

A plan holds for one set of input shapes, and a host operation may decide sizes by its values: its results are inputs of
the function that comes after it, which is planned for each of their shapes.
"""

import cntk as C
import numpy as np
from cntk.ops.functions import UserFunction

from harness.backends.engines.cntk.dtypes import held_in
from harness.backends.engines.cntk.native import concrete, static
from harness.backends.graph import primitives
from harness.backends.graph.primitive_table import RANDOM
from harness.backends.graph.traversal import schedule, substitute


class HostFunction(UserFunction):
    """Calls a function of arrays, with the dtypes that the graph knows them by; no gradient flows.

    Parameters
    ----------
    nodes : list of CNTK nodes with static axes, of one type: the results' too
    operation : Operation
    shapes : dict                                   place -> shape of each result that there is to be
    """

    def __init__(self, nodes, operation, shapes):
        super(HostFunction, self).__init__(nodes, name="host")
        self.function, self.shapes = operation.attributes["function"], shapes
        self.given = [tensor.dtype for tensor in operation.inputs]
        self.element_type = nodes[0].dtype

    def infer_outputs(self):
        return [C.output_variable(shape, self.element_type, [], name="host") for shape in self.shapes.values()]

    def forward(self, arguments, outputs=None, *others):
        """CNTK wants several results written into the dict `outputs`, which it does not give for one."""
        arrays = arguments if isinstance(arguments, (list, tuple)) else [arguments]
        found = self.function(*[np.asarray(array).astype(dtype) for array, dtype in zip(arrays, self.given)])
        results = [np.asarray(found[place], dtype=self.element_type) for place in self.shapes]
        if len(results) == 1:
            return None, results[0]
        outputs.update(zip(sorted(outputs, key=list(self.outputs).index), results))
        return None

    def backward(self, state, cotangents, variables):
        for variable in variables:
            variables[variable] = np.zeros(variable.shape, self.element_type)


def _host(engine, operation, *natives):
    """In a step of a scan, with sizes that are known; all others run between functions."""
    shapes = [concrete(shape, natives) for shape in operation.attributes["shapes"]]
    known = [place for place, shape in enumerate(shapes) if None not in shape]
    # a function of inputs themselves does not find their values
    nodes = [C.plus(native.static, 0) for native in natives]
    made = C.user_function(HostFunction(nodes, operation, {place: shapes[place] for place in known}))
    found = dict(zip(known, made.outputs))
    return [
        static(shapes[place], found[place]).to(held_in(tensor.dtype)) if place in found else None
        for place, tensor in enumerate(operation.outputs)
    ]


def host_operations(tensors, children):
    """The host operations that `tensors` need and that need no other one themselves."""
    found, behind = [], set()
    for operation in schedule(tensors, children):
        if any(child.operation in behind for child in children(operation)):
            behind.add(operation)
        elif operation.name == "host":
            found.append(operation)
            behind.add(operation)
    return found


class HostFirst(object):
    """What is needed for `operations`, they themselves, and the rest; arguments as Engine.function has them.

    Random tensors that both functions need are drawn by the first one.
    """

    def __init__(self, engine, operations, inputs, outputs, updates):
        self.operations, self.outputs = operations, outputs
        targets = list(outputs) + [new_value for _, new_value in updates]
        needed = [tensor for operation in operations for tensor in operation.inputs]
        drawn = _drawn_twice(needed, targets, operations, engine.children)
        self.before = engine.function(inputs, needed + drawn, [])
        self.results = [tensor for operation in operations for tensor in operation.outputs] + drawn
        self.rest = [tensor for tensor in outputs if tensor not in self.results]
        self._arrange(engine, inputs, updates)

    def _arrange(self, engine, inputs, updates):
        """The function of the rest, over placeholders for the results that it needs."""
        places = {tensor: primitives.placeholder(tensor.shape, tensor.dtype) for tensor in self.results}
        renewed = substitute(self.rest + [new_value for _, new_value in updates], places)
        used = set(schedule(renewed, engine.children))
        self.given = [tensor for tensor in self.results if places[tensor].operation in used]
        late = list(zip((variable for variable, _ in updates), renewed[len(self.rest) :]))
        inputs = list(inputs) + [places[tensor] for tensor in self.given]
        self.after = engine.function(inputs, list(renewed[: len(self.rest)]), late)

    def __call__(self, arrays):
        found = iter(self.before(arrays))
        computed = []
        for operation in self.operations:
            results = operation.attributes["function"](*[next(found) for _ in operation.inputs])
            computed += [np.asarray(each, tensor.dtype) for each, tensor in zip(results, operation.outputs)]
        values = dict(zip(self.results, computed + list(found)))
        rest = self.after(list(arrays) + [values[tensor] for tensor in self.given])
        values.update(zip(self.rest, rest))
        return [np.array(values[tensor]) for tensor in self.outputs]


def _drawn_twice(needed, targets, operations, children):
    """The random tensors that are needed both for the operations and for the targets without them."""
    before = set(schedule(needed, children))
    after = schedule(targets, lambda operation: () if operation in operations else children(operation))
    return [each.outputs[0] for each in after if each in before and each.name in RANDOM | {"dropout_mask"}]


LOWERINGS = {"host": _host}
