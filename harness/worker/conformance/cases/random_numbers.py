"""K's random functions: every argument, moments, freshness, independence, and seeds. See draws.py for the tolerance."""

import numpy as np

from harness.worker.conformance.cases.draws import COUNT, STATISTICS, facts, moments
from harness.worker.conformance.forms import Program

FEW = 40  # draws of which no two runs are likely to agree


def uncorrelated(*arrays):
    """Whether no two arrays of draws tell anything about each other."""
    pairs = [(one, other) for place, one in enumerate(arrays) for other in arrays[:place]]
    return all(abs(np.corrcoef(one, other)[0, 1]) < STATISTICS for one, other in pairs)


def drawing(name, limits, *arguments):
    """The moments of a function of K with these arguments, and what two calls and two tensors have in common."""

    def body(bench):
        make = getattr(bench.K, name)
        tensors = [make((COUNT,), *arguments, seed=seed) for seed in (61, 62, 61)]
        function = bench.function([], tensors, [])
        (first, other, same_seed), (second, _, _) = function([]), function([])
        results = moments(first)
        results.update(
            facts(
                inside=limits[0] <= first.min() and first.max() <= limits[1],
                floatx=all(tensor.dtype == bench.K.floatx() == first.dtype for tensor in tensors),
                independent=uncorrelated(first, other, same_seed, second),
                elements_independent=uncorrelated(first[1:], first[:-1]) and uncorrelated(first[2:], first[:-2]),
            )
        )
        return results

    return body


def certain(bench):
    """Probabilities of 0, which is the default, and of 1; uniform numbers between two equal ones; no deviation."""
    K = bench.K
    shape = (3, 2)
    tensors = (
        K.random_binomial(shape),
        K.random_binomial(shape, p=1.0),
        K.random_uniform(shape, 2.0, 2.0),
        K.random_normal(shape, -1.5, 0.0),
    )
    names = ("never", "always", "uniform", "normal")
    return {"value/" + name: found for name, found in zip(names, bench.function([], list(tensors), [])([]))}


def dtypes(bench):
    """Other dtypes than floatx, and their digits: more than 24 bits of a float64."""
    K = bench.K
    tensors = [
        K.random_uniform((FEW,), dtype="float64", seed=1),
        K.random_normal((FEW,), dtype="float64", seed=2),
        K.random_uniform((FEW,), dtype="float32", seed=3),
        K.random_binomial((FEW,), p=0.5, dtype="int32", seed=4),
        K.random_binomial((FEW,), p=0.5, dtype="bool", seed=5),
    ]
    found = bench.function([], tensors, [])([])
    names = [array.dtype.name for array in found]
    fine = [not np.array_equal(array, array.astype("float32")) for array in found[:2]]
    return facts(
        dtypes=names == ["float64", "float64", "float32", "int32", "bool"],
        fine=all(fine),
        both=all(set(array.tolist()) == {0, 1} for array in found[3:]),
    )


def shapes(bench):
    """Shapes of ints, of sizes that are known at the call, and of a whole tensor; draws differ along every axis."""
    K = bench.K
    x = K.placeholder((None, 3, None))
    tensors = [
        K.random_uniform(K.shape(x), seed=1),
        K.random_normal((K.shape(x)[2], 2, K.shape(x)[0]), seed=2),
        K.random_binomial((K.shape(x)[0], 50), p=0.5, seed=3),
        K.random_uniform((), seed=4),
        K.random_uniform([2, 3], seed=5),
    ]
    function = bench.function([x], tensors, [])
    results = {}
    for batch, last in ((2, 4), (3, 1)):
        found = function([np.zeros((batch, 3, last), K.floatx())])
        for place, array in enumerate(found):
            results["value/shape_%d_of_%d" % (place, batch)] = np.array(array.shape)
        results.update(facts(**{"all_differ_of_%d" % batch: all(map(differ, found[:2]))}))
    return results


def differ(array):
    """Whether no two slices along any axis are equal."""
    return all(
        not np.array_equal(one, other)
        for axis in range(array.ndim)
        for slices in [list(np.moveaxis(array, axis, 0))]
        for place, one in enumerate(slices)
        for other in slices[:place]
    )


def draws_of(bench, seed):
    """Two calls' draws of each function, on a fresh engine."""
    bench.restart()
    K = bench.K
    tensors = [
        K.random_uniform((FEW,), seed=seed),
        K.random_normal((FEW,), seed=seed),
        K.random_binomial((FEW,), p=0.5, seed=seed),
        K.dropout(K.ones((FEW,)), 0.5, seed=seed),
    ]
    function = bench.function([], tensors, [])
    return [np.concatenate(column) for column in zip(function([]), function([]))]


def same(one, other):
    """Which of the functions drew the same."""
    return [np.array_equal(*pair) for pair in zip(one, other)]


def seeds(bench):
    """The same seed draws the same on a fresh engine, call for call, another one otherwise."""
    one, again, other = draws_of(bench, 71), draws_of(bench, 71), draws_of(bench, 72)
    return facts(same=all(same(one, again)), differs=not any(same(one, other)))


def seeds_of_numpy(bench):
    """Without a seed numpy's state chooses one, so that np.random.seed governs; it does not with one."""
    state = np.random.get_state()
    try:
        found = []
        for number in (5, 5, 6):
            np.random.seed(number)
            found.append(draws_of(bench, None))
        return facts(governed=all(same(*found[:2])), differs=not any(same(*found[1:])))
    finally:
        np.random.set_state(state)


def variables(bench):
    """Variables of draws: their arguments, seeds, and np.random.seed where there is none."""
    K, results = bench.K, {}
    state = np.random.get_state()
    try:
        for name, arguments in (("uniform", (-2.0, 3.0)), ("normal", (4.0, 0.5))):
            make = getattr(K, "random_%s_variable" % name)
            made = make((3, 4), *arguments, seed=81, name="kept")
            np.random.seed(82)
            unseeded, following = make((5,), *arguments), make((5,), *arguments, dtype="float64")
            results["value/" + name] = K.get_value(made)
            results["value/%s_of_numpy" % name] = K.get_value(unseeded)
            results["value/%s_in_float64" % name] = K.get_value(following)
            results.update(facts(**{"named_" + name: made.is_variable and made.name == "kept"}))
        return results
    finally:
        np.random.set_state(state)


def noise_shapes(bench):
    """Masks shared along axes: sizes told as None, as ints, as 1 and as those of another tensor."""
    K = bench.K
    x, like = K.placeholder((None, 4, 30)), K.placeholder((None, 4))
    forms = [(None, 1, None), (K.shape(x)[0], 1, 30), (1, 4, None), (K.shape(like)[0], 4, 1), (None, None, None)]
    outputs = [K.dropout(x, 0.5, noise_shape=form, seed=90 + place) for place, form in enumerate(forms)]
    ones, other = np.ones((25, 4, 30), K.floatx()), np.zeros((25, 4), K.floatx())
    found = bench.function([x, like], outputs, [])([ones, other])
    shared = {}
    for place, array in enumerate(found):
        shared["value/shared_along_%d" % place] = np.array(
            [np.array_equal(array, np.repeat(array.take([0], axis), array.shape[axis], axis)) for axis in range(3)], int
        )
        shared.update(facts(**{"two_numbers_%d" % place: np.unique(array).tolist() == [0.0, 2.0]}))
    return shared


def levels(bench):
    """How much each level drops, and what is left is scaled to; what drops draws anew at each call and each tensor."""
    K, results = bench.K, {}
    x, given = K.ones((COUNT,)), (0.0, 0.1, 0.75)
    function = bench.function([], [K.dropout(x, level) for level in given + (0.1,)], [])
    found, after = function([]), function([])
    for level, array in zip(given, found):
        results["value/dropped_%d" % (100 * level)] = np.mean(array == 0)
        results["value/largest_%d" % (100 * level)] = array.max()
    results.update(facts(independent=uncorrelated(found[1], found[2], found[3], after[1])))
    return results


CASES = [
    Program("draws-random_uniform", drawing("random_uniform", (-1.0, 3.0), -1.0, 3.0), STATISTICS),
    Program("draws-random_uniform-defaults", drawing("random_uniform", (0.0, 1.0)), STATISTICS),
    Program("draws-random_normal", drawing("random_normal", (-np.inf, np.inf), 2.0, 0.5), STATISTICS),
    Program("draws-random_normal-defaults", drawing("random_normal", (-np.inf, np.inf)), STATISTICS),
    Program("draws-random_binomial", drawing("random_binomial", (0.0, 1.0), 0.3), STATISTICS),
    Program("draws-certain", certain),
    Program("draws-dtypes", dtypes),
    Program("draws-shapes", shapes),
    Program("draws-seeds", seeds),
    Program("draws-seeds_of_numpy", seeds_of_numpy),
    Program("draws-variables", variables),
    Program("draws-dropout-noise_shapes", noise_shapes),
    Program("draws-dropout-levels", levels, STATISTICS),
]
