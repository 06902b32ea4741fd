"""K.gradients: by any node, of any loss, several at once, None where nothing flows, and as tensors among others."""

import numpy as np

from harness.worker.conformance.cases.draws import facts
from harness.worker.conformance.forms import Program, as_input, draw

X, W = draw(3, 2, seed=630), draw(2, 2, seed=631)
TINY = 2.0**-40  # beside 1 in a float64, not in a float32


def made(bench):
    """A placeholder with its array, and a variable."""
    return bench.K.placeholder((None, 2)), as_input(X, bench.K.floatx()), bench.K.variable(as_input(W, "float64"))


def by_any_node(bench):
    """By an input, a variable, tensors on the way, and the loss itself; a single one need not be in a list."""
    K = bench.K
    x, array, w = made(bench)
    hidden = K.exp(x)
    product = K.dot(hidden, w)
    loss = K.sum(K.square(product) * x)
    found = K.gradients(loss, [x, w, hidden, product, loss, w])
    alone = K.gradients(loss, hidden)
    values = bench.function([x], found + alone, [])([array])
    names = ("x", "w", "hidden", "product", "loss", "w_again", "alone")
    return {"gradient/" + name: value for name, value in zip(names, values)}


def unconnected(bench):
    """None for what the loss does not depend on, in its place; 0 for what only a stopped gradient leads to."""
    K = bench.K
    x, array, w = made(bench)
    aside, other = K.variable(3.0), K.placeholder((2,))
    loss = K.sum(K.stop_gradient(K.dot(x, w)) * x)
    found = K.gradients(loss, [aside, x, other, w, K.square(x)])
    results = facts(
        places=[each is None for each in found] == [True, False, True, False, True],
        all_of_them=K.gradients(loss, [aside, other]) == [None, None],
    )
    results["gradient/x"], results["gradient/w"] = bench.function([x], [found[1], found[3]], [])([array])
    return results


def of_a_tensor(bench):
    """A loss that is no scalar counts as its sum."""
    K = bench.K
    x, array, w = made(bench)
    rows = K.square(K.dot(x, w))
    found = K.gradients(rows, [x, w]) + K.gradients(K.mean(rows, axis=1), [w])
    values = bench.function([x], found, [])([array])
    return {"gradient/" + name: value for name, value in zip(("x", "w", "w_of_means"), values)}


def several_losses(bench):
    """Gradients of three losses, and of a sum of two, in one function with the losses themselves."""
    K = bench.K
    x, array, w = made(bench)
    shared = K.tanh(K.dot(x, w))
    losses = [K.sum(K.square(shared)), K.sum(K.exp(shared)), K.mean(x * x)]
    gradients = [K.gradients(loss, [w])[0] for loss in losses[:2]]
    gradients += K.gradients(losses[2], [x]) + K.gradients(losses[0] + losses[2], [x])
    values = bench.function([x], losses + gradients, [])([array])
    results = {"value/loss_%d" % place: value for place, value in enumerate(values[:3])}
    results.update(("gradient/%d" % place, value) for place, value in enumerate(values[3:]))
    return results


def in_expressions(bench):
    """Gradients that are scaled by their norm, as clipping does, and an update made of one that is an output too."""
    K = bench.K
    x, array, w = made(bench)
    loss = K.sum(K.square(K.dot(x, w)))
    (gradient,) = K.gradients(loss, [w])
    norm = K.sqrt(K.sum(K.square(gradient)))
    clipped = K.switch(K.greater(norm, 0.5), gradient * 0.5 / norm, gradient)
    step = bench.function([x], [loss, norm, gradient], [K.update_sub(w, 0.1 * clipped)])
    results = {}
    for call in range(2):
        values = step([array])
        results["value/loss_%d" % call], results["value/norm_%d" % call], results["gradient/w_%d" % call] = values
        results["update/w_%d" % call] = K.get_value(w)
    return results


def descent(bench):
    """Two variables, each moved by what it was before, from a gradient with respect to both."""
    K = bench.K
    x, array, w = made(bench)
    bias = K.variable(np.zeros(2))
    loss = K.mean(K.square(K.dot(x, w) + bias - 1.0))
    updates = [K.update(each, each - 0.5 * gradient) for each, gradient in zip((w, bias), K.gradients(loss, [w, bias]))]
    step = bench.function([x], [loss], updates)
    results = {"value/losses": np.array([step([array])[0] for _ in range(4)])}
    results["update/w"], results["update/bias"] = K.get_value(w), K.get_value(bias)
    return results


def partly_stopped(bench):
    """Of a product of a tensor with itself, stopped once: half of the gradient; the value stays."""
    K = bench.K
    x, array, _ = made(bench)
    squares = x * K.stop_gradient(x)
    values = bench.function([x], [squares] + K.gradients(K.sum(squares), [x]), [])([array])
    return {"value/squares": values[0], "gradient/x": values[1]}


def of_float64(bench):
    """A float64 loss of float64 variables keeps all its digits, in a run of float32 too."""
    K = bench.K
    w = K.variable([1.0 + TINY, 2.0], dtype="float64")
    loss = K.sum(w * w * 0.5)
    found = bench.function([], [loss - 2.5] + K.gradients(loss, [w]), [])([])
    return {"value/rest": found[0] / TINY, "gradient/beyond": (found[1] - [1.0, 2.0]) / TINY}


BODIES = (
    by_any_node,
    unconnected,
    of_a_tensor,
    several_losses,
    in_expressions,
    descent,
    partly_stopped,
    of_float64,
)
CASES = [Program("gradients-" + body.__name__, body) for body in BODIES]
