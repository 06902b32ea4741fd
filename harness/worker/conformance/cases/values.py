"""Values of variables: read, written, asked about, one by one and all at once; and of graphs without inputs."""

import numpy as np

from harness.worker.conformance.cases.draws import facts
from harness.worker.conformance.forms import Program, draw

A, B = draw(2, 3, seed=640), draw(3, seed=641)


def read_and_written(bench):
    """Arrays, lists and numbers of other dtypes; what was read is a copy."""
    K = bench.K
    a, number, n, flags = (
        K.variable(A),
        K.variable(1.5),
        K.variable([1, 2], dtype="int32"),
        K.variable([True, False], dtype="bool"),
    )
    results = {"value/%d" % place: K.get_value(each) for place, each in enumerate((a, number, n, flags))}
    copy = K.get_value(a)
    copy[...] = 0.0
    results["value/unharmed"] = K.get_value(a)
    given = np.asfortranarray(2.0 * A)
    for variable, value in ((a, given), (number, 3), (n, [7.9, -7.9]), (flags, [0, 5])):
        K.set_value(variable, value)
    given[...] = 0.0
    results.update(("update/%d" % place, K.get_value(each)) for place, each in enumerate((a, number, n, flags)))
    return results


def many(bench):
    """All at once, in order; none at all."""
    K = bench.K
    variables = [K.variable(A), K.variable(B), K.variable(2.0)]
    results = {"value/%d" % place: each for place, each in enumerate(K.batch_get_value(variables))}
    K.batch_set_value([(variables[0], -A), (variables[2], 5.0)])
    K.batch_set_value([])
    results.update(("update/%d" % place, each) for place, each in enumerate(K.batch_get_value(variables)))
    results.update(facts(empty=K.batch_get_value([]) == []))
    return results


def evaluated(bench):
    """get_value and eval of what depends on variables alone, before and after they are set."""
    K = bench.K
    a, b = K.variable(A), K.variable(B)
    total = K.dot(a, K.expand_dims(b)) + K.ones((2, 1))
    results = {"value/eval": K.eval(total), "value/get": K.get_value(K.square(a))}
    K.set_value(a, A + 1.0)
    results["value/after"] = K.eval(total)
    results["value/variable"] = K.eval(a)
    results["value/number"] = K.eval(K.sum(K.zeros_like(b)) + 4.0)
    results["value/integers"] = K.eval(K.arange(3))
    return results


def shapes(bench):
    """get_variable_shape: ints, whatever the dtype."""
    K = bench.K
    found = [K.get_variable_shape(each) for each in (K.variable(A), K.variable(1.0), K.zeros((4, 1, 2), dtype="int32"))]
    return facts(right=found == [(2, 3), (), (4, 1, 2)], tuples=all(isinstance(each, tuple) for each in found))


def fine(bench):
    """Variables of float64 keep every digit in a run of float32, through functions and updates."""
    K = bench.K
    v, total = K.variable(A.astype("float64"), dtype="float64"), K.variable(0.0, dtype="float64")
    x = K.placeholder((2, 3), dtype="float64")
    step = bench.function([x], [v * x, K.sum(v)], [K.update_add(total, K.sum(v * x)), K.update(v, v / 3.0)])
    product, before = step([A[::-1]])
    results = {"value/product": product, "value/sum": before}
    results["update/v"], results["update/total"] = K.get_value(v), K.get_value(total)
    digits = [
        np.array_equal(product, product.astype("float32")),
        results["update/total"] == np.float32(results["update/total"]),
    ]
    results.update(facts(more_digits=not any(digits)))
    return results


def integers(bench):
    """Integers count exactly, beyond what a float32 holds."""
    K = bench.K
    count = K.variable(2**24, dtype="int32")
    step = bench.function([], [count + 1], [K.update_add(count, 1)])
    outputs = [step([])[0] for _ in range(2)]
    K.set_value(count, K.get_value(count) + 1)
    return {"value/outputs": np.array(outputs), "update/count": K.get_value(count)}


BODIES = (read_and_written, many, evaluated, shapes, fine, integers)
CASES = [Program("values-" + body.__name__, body) for body in BODIES]
