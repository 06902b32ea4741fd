"""The two forms of a case: an expression with its gradients, and a program of several calls.

`run(bench)` returns the results, "<level>/<label>" -> numpy array, where the level is value, gradient or update.
"""

from typing import Any, Callable, Dict, NamedTuple, Tuple

import numpy as np

TOLERANCE = 1e-5  # of float32 results, relative to the largest element, or absolute where that is below 1


class Expression(NamedTuple):
    """Tensors computed from arrays, and the gradients of a weighted sum of the float ones.

    name: unique; the family first
    inputs: label -> array; float64 arrays are in the float type of the run, all others as they are
    build: (K, P, **placeholders) -> {label: tensor}; P is the module of primitives
    wrt: labels of the inputs whose gradients are asked for
    smooth: whether finite differences can tell the gradients: no kink or tie at these inputs
    free: labels of the inputs whose first axis has a size unknown to the graph
    free_times: labels of the inputs whose second axis has
    open_axes: (label, axis) of every further size unknown to the graph
    tolerance: see TOLERANCE
    kept: labels of the float64 inputs that are float64 in every run, unrounded
    """

    name: str
    inputs: Dict[str, Any]
    build: Callable
    wrt: Tuple[str, ...] = ()
    smooth: bool = True
    free: Tuple[str, ...] = ()
    free_times: Tuple[str, ...] = ()
    open_axes: Tuple[Tuple[str, int], ...] = ()
    tolerance: float = TOLERANCE
    kept: Tuple[str, ...] = ()

    def arrays(self, floatx):
        """Label -> input array, as a run in this float type takes it."""
        return {
            label: np.array(array) if label in self.kept else as_input(array, floatx)
            for label, array in self.inputs.items()
        }

    def run(self, bench):
        """Values and gradients, from one function."""
        graph = Graph(self, bench)
        labels = ["value/" + label for label in graph.outputs] + ["gradient/" + label for label in self.wrt]
        tensors = list(graph.outputs.values()) + graph.gradients
        return dict(zip(labels, bench.compile(graph.placeholders, tensors)(graph.arrays)))

    def numeric_gradients(self, bench):
        """label -> the gradient by central differences, in the float type of the run."""
        graph = Graph(self, bench)
        loss = bench.compile(graph.placeholders, [graph.loss])
        labels = list(self.inputs)
        return {
            "gradient/" + label: central_differences(lambda: loss(graph.arrays)[0], graph.arrays[labels.index(label)])
            for label in self.wrt
        }


def of_api(name, build, wrt=(), smooth=True, open_axes=(), **inputs):
    """An expression of functions of K: `build` is (K, **placeholders) -> {label: tensor}."""
    return Expression(name, inputs, lambda K, P, **named: build(K, **named), wrt, smooth, open_axes=open_axes)


class Program(NamedTuple):
    """Anything that takes more than one function or call: `body` (bench) -> results."""

    name: str
    body: Callable
    tolerance: float = TOLERANCE
    wrt: Tuple[str, ...] = ()
    smooth: bool = False

    def run(self, bench):
        """The body's results."""
        return self.body(bench)


class Graph(object):
    """An expression's graph for one run: placeholders and their arrays, outputs, loss and gradients."""

    def __init__(self, case, bench):
        self.arrays = list(case.arrays(bench.options.inputs or bench.api.floatx()).values())
        self.placeholders = [
            bench.P.placeholder(open_shape(case, label, array.shape), array.dtype.name)
            for label, array in zip(case.inputs, self.arrays)
        ]
        named = dict(zip(case.inputs, self.placeholders))
        self.outputs = case.build(bench.K, bench.P, **named)
        self.loss, self.gradients = None, []
        if case.wrt:
            self.loss = self.weighted_sum(bench)
            self.gradients = list(bench.P.gradient(self.loss, [named[label] for label in case.wrt]))

    def weighted_sum(self, bench):
        """The sum of all float outputs, each element with a weight of its own, so that no gradient is trivial.

        The numpy engine says what shape the weights have where the graph leaves a size open.
        """
        floats = [tensor for tensor in self.outputs.values() if tensor.dtype.startswith("float")]
        total = None
        for tensor, value in zip(floats, bench.evaluate(self.placeholders, floats, self.arrays)):
            weights = bench.P.constant(np.cos(np.arange(value.size)).reshape(value.shape), tensor.dtype)
            term = bench.api.sum(tensor * weights)
            total = term if total is None else total + term
        return total


def open_shape(case, label, shape):
    """`shape` with None for the sizes that the graph must not know."""
    unknown = set(case.open_axes)
    unknown.update((each, 0) for each in case.free)
    unknown.update((each, 1) for each in case.free_times)
    return tuple(None if (label, axis) in unknown else size for axis, size in enumerate(shape))


def as_input(value, floatx):
    """An input array in the float type of the run, its numbers rounded to float32 so that all runs see the same."""
    array = np.asarray(value)
    return array.astype("float32").astype(floatx) if array.dtype == "float64" else array.copy()


def central_differences(loss, array):
    """d loss() / d array, element by element; the array is changed in place and put back."""
    gradient = np.zeros_like(array)
    for index in np.ndindex(*array.shape):
        kept = array[index]
        step = 1e-5 * max(1.0, abs(kept))
        array[index] = kept + step
        above = float(loss())
        array[index] = kept - step
        gradient[index] = (above - float(loss())) / (2 * step)
        array[index] = kept
    return gradient


def draw(*shape, low=-1.0, high=1.0, seed=0):
    """Reproducible float64 numbers in [low, high)."""
    return np.random.RandomState(seed).uniform(low, high, size=shape)


def gradients_of(bench, functions, array):
    """The gradients of each of `functions`, name -> (K, x) -> tensor, as "gradient/name" -> array; in one call.

    Each by itself, so that a nan in one stays out of all others.
    """
    K = bench.K
    x = K.placeholder(array.shape)
    found = [K.gradients(build(K, x), [x])[0] for build in functions.values()]
    return dict(zip(("gradient/" + name for name in functions), bench.function([x], found)([array])))
