"""Variables and updates: simultaneous, from the values before the call; and whole training steps."""

import numpy as np

from harness.worker.conformance.forms import Program, as_input, draw

A, B = draw(3, seed=80), draw(3, seed=81)
BATCH_SIZES = (3, 1, 5, 2, 6, 4, 7)
RATES = (0.02, 0.0, 0.01)


def swap(bench):
    """Two variables change places, twice; the outputs are their values before."""
    K = bench.K
    a, b = K.variable(A), K.variable(B)
    exchange = bench.function([], [a, b * 2.0], [(a, b), (b, a)])
    results = {}
    for call in ("first", "second"):
        before = exchange([])
        results["value/%s_a" % call], results["value/%s_doubled_b" % call] = before
        results["update/%s_a" % call], results["update/%s_b" % call] = K.get_value(a), K.get_value(b)
    return results


def old_values(bench):
    """One new value is computed from a variable that another update changes; so is the output."""
    K = bench.K
    x, a, b = K.placeholder((3,)), K.variable(A), K.variable(B)
    step = bench.function([x], [a + b], [K.update_add(a, x), K.update(b, a * 10.0)])
    (first,) = step([np.ones(3)])
    (second,) = step([np.ones(3)])
    return {"value/first": first, "value/second": second, "update/a": K.get_value(a), "update/b": K.get_value(b)}


def no_outputs(bench):
    """A function of updates alone; update_sub and a scalar count."""
    K = bench.K
    a, count = K.variable(A), K.variable(0.0)
    step = bench.function([], [], [K.update_sub(a, 0.5), K.update_add(count, 1.0)])
    outputs = [step([]) for _ in range(3)]
    return {
        "value/outputs": np.array([len(output) for output in outputs]),
        "update/a": K.get_value(a),
        "update/count": K.get_value(count),
    }


def values(bench):
    """get_value and set_value, in two dtypes; an array got before does not change."""
    K = bench.K
    a, n = K.variable(A), K.variable(np.arange(4), dtype="int32")
    before = K.get_value(a)
    K.batch_set_value([(a, B), (n, np.arange(4)[::-1])])
    (doubled,) = bench.function([], [a * 2.0], [])([])
    return {
        "value/before": before,
        "value/doubled": doubled,
        "update/a": K.get_value(a),
        "update/n": K.get_value(n),
    }


def in_batches(bench):
    """Values of several variables at once, of which one alone has been computed with."""
    K = bench.K
    none = K.batch_get_value([])
    K.batch_set_value([])
    used, new = K.variable(A), K.variable(B)
    bench.function([], [used + 1.0], [])([])
    before = K.batch_get_value([used, new, used])
    K.batch_set_value([(used, B), (new, A)])
    after = K.batch_get_value([new, used])
    (total,) = bench.function([], [used + new * 2.0], [])([])
    named = zip(("used", "new", "used_again", "new_after", "used_after"), before + after)
    results = {"update/" + name: array for name, array in named}
    return dict(results, **{"value/total": total, "value/none": np.array(len(none))})


def shared(bench):
    """Two functions over one variable: what one writes the other reads."""
    K = bench.K
    x, a = K.placeholder((3,)), K.variable(A)
    write, read = bench.function([x], [], [K.update(a, x)]), bench.function([], [K.sum(a), a], [])
    write([B])
    total, value = read([])
    return {"value/total": total, "value/a": value}


def fed_through(bench):
    """An input that is an output too, and a constant output."""
    K = bench.K
    x = K.placeholder((None, 2))
    same, two = bench.function([x], [x, K.ones_like(x) * 2.0], [])([np.arange(6.0).reshape(3, 2)])
    return {"value/same": same, "value/two": two}


def set_apart(bench):
    """What was given to variables and read from one stays as it is when a variable is set."""
    K = bench.K
    x, first, second = K.placeholder((2, 3)), K.variable(np.ones((2, 3))), K.variable(np.ones((2, 3)))
    given = np.full((2, 3), 5.0, K.floatx())
    (before,) = bench.function([x], [first], [K.update(first, x), K.update(second, x)])([given])
    read = K.get_value(first)
    K.set_value(first, np.zeros((2, 3), K.floatx()))
    held = {"first": K.get_value(first), "second": K.get_value(second)}
    held.update(given=given, before=before, read=read)
    return {"value/" + name: array for name, array in held.items()}


def batches(bench):
    """One function called with batches of different sizes, more of them than an engine may care to specialise on."""
    K = bench.K
    x, kernel = K.placeholder((None, 4)), K.variable(draw(4, 2, seed=82))
    mean = K.mean(K.square(K.dot(x, kernel)), axis=-1)
    function = bench.function([x], [mean] + K.gradients(K.sum(mean), [kernel]), [])
    results = {}
    for size in BATCH_SIZES:
        value, gradient = function([as_input(draw(size, 4, seed=83), K.floatx())])
        results["value/of_%d" % size], results["gradient/kernel_of_%d" % size] = value, gradient
    return results


def inner_gradient(bench):
    """The gradient with respect to a tensor inside the graph; a part of it is stopped."""
    K = bench.K
    x = K.placeholder((2, 3))
    hidden = K.tanh(x)
    loss = K.sum(K.square(hidden) * K.stop_gradient(hidden))
    found = K.gradients(loss, [hidden, x])
    gradients = bench.function([x], found, [])([as_input(draw(2, 3, seed=84), K.floatx())])
    return {"gradient/hidden": gradients[0], "gradient/x": gradients[1]}


def before_pooling(bench):
    """The gradient with respect to a relu that a pooling follows."""
    K = bench.K
    x = K.placeholder((1, 2, 2, 4))
    hidden = K.relu(x)
    loss = K.sum(K.square(K.pool2d(hidden, (2, 2), (2, 2), dim_ordering="th")))
    gradients = bench.function([x], K.gradients(loss, [hidden, x]), [])(
        [as_input(draw(1, 2, 2, 4, seed=87), K.floatx())]
    )
    return {"gradient/hidden": gradients[0], "gradient/x": gradients[1]}


def rmsprop(K, p, g, rate=0.01, rho=0.9):
    """RMSprop with epsilon inside the root, as of 2015."""
    a = K.zeros(K.int_shape(p), K.dtype(p))
    new_a = rho * a + (1.0 - rho) * K.square(g)
    return [K.update(a, new_a), K.update_sub(p, rate * g / K.sqrt(new_a + 1e-6))]


def forgetful(K, p, g):
    """RMSprop that keeps nothing of the gradients before."""
    return rmsprop(K, p, g, rho=0.0)


def adadelta(K, p, g, rate=1.0):
    """Adadelta."""
    a, d = K.zeros(K.int_shape(p), K.dtype(p)), K.zeros(K.int_shape(p), K.dtype(p))
    new_a = 0.95 * a + (1.0 - 0.95) * K.square(g)
    u = g * K.sqrt(d + 1e-6) / K.sqrt(new_a + 1e-6)
    return [K.update(a, new_a), K.update_sub(p, rate * u), K.update(d, 0.95 * d + (1.0 - 0.95) * K.square(u))]


def adam(K, p, g, rate=0.01):
    """Adam with its correction of the first steps."""
    t = K.variable(0.0, K.dtype(p))
    m, v = K.zeros(K.int_shape(p), K.dtype(p)), K.zeros(K.int_shape(p), K.dtype(p))
    step = t + 1.0
    corrected = rate * K.sqrt(1.0 - K.pow(0.999, step)) / (1.0 - K.pow(0.9, step))
    new_m, new_v = 0.9 * m + (1.0 - 0.9) * g, 0.999 * v + (1.0 - 0.999) * K.square(g)
    return [
        K.update(t, step),
        K.update(m, new_m),
        K.update(v, new_v),
        K.update_sub(p, corrected * new_m / (K.sqrt(new_v) + 1e-8)),
    ]


def descent(K, p, g):
    """Plain gradient descent."""
    return [K.update_sub(p, 0.1 * g)]


def training(optimizer, of_rows=False, dtype=None):
    """Ten steps of an optimizer on a small regression, or on rows picked from a table; dtype None is the run's."""

    def body(bench):
        K = bench.K
        floats = dtype or K.floatx()
        weight, y = K.variable(draw(5, 3, seed=85), floats), K.placeholder((None, 3), dtype=floats)
        x = K.placeholder((None,), dtype="int32") if of_rows else K.placeholder((None, 5), dtype=floats)
        output = K.gather(weight, x) if of_rows else K.dot(x, weight)
        loss = K.mean(K.square(output - y))
        updates = optimizer(K, weight, K.gradients(loss, [weight])[0])
        step = bench.function([x, y], [loss], updates)
        losses = [step(batch(of_rows, seed, floats))[0] for seed in range(10)]
        results = {"value/losses": np.array(losses)}
        for place, (variable, _) in enumerate(updates):
            results["update/%d" % place] = K.get_value(variable)
        return results

    return body


def interrupted(optimizer):
    """Steps of an optimizer whose accumulators are set, changed, emptied and read by others between them."""

    def body(bench):
        K = bench.K
        weight, gradient = K.variable(draw(5, 3, seed=86)), K.placeholder((5, 3))
        updates = optimizer(K, weight, gradient)
        step = bench.function([gradient], [], updates)
        accumulators = [variable for variable, _ in updates if variable.ndim and variable is not weight]
        accumulator = accumulators[0]
        new, results = K.placeholder((5, 3)), {}
        between = [
            lambda: K.set_value(accumulator, np.full((5, 3), 0.5, K.floatx())),
            lambda: bench.function([new], [], [K.update(accumulator, new * 2.0)])([np.full((5, 3), 0.125, K.floatx())]),
            lambda: K.batch_set_value([(each, np.zeros((5, 3), K.floatx())) for each in accumulators]),
            lambda: results.update({"value/total": bench.function([], [K.sum(accumulator)], [])([])[0]}),
            lambda: None,
        ]
        for place, act in enumerate(between):
            step([as_input(draw(5, 3, seed=300 + place), K.floatx())])
            results["update/accumulator_%d" % place] = K.get_value(accumulator)
            act()
        results["update/weight"] = K.get_value(weight)
        return results

    return body


def resting(optimizer):
    """Steps whose rate is an input, and 0 for one of them: the weight rests, the accumulators do not."""

    def body(bench):
        K = bench.K
        weight, gradient, rate = K.variable(draw(5, 3, seed=88)), K.placeholder((5, 3)), K.placeholder(())
        updates = optimizer(K, weight, gradient, rate)
        step, results = bench.function([gradient, rate], [], updates), {}
        for place, number in enumerate(RATES):
            step([as_input(draw(5, 3, seed=400 + place), K.floatx()), np.array(number, K.floatx())])
            results.update(("update/%d_%d" % (place, each), K.get_value(v)) for each, (v, _) in enumerate(updates))
        return results

    return body


def batch(of_rows, seed, floatx):
    """Inputs and targets of one step; rows repeat, and some are never picked."""
    x = np.random.RandomState(seed).randint(4, size=6) if of_rows else draw(6, 5, seed=100 + seed)
    return [x.astype("int32") if of_rows else as_input(x, floatx), as_input(draw(6, 3, seed=200 + seed), floatx)]


BODIES = (
    swap,
    old_values,
    no_outputs,
    values,
    in_batches,
    shared,
    fed_through,
    set_apart,
    batches,
    inner_gradient,
    before_pooling,
)
CASES = [Program("state-" + body.__name__, body) for body in BODIES]
for _optimizer in (descent, rmsprop, forgetful, adadelta, adam):
    # float32 rounding grows over ten steps where accumulators are near epsilon
    CASES.append(Program("state-training-" + _optimizer.__name__, training(_optimizer), tolerance=1e-4))
    CASES.append(Program("state-training-rows-" + _optimizer.__name__, training(_optimizer, True), tolerance=1e-4))
for _optimizer in (rmsprop, adadelta, adam):
    CASES.append(Program("state-interrupted-" + _optimizer.__name__, interrupted(_optimizer), tolerance=1e-4))
    CASES.append(Program("state-resting-" + _optimizer.__name__, resting(_optimizer)))
