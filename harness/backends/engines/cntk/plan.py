"""A function of the graph as a few native calls.

CNTK differentiates only as a call of its own: forward, backward, and the gradients are values. A function is therefore
cut into stages, each one CNTK function: one for each loss that is differentiated, and a last one for all that needs
gradients, the new values of variables above all. Between stages values stay in CNTK. Draws that several stages need
are made in a stage before them, so that all see the same. New values are assigned when every stage has run: all of
them come from old values.
"""

import collections
from typing import NamedTuple

import cntk as C
import numpy as np
from cntk.core import sparse  # CNTK takes the sparse matrices of SciPy, which it brings
from cntk.ops.functions import Function as CntkFunction

from harness.backends.engines.cntk.dtypes import INTEGERS, held_in
from harness.backends.engines.cntk.native import Values, static, with_elements
from harness.backends.engines.cntk.threads import Work
from harness.backends.engines.sparse_matrix import Coordinates
from harness.backends.errors import UnsupportedOperation
from harness.backends.graph.dtypes import FLOATS
from harness.backends.graph.primitive_table import LEAVES, RANDOM, WITHOUT_GRADIENT
from harness.backends.graph.shape_rules import check_rows
from harness.backends.graph.traversal import depends_on, schedule

DRAWN = RANDOM | {"dropout_mask"}
FLAT = WITHOUT_GRADIENT | DRAWN | {"gradient"}  # no gradient flows through these; CNTK differentiates once


class Plan(object):
    """The stages of a function, for one set of input shapes.

    Parameters
    ----------
    engine : CntkEngine
    inputs, targets : lists of Tensor       targets: outputs, then new values
    shapes : list of tuple                  of the inputs
    """

    def __init__(self, engine, inputs, targets, shapes):
        self.engine, self.inputs, self.targets = engine, inputs, targets
        self.known = dict(zip(inputs, shapes))
        self.stages = []
        self.order = schedule(targets, engine.children)
        self.gradients = [operation for operation in self.order if operation.name == "gradient"]
        self.after = depends_on(targets, set(self.gradients), engine.children)
        self._build()

    def _build(self):
        needed = self._needed_later()
        self._forward(self._shared_draws(needed))
        given = dict(self.known)
        for loss, operations in self._by_loss():
            wanted = [tensor for tensor in needed if tensor not in self.known]
            stage = GradientStage(self.engine, given, loss, operations, wanted)
            self._append(stage)
            given.update((gradient, stage.shapes[gradient]) for gradient in stage.gradients)
        self._forward(tensor for tensor in dict.fromkeys(self.targets) if not is_leaf(tensor))

    def _forward(self, tensors):
        """A stage for those tensors that are not known yet; roots after gradients are not differentiated."""
        missing = [tensor for tensor in tensors if tensor not in self.known]
        if missing:
            self._append(Stage(self.engine, self.known, missing, exact_roots=not self.gradients))

    def _append(self, stage):
        self.stages.append(stage)
        self.known.update(stage.shapes)

    def _by_loss(self):
        """[(loss, its gradient operations)], each loss after those whose gradients it needs."""
        groups = {}
        for operation in self.gradients:
            self._check_first_order(operation)
            groups.setdefault(operation.inputs[0], []).append(operation)
        return list(groups.items())

    def _check_first_order(self, operation):
        children = self.engine.children
        inner = [each for each in schedule([operation.inputs[0]], children) if each.name == "gradient"]
        sources = {tensor.operation for tensor in operation.inputs[1:]}
        if any(sources & set(schedule([each.outputs[0]], children)) for each in inner):
            raise UnsupportedOperation("gradient", self.engine.backend, "CNTK differentiates once, not twice")

    def _shared_draws(self, needed):
        """Random tensors that several gradient stages would each draw anew; `needed` comes with the first of them."""
        passes = [[operation.inputs[0]] for operation in self.gradients]
        passes = passes[:1] + [each for each in passes[1:] if each != passes[0]]
        if len(passes) < 2:
            return []
        passes[0] = passes[0] + needed
        drawn = [each for ends in passes for each in schedule(ends, self.engine.children) if each.name in DRAWN]
        return [operation.outputs[0] for operation, count in collections.Counter(drawn).items() if count > 1]

    def _needed_later(self):
        """What gradient stages must leave behind: targets, and all that feeds the stage after them and moves.

        What follows from variables alone stays in the last stage: it is the same there.
        """
        if not self.gradients:
            return []
        sources = {each for each in self.order if each.name in DRAWN | {"placeholder"}}
        moving = depends_on(self.targets, sources, self.engine.children)
        feeding = [child for each in self.order if each in self.after for child in self.engine.children(each)]
        used = [tensor for tensor in feeding if tensor.operation in moving] + list(self.targets)
        return [each for each in dict.fromkeys(used) if each.operation not in self.after and not is_leaf(each)]

    def run(self, arrays):
        """Values of the targets: CNTK values, or arrays where no computation stands behind a target."""
        held = {}
        for tensor, array in zip(self.inputs, arrays):
            held.update(self._fed(tensor, array))
        for stage in self.stages:
            held.update(stage.run(held))
        return [held[tensor] if tensor in held else self.engine.leaf_value(tensor) for tensor in self.targets]

    def _fed(self, tensor, array):
        """The values of an input, by what stages know it as: of a sparse one those that are asked for."""
        if not isinstance(array, Coordinates):
            return {tensor: feed(array, held_in(tensor.dtype))}
        asked = {key for stage in self.stages for _, key, _ in stage.arguments}
        values = {SparseForm(tensor): lambda: feed_sparse(array)}
        values[tensor] = lambda: feed(array.toarray(), held_in(tensor.dtype))
        return {key: make() for key, make in values.items() if key in asked}


class SparseForm(NamedTuple):
    """What a stage knows the sparse values of an input as."""

    tensor: object

    @property
    def dtype(self):
        """The tensor's."""
        return self.tensor.dtype


def is_leaf(tensor):
    """Whether no computation stands behind a tensor."""
    return tensor.operation.name in LEAVES


def feed(array, dtype):
    """An array as a CNTK value of a type."""
    return C.Value(C.NDArrayView.from_data(np.array(array, dtype=dtype, order="C", copy=False)))


def _is_sparse_input(tensor):
    return tensor.is_sparse and tensor.operation.name == "placeholder"


def feed_sparse(matrix):
    """Coordinates as a CNTK value, which must have one element at least: a 0, where there is none."""
    elements = (matrix.values, (matrix.rows, matrix.columns))
    if not len(matrix.values):
        elements = (np.zeros(1, matrix.values.dtype), ([0], [0]))
    rows = sparse.csr_matrix(elements, shape=matrix.shape)
    return C.Value(C.NDArrayView.from_csr(rows))


def _uid(node):
    return node.output.uid if isinstance(node, CntkFunction) else node.uid


def differentiated(engine, loss):
    """The operations that a gradient of `loss` flows through or ends in."""
    reached, waiting = set(), [loss.operation]
    while waiting:
        operation = waiting.pop()
        if operation not in reached:
            reached.add(operation)
            waiting.extend(child.operation for child in _passing(engine, operation))
    return reached


def _passing(engine, operation):
    """The children of an operation that its gradient is passed on to."""
    children = engine.children(operation)
    if operation.name in FLAT:
        return ()
    if operation.name == "select":
        return children[1:]
    if operation.name == "gather":
        return children[:1]
    return [child for child in children if child.dtype in FLOATS]


def view(value):
    """The array, in CNTK, of a value."""
    return C.cntk_py.Value.data(value)


def dimensions(value):
    """The shape of a value, a tuple."""
    return tuple(C.cntk_py.Value.shape(value).dimensions())


class Stage(object):
    """One forward pass: `results`, tensors, from variables and the values of earlier stages.

    Parameters
    ----------
    known : dict, Tensor -> shape       inputs, and results of earlier stages
    exact_roots : bool                  whether sqrt's gradient at 0 and its nan matter
    Attributes
    ----------
    shapes : dict, Tensor -> shape      of the results
    indices : list of (Tensor, rows)    known tensors that hold numbers of so many rows
    computed : list of rows             the same of the function's last outputs
    placement : Placement
    """

    multiplies_sparse = True
    goes_backward = False

    def __init__(self, engine, known, results, exact_roots, probed=()):
        self.results, self.device = list(results), engine.device
        engine.exact_roots = exact_roots
        self._build(engine, known, probed, all_wide=False)
        if len({node.dtype for node, _, _ in self.arguments}) > 1:
            self._build(engine, known, probed, all_wide=True)

    def _build(self, engine, known, probed, all_wide):
        """Lowers the results. CNTK wants all arguments in one type: with `all_wide` they are float64 throughout."""
        self.values = Values(probed=probed)
        self.bound = {}  # uid of an input node -> its tensor
        engine.work = Work()
        for tensor, shape in known.items():
            self._bind(tensor, shape, all_wide)
        engine.asked = []
        natives = engine.lower(self.results, self.values)
        self.placement = engine.placed(engine.work, self.goes_backward)
        self.shapes = {tensor: native.shape for tensor, native in zip(self.results, natives)}
        asked = [(self.bound.get(_uid(each.indices.node)), each) for each in engine.asked]
        computed = {each.indices.static: each.rows for tensor, each in asked if tensor is None}
        self.indices = list({(tensor, each.rows) for tensor, each in asked if tensor is not None})
        self.computed = list(computed.values())
        nodes = [native.to(held_in(tensor.dtype)).static for tensor, native in zip(self.results, natives)]
        self._combine(nodes + list(computed))

    def _bind(self, tensor, shape, all_wide):
        """The native of a known tensor; integers come as float32 too, for the rows that they are the numbers of."""
        wide = all_wide or held_in(tensor.dtype) == "float64"
        native = self._input(tensor, shape, "float64" if wide else "float32")
        if tensor.dtype in INTEGERS and not all_wide:
            native.others["float32"] = self._input(tensor, shape, "float32")
        natives = self.values.setdefault(tensor.operation, [None] * len(tensor.operation.outputs))
        natives[tensor.index] = self.values.probed(tensor, native.to(held_in(tensor.dtype)))

    def _input(self, tensor, shape, dtype):
        """Input nodes of a type for a known tensor; one becomes an argument of the function if that uses it.

        An input of the function has one for each form: behind a `to_batch` a convolution's gradient keeps as much again
        as its output (mnist_cnn: 31 MB).
        """
        native = static(shape, C.input_variable(with_elements(shape), dtype, dynamic_axes=[]))
        if shape and tensor.operation.name == "placeholder":
            native.forms["batch"] = C.input_variable(shape[1:], dtype)
        self.bound.update((node.uid, tensor) for node in native.forms.values())
        if self.multiplies_sparse and _is_sparse_input(tensor) and dtype == held_in(tensor.dtype):
            native.sparse = C.input_variable(shape[1:], dtype, is_sparse=True)
            self.bound[native.sparse.uid] = SparseForm(tensor)
        return native

    def _combine(self, nodes):
        """One function of all results: equal ones once, and a copy of what no operation computes."""
        distinct = {}
        for node in nodes:
            computed = isinstance(node, CntkFunction)
            distinct.setdefault(_uid(node), node if computed else C.plus(node, 0))
        places = {uid: place for place, uid in enumerate(distinct)}
        self.function = C.combine(list(distinct.values()))
        outputs = list(self.function.outputs)
        self.outputs = [outputs[places[_uid(node)]] for node in nodes]
        bound = [(node, self.bound[node.uid]) for node in self.function.arguments]
        self.arguments = [(node, tensor, held_in(tensor.dtype) == node.dtype.__name__) for node, tensor in bound]

    def given(self, held):
        """The arguments' values; `held` has those of the known tensors, each in its own type."""
        return {
            node: held[tensor] if fits else feed(view(held[tensor]).to_ndarray(), node.dtype)
            for node, tensor, fits in self.arguments
        }

    def run(self, held):
        """The results' values by tensor; `held` as in `given`."""
        arguments = self.given(held)
        fetched = dict.fromkeys(self.outputs)
        self.placement.begin()
        super(CntkFunction, self.function)._forward(arguments, fetched, self.device, set(), set())
        return self.found(fetched, held)

    def found(self, fetched, held):
        """The results' values by tensor; ShapeMismatch if indices were no numbers of rows."""
        for tensor, count in self.indices:
            check_rows(view(held[tensor]).to_ndarray(), count)
        for output, count in zip(self.outputs[len(self.results) :], self.computed):
            check_rows(view(fetched[output]).to_ndarray(), count)
        return {tensor: fetched[output] for tensor, output in zip(self.results, self.outputs)}


class GradientStage(Stage):
    """One forward and backward pass: gradients of a loss, and other tensors that come with the forward pass.

    Sparse inputs are dense here: the gradient of their product would be sparse, and CNTK passes none of that kind on.
    """

    multiplies_sparse = False
    goes_backward = True

    def __init__(self, engine, known, loss, operations, wanted):
        self.gradients = [gradient for each in operations for gradient in each.outputs]
        sources = [source for each in operations for source in each.inputs[1:]]
        reached = differentiated(engine, loss)
        # another would be a parameter without a gradient, at which CNTK stops with 'Cannot find input'
        probed = {source for source in sources if not source.is_variable and source.operation in reached}
        super(GradientStage, self).__init__(engine, known, list(wanted) + [loss], True, probed)
        # of the loss alone: CNTK ends the process at the gradient of a parameter that only other results have
        inside = {parameter.uid for parameter in C.as_composite(self.root.owner).parameters}
        self.parameters, self.nothing = {}, {}  # gradient -> the parameter whose gradient it is, or zeros
        for gradient, source, native in zip(self.gradients, sources, engine.lower(sources, self.values)):
            self.shapes[gradient] = native.shape
            parameter = self.values.probes.get(source) or native.node
            if source.operation in reached and parameter.uid in inside:
                self.parameters[gradient] = parameter
            else:
                self.nothing[gradient] = feed(np.zeros(native.shape), held_in(source.dtype))

    @property
    def root(self):
        """The loss, which is the last of the results."""
        return self.outputs[len(self.results) - 1]

    def run(self, held):
        """As in Stage; the gradients besides."""
        if not self.parameters:
            return {**self.nothing, **super(GradientStage, self).run(held)}
        arguments = self.given(held)
        fetched = dict.fromkeys(self.outputs)
        gradients = dict.fromkeys(self.parameters.values())
        self.placement.begin()
        super(CntkFunction, self.function).gradients(arguments, self.root, gradients, fetched, self.device)
        found = self.found(fetched, held)
        found.update((gradient, gradients[parameter]) for gradient, parameter in self.parameters.items())
        found.update(self.nothing)
        return found
