"""What K makes: variables, constants, ranges, rows of 0 and 1, casts; what it says of them; sparse matrices."""

import numpy as np

from harness.worker.conformance.forms import Program, as_input, draw, of_api

COUNT = 20000
STATISTICS = 0.05  # of means and deviations over COUNT draws: five deviations of the least certain mean, at least
VALUE = np.array([[1.0, -2.0, 0.5], [0.0, 4.0, -0.25]])
MATRIX = np.array([[0.0, 2.0, 0.0], [0.0, 0.0, -1.5]])


class SparseMatrix(object):
    """As much of a sparse matrix of SciPy's as is asked for; not every environment has SciPy."""

    shape = MATRIX.shape
    row, col = np.nonzero(MATRIX)
    data = MATRIX[row, col]

    def tocoo(self):
        """The elements that are not 0: row, col, data."""
        return self

    def toarray(self):
        """As a dense one."""
        return MATRIX.copy()


def variables(bench):
    """Of arrays, numbers and lists, in floatx or a dtype of their own; and filled ones."""
    K = bench.K
    made = {
        "array": K.variable(VALUE),
        "float64": K.variable(VALUE, dtype="float64"),
        "number": K.variable(2.5),
        "list": K.variable([[1, 2], [3, 4]]),
        "int32": K.variable([1, -2], dtype="int32"),
        "uint8": K.variable(np.array([0, 255]), "uint8"),
        "bool": K.variable([True, False], "bool"),
        "zeros": K.zeros((2, 3)),
        "zeros_int64": K.zeros([2], dtype="int64"),
        "ones": K.ones((1, 2)),
        "ones_int16": K.ones((2,), "int16"),
        "eye": K.eye(3),
        "eye_int32": K.eye(2, dtype="int32"),
        "nothing": K.zeros((0, 2)),
    }
    results = {"value/" + label: K.eval(variable) for label, variable in made.items()}
    results.update(("value/got_" + label, K.get_value(variable)) for label, variable in made.items())
    return results


def names(bench):
    """Names that are given, and marks of what a model library may take as its own."""
    K = bench.K
    named = [
        K.variable(1.0, name="a"),
        K.placeholder((2,), name="b"),
        K.zeros((1,), name="c"),
        K.ones((1,), name="d"),
        K.eye(1, name="e"),
        K.random_uniform_variable((1,), 0, 1, name="f"),
        K.random_normal_variable((1,), 0, 1, name="g"),
    ]
    taken = [K.is_keras_tensor(each) for each in (named[0], named[1], named[0] + 1.0, np.ones(1))]
    return {"value/names": np.array([tensor.name == each for tensor, each in zip(named, "abcdefg")] + taken)}


def drawn(bench):
    """Variables of draws: their limits and moments, the same from a seed, others without one."""
    K = bench.K

    def uniform(seed=None):
        return K.eval(K.random_uniform_variable((COUNT,), -1.0, 3.0, seed=seed))

    def normal(seed=None):
        return K.eval(K.random_normal_variable((COUNT,), 2.0, 0.5, seed=seed))

    facts = []
    for draw_ in (uniform, normal):
        facts += [np.array_equal(draw_(3), draw_(3)), np.array_equal(draw_(3), draw_(4))]
        facts.append(np.array_equal(draw_(), draw_()))
        np.random.seed(5)
        first = draw_()
        np.random.seed(5)
        facts.append(np.array_equal(first, draw_()))
    numbers, others = uniform(3), normal(3)
    facts += [numbers.min() >= -1.0, numbers.max() < 3.0]
    moments = np.array([numbers.mean(), numbers.std(), others.mean(), others.std()])
    facts += list(np.abs(moments - [1.0, 4.0 / 12.0**0.5, 2.0, 0.5]) < STATISTICS)
    double = K.random_normal_variable((2, 3), 0.0, 1.0, dtype="float64", seed=1)
    return {
        "value/facts": np.array(facts),
        "value/shape": np.array(K.eval(double).shape + K.int_shape(K.random_uniform_variable((3, 1), 0, 1, "float64"))),
        "value/double": np.array(K.dtype(double) == "float64"),
    }


def alike(K, x):
    """In the shape of another tensor, in its dtype or one of their own; expressions of it."""
    return {
        "zeros": K.zeros_like(x),
        "ones": K.ones_like(x),
        "zeros_int32": K.zeros_like(x, dtype="int32"),
        "ones_bool": K.ones_like(x, "bool"),
        "of_integers": K.ones_like(K.cast(x, "int32")),
    }


def ranges(K):
    """Each form of the arguments."""
    return {
        "stop": K.arange(5),
        "start": K.arange(2, 5),
        "step": K.arange(1, 10, 3),
        "down": K.arange(5, stop=-1, step=-2),
        "int64": K.arange(3, dtype="int64"),
        "floats": K.arange(0, 2, 0.5, "float32"),
        "doubles": K.arange(0.5, 3, dtype="float64"),
        "truncated": K.arange(0.5, 3),
    }


def empty_ranges(bench):
    """Steps that lead away, and one negative number."""
    K = bench.K
    made = [K.arange(-3), K.arange(3, 1), K.arange(0, 2, -1), K.arange(0)]
    return {"value/sizes": np.array([K.eval(each).size for each in made] + [K.int_shape(made[0])[0]])}


def open_ranges(K, x):
    """As many as there are rows, and as many as half the columns."""
    return {
        "rows": K.arange(K.shape(x)[0]),
        "floats": K.arange(K.shape(x)[1], dtype=K.floatx()) * 2.0,
        "less": K.arange(K.shape(x)[1] - 1, dtype="int64"),
    }


def hot(K, x, y):
    """Class numbers in and out of range, in a vector and in a matrix."""
    return {"x": K.one_hot(x, 3), "y": K.one_hot(y, nb_classes=2)}


def casts(K, x, i, b):
    """Between floats, integers and bools."""
    return {
        "truncated": K.cast(x, "int32"),
        "small": K.cast(x, "int8"),
        "bool": K.cast(x, "bool"),
        "float": K.cast(i, "float32"),
        "double": K.cast(b, "float64"),
        "wide": K.cast(i, "int64"),
        "of_bool": K.cast(b, "uint8"),
        "same": K.cast(i, "int32"),
    }


def evaluated(bench):
    """Graphs without placeholders: of variables as they are now, of constants, of arrays."""
    K = bench.K
    x = K.variable(VALUE)
    before = K.eval(K.sum(x * 2.0, axis=0))
    K.set_value(x, VALUE + 1.0)
    after = K.eval(K.sum(x * 2.0, axis=0))
    return {"value/before": before, "value/after": after, "value/array": K.eval(K.equal(np.arange(3), 1))}


def sparse(bench):
    """Sparse placeholders and variables, what is made of them, and what they are fed with."""
    K = bench.K
    x, held, dense = K.placeholder((None, 3), sparse=True), K.variable(SparseMatrix()), K.placeholder((3, 2))
    joined = K.concatenate([x, held], axis=0)
    outputs = [
        K.to_dense(x),
        K.to_dense(held),
        K.dot(x, dense),
        K.to_dense(joined),
        K.sum(x, axis=1),
        K.to_dense(dense),
    ]
    labels = ("placeholder", "variable", "product", "joined", "sums", "dense")
    weights = as_input(draw(3, 2, seed=590), K.floatx())
    function = bench.function([x, dense], outputs)
    results = {"value/" + label: array for label, array in zip(labels, function([SparseMatrix(), weights]))}
    results["value/fed_dense"] = function([as_input(MATRIX, K.floatx()), weights])[2]
    results["value/evaluated"] = K.eval(held)
    tensors = (x, held, joined, dense, K.to_dense(x), K.concatenate([x, dense[:1, :1] + K.to_dense(x)]))
    results["value/sparse"] = np.array([K.is_sparse(tensor) for tensor in tensors])
    return results


CASES = [
    Program("making-variables", variables),
    Program("making-names", names),
    Program("making-drawn", drawn),
    of_api("making-alike", alike, x=VALUE),
    of_api("making-alike-open", alike, open_axes=(("x", 0), ("x", 1)), x=VALUE),
    of_api("making-arange", ranges),
    Program("making-arange-empty", empty_ranges),
    of_api("making-arange-open", open_ranges, open_axes=(("x", 0), ("x", 1)), x=np.zeros((4, 3))),
    of_api(
        "making-one_hot",
        hot,
        open_axes=(("x", 0),),
        x=np.array([2, 0, 3, -1, 1], "int32"),
        y=np.array([[0, 1], [1, 5], [-2, 0]], "int64"),
    ),
    of_api(
        "making-cast",
        casts,
        x=np.array([-2.75, -0.5, 0.0, 0.5, 3.999]),
        i=np.array([-3, 0, 7], "int32"),
        b=np.array([True, False]),
    ),
    Program("making-eval", evaluated),
    Program("making-sparse", sparse),
]
