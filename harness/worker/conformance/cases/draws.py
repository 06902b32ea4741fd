"""Draws: moments, limits, freshness, independence, and the same numbers from the same seed.

The libraries' streams differ, so what is compared is statistics of them, and facts as 0 or 1. A tolerance is five
standard deviations of the least certain mean, at least.
"""

import numpy as np

from harness.worker.conformance.forms import Program

COUNT = 20000
STATISTICS = 0.05  # tolerance of means and deviations over COUNT draws
KEPT = 0.75


def facts(**named):
    """Results of truths, as 0 or 1."""
    return {"value/" + label: np.array(int(bool(fact))) for label, fact in named.items()}


def moments(draws):
    """Mean and standard deviation, as results."""
    return {"value/mean": np.mean(draws), "value/deviation": np.std(draws)}


def drawing(name, low, high, limits):
    """Two draws of a random primitive, and one in the shape of an input."""

    def body(bench):
        from harness.backends.graph.dynamic_sizes import DimensionOf

        x = bench.P.placeholder((None, 2), "float32")
        make = getattr(bench.P, name)
        draws = make(None, (COUNT,), low, high, bench.K.floatx(), 11)
        like = make(x, (DimensionOf(0), 3), low, high, bench.K.floatx(), 12)
        function = bench.function([x], [draws, like], [])
        (first, small), (second, _) = (function([np.zeros((4, 2), "float32")]) for _ in range(2))
        results = facts(
            inside=first.min() >= limits[0] and first.max() < limits[1],
            fresh=not np.array_equal(first, second),
            uncorrelated=abs(np.corrcoef(first, second)[0, 1]) < STATISTICS,
            without_pattern=abs(np.corrcoef(first[1:], first[:-1])[0, 1]) < STATISTICS,
        )
        results["value/like_shape"] = np.array(small.shape)
        results.update(moments(first))
        return results

    return body


def in_halves(mask):
    """Facts of a mask's halves, along its first axis: as much is kept in both, and one does not tell the other."""
    halves = [half.ravel() for half in np.split(mask, 2)]
    return {
        "as_much_in_both": abs(np.mean(halves[0]) - np.mean(halves[1])) < STATISTICS,
        "halves_independent": abs(np.corrcoef(*halves)[0, 1]) < STATISTICS,
    }


def dropout(bench):
    """Dropout: what is kept is scaled exactly, how much is kept, masks fresh and independent."""
    K = bench.K
    x = K.placeholder((None, COUNT // 10))
    ones = np.ones((10, COUNT // 10), K.floatx())
    function = bench.function([x], [K.dropout(x, 1.0 - KEPT, seed=21), K.dropout(x, 1.0 - KEPT, seed=22)], [])
    (first, other), (second, _) = (function([ones]) for _ in range(2))
    masks = [(array != 0).ravel() for array in (first, other, second)]
    results = facts(
        other_seed_other_mask=not np.array_equal(masks[0], masks[1]),
        fresh=not np.array_equal(masks[0], masks[2]),
        independent=abs(np.corrcoef(masks[0], masks[1])[0, 1]) < STATISTICS,
        uncorrelated=abs(np.corrcoef(masks[0], masks[2])[0, 1]) < STATISTICS,
        rows_differ=not np.array_equal(first[0], first[1]),
        **in_halves(first != 0),
    )
    results["value/kept"] = np.mean(masks[0])
    results["value/numbers"] = np.unique(np.round(first, 4))
    return results


def dropout_of_maps(bench):
    """Dropout of what a convolution made, with an even and an odd number of channels."""
    K, results = bench.K, {}
    x = K.placeholder((None, 1, 24, 25))
    kernels = [K.ones((channels, 1, 1, 1)) for channels in (4, 3)]
    outputs = [K.dropout(K.conv2d(x, kernel, dim_ordering="th"), 1.0 - KEPT, seed=27) for kernel in kernels]
    dropped = bench.function([x], outputs, [])([np.ones((20, 1, 24, 25), K.floatx())])
    masks = [np.moveaxis(array, 1, 0) != 0 for array in dropped]
    for mask in masks:
        results["value/kept_of_%d" % len(mask)] = np.mean(mask)
    results.update(facts(samples_differ=not np.array_equal(masks[0][:, 0], masks[0][:, 1]), **in_halves(masks[0])))
    return results


def dropout_gradient(bench):
    """The gradient of dropout uses the mask of the very draw that made the output."""
    K = bench.K
    x = K.placeholder((None, 50))
    dropped = K.dropout(x, 0.5, seed=23)
    function = bench.function([x], [dropped] + K.gradients(K.sum(dropped), [x]), [])
    output, gradient = function([np.full((20, 50), 3.0, K.floatx())])
    return facts(same_mask=np.allclose(output, 3.0 * gradient), two_numbers=len(np.unique(gradient)) == 2)


def of_two_losses(bench):
    """The gradients of two losses and the output, of one call, use one mask."""
    K = bench.K
    x = K.placeholder((None, 50))
    dropped = K.dropout(x, 0.5, seed=28)
    gradients = [K.gradients(loss, [x])[0] for loss in (K.sum(dropped), K.sum(K.square(dropped)))]
    output, one, other = bench.function([x], [dropped] + gradients, [])([np.ones((20, 50), K.floatx())])
    return facts(same_mask=np.allclose(one, output) and np.allclose(other, 4.0 * output))


def switched(bench):
    """A level that is a variable holds for each call as it is then; at 0 the input passes whole, and its gradient."""
    K = bench.K
    x, level = K.placeholder((None, 50)), K.variable(0.0)
    dropped = K.dropout(x, level, seed=26)
    function = bench.function([x], [dropped] + K.gradients(K.sum(dropped), [x]), [])
    ones = np.ones((40, 50), K.floatx())
    off = function([ones])
    K.set_value(level, 0.75)
    output, gradient = function([ones])
    return facts(
        whole=np.array_equal(off, [ones, ones]),
        scaled=np.allclose(np.unique(output), [0.0, 4.0]),
        kept_a_quarter=abs(np.mean(output > 0) - 0.25) < STATISTICS,
        same_mask=np.allclose(output, gradient),
    )


def shared_noise(bench):
    """One draw for each row, with noise_shape; level 0 leaves everything."""
    K = bench.K
    x = K.placeholder((None, 6))
    outputs = [K.dropout(x, 0.5, noise_shape=(None, 1), seed=24), K.dropout(x, 0.0, seed=25)]
    rows, whole = bench.function([x], outputs, [])([np.ones((200, 6), K.floatx())])
    return facts(
        rows_agree=np.array_equal(rows, np.repeat(rows[:, :1], 6, axis=1)),
        both_occur=len(np.unique(rows)) == 2,
        whole=np.array_equal(whole, np.ones((200, 6))),
    )


def seeded(bench):
    """A fresh engine draws the same from the same seed, and otherwise from another."""

    def draws(seed):
        bench.restart()
        K = bench.K
        outputs = [K.random_uniform((50,), seed=seed), K.dropout(K.ones((50,)), 0.5, seed=seed)]
        function = bench.function([], outputs, [])
        return [np.concatenate(function([])) for _ in range(2)]

    one, same, other = draws(31), draws(31), draws(32)
    return facts(
        same=np.array_equal(one[0], same[0]) and np.array_equal(one[1], same[1]),
        differs=not np.array_equal(one[0], other[0]),
    )


def steps_differ(bench):
    """A draw inside the step of a scan is fresh at each time."""
    K = bench.K
    x = K.placeholder((None, 4, 100))

    def step(element, states):
        return K.dropout(element, 0.5, seed=41), []

    dropped = bench.function([x], [K.rnn(step, x, [])[1]], [])([np.ones((2, 4, 100), K.floatx())])[0]
    return facts(times_differ=not any(np.array_equal(dropped[:, 0], dropped[:, time]) for time in (1, 2, 3)))


CASES = [
    Program("draws-uniform", drawing("random_uniform", -1.0, 3.0, (-1.0, 3.0)), STATISTICS),
    Program("draws-normal", drawing("random_normal", 2.0, 0.5, (-np.inf, np.inf)), STATISTICS),
    Program("draws-dropout", dropout, STATISTICS),
    Program("draws-dropout-of_maps", dropout_of_maps, STATISTICS),
    Program("draws-dropout-gradient", dropout_gradient),
    Program("draws-dropout-of_two_losses", of_two_losses),
    Program("draws-dropout-switched", switched, STATISTICS),
    Program("draws-dropout-noise_shape", shared_noise),
    Program("draws-seeded", seeded),
    Program("draws-in_scan", steps_differ),
]
