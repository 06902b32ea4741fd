"""map_fn, foldl and foldr: elements of every rank, known and unknown numbers of them, in the right order."""

import numpy as np

from harness.worker.conformance.forms import Expression, draw

VECTOR = draw(4, seed=570)
ROWS = draw(3, 2, seed=571)
CUBES = draw(2, 3, 2, seed=572)
KERNEL, START = draw(2, 2, seed=573), draw(2, seed=574)
# from the left the product is below the smallest float32 before it meets the tens; from the right it never is
SINKING = np.array([1e-20, 1e-20, 10.0, 10.0, 10.0])


def mapping(K, P, vector, rows, cubes, kernel):
    """Elements without axes, vectors, matrices; results of more axes, of fewer and of another dtype."""
    return {
        "scalars": K.map_fn(lambda x: K.exp(x) * 2.0, vector),
        "grown": K.map_fn(lambda x: x * kernel, vector),
        "rows": K.map_fn(lambda x: K.square(x) + 1.0, rows, name="squares"),
        "shrunk": K.map_fn(lambda x: K.sum(x * x), rows),
        "cubes": K.map_fn(lambda x: K.dot(x, kernel), cubes),
        "signs": K.map_fn(lambda x: K.greater(x, 0), rows),
    }


def of_arrays(K, P, x):
    """Elements that are an array of NumPy's, of floats and of integers; what is mapped may ignore its element."""
    floats, integers = np.arange(3.0) + 0.5, np.arange(6, dtype="int32").reshape(3, 2)
    return {
        "map": K.map_fn(lambda each: x * each, floats),
        "map_integers": K.map_fn(lambda each: each * 2, integers),
        "left": K.foldl(lambda total, each: total * each + x, floats, K.zeros_like(x)),
        "right": K.foldr(lambda total, each: total - each, integers),
        "same": K.map_fn(lambda each: x, floats),
    }


def integers(K, P, n):
    """Elements that are integers, results too."""
    return {"map": K.map_fn(lambda x: K.sum(x), n), "left": K.foldl(lambda total, x: total * 10 + x, n)}


def folding(fold):
    """One fold: over numbers, vectors and matrices, with a first value and without."""

    def build(K, P, vector, rows, cubes, kernel, start):
        function = getattr(K, fold)
        return {
            "numbers": function(lambda total, x: total * 0.5 + K.exp(x), vector),
            "numbers_from": function(lambda total, x: K.sin(total) * x, vector, K.sum(start)),
            "rows": function(lambda total, x: K.tanh(total * 2.0 + x), rows, name="of_rows"),
            "rows_from": function(lambda total, x: total * x + start, rows, initializer=start),
            "matrices": function(lambda total, x: total - K.square(x), cubes),
            "of_other_shape": function(lambda total, x: K.dot(kernel, total) + K.sum(x), cubes, kernel),
        }

    return build


def order(K, P, x):
    """Left to right and strictly right to left, as float32 shows."""

    def multiply(total, each):
        return total * each

    return {"left": K.foldl(multiply, x), "right": K.foldr(multiply, x)}


def open_number(K, P, vector, rows):
    """The number of elements is not known before the graph runs."""

    def subtract(total, x):
        return x - 0.5 * total

    return {
        "map": K.map_fn(lambda x: K.square(x), rows),
        "map_scalars": K.map_fn(lambda x: K.exp(x), vector),
        "left": K.foldl(subtract, rows),
        "right": K.foldr(subtract, rows),
        "left_scalars": K.foldl(subtract, vector),
        "right_from": K.foldr(subtract, vector, K.sum(rows)),
    }


def single(K, P, x):
    """One element alone: nothing to fold it with."""

    def add(total, each):
        return total + 10.0 * each

    return {
        "map": K.map_fn(lambda each: each * 2.0, x),
        "left": K.foldl(add, x),
        "right": K.foldr(add, x),
        "from": K.foldl(add, x, K.ones_like(x[0])),
    }


ALL = {"vector": VECTOR, "rows": ROWS, "cubes": CUBES, "kernel": KERNEL}
FOLDED = dict(ALL, start=START)
OPEN = {"vector": VECTOR, "rows": ROWS}

CASES = [
    Expression("folds-map_fn", ALL, mapping, tuple(ALL)),
    Expression("folds-of_arrays", {"x": START}, of_arrays, ("x",)),
    Expression("folds-integers", {"n": np.array([[1, 2], [3, 4], [5, 6]], "int32")}, integers),
    Expression("folds-foldl", FOLDED, folding("foldl"), tuple(FOLDED)),
    Expression("folds-foldr", FOLDED, folding("foldr"), tuple(FOLDED)),
    Expression("folds-order", {"x": SINKING.astype("float32")}, order),
    Expression("folds-open_number", OPEN, open_number, tuple(OPEN), free=tuple(OPEN)),
    Expression("folds-single", {"x": draw(1, 2, seed=575)}, single, ("x",)),
    Expression("folds-single-open", {"x": draw(1, 2, seed=575)}, single, ("x",), free=("x",)),
]
