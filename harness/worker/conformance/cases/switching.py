"""K.switch: conditions of every rank and dtype, branches that broadcast, numbers and callables, both gradients."""

import numpy as np

from harness.worker.conformance.forms import Expression, draw

X, Y = draw(3, 2, 2, seed=540), draw(3, 2, 2, seed=541)
ROWS = np.array([1, 0, 1], "int32")
PAIRS = np.array([[1.0, 0.0], [0.0, -0.5], [2.0, 0.0]])
EACH = np.array([[[1, 0], [0, 1]], [[0, 0], [1, 1]], [[1, 1], [0, 1]]], "uint8")
THIN = np.array([[[1], [0]], [[0], [1]], [[1], [1]]], "uint8")
ROW, NEITHER = np.array([3.5, -1.25]), np.array([[4.0, -1.0], [0.0, 9.0]])


def scalars(K, P, x, y, yes, no, other, nothing):
    """Scalar conditions of every dtype; any number but 0 is true."""
    return {
        "of_bool": K.switch(K.greater(yes, no), x, y),
        "of_number_0": K.switch(no, x, y),
        "of_byte": K.switch(other, x, K.square(y)),
        "of_integer_0": K.switch(nothing, K.square(x), y),
        "of_true": K.switch(True, x, K.exp(y)),
    }


def callables(K, P, x, y, yes):
    """Branches that are functions without arguments, one of them or both."""
    return {
        "both": K.switch(yes, lambda: K.exp(x), lambda: K.square(y)),
        "neither_taken": K.switch(K.equal(yes, 0), lambda: K.exp(x), y),
    }


def ranks(K, P, x, y, rows, pairs, each, thin):
    """Conditions of fewer axes than the branches: of their first ones."""
    return {
        "of_rows": K.switch(rows, x, y),
        "of_pairs": K.switch(pairs, x, y),
        "of_each": K.switch(each, x, y),
        "of_thin": K.switch(thin, x, y),
    }


def broadcasting(K, P, x, row, rows):
    """A branch that is a number, one that is a vector, and one of the other's size along an axis alone."""
    return {
        "number": K.switch(rows, x, 7.0),
        "vector": K.switch(rows, row, x),
        "thin": K.switch(rows, K.sum(x, axis=1, keepdims=True), x),
        "number_first": K.switch(rows, 0.5, K.square(x)),
    }


def dtypes(K, P, x, n, small, rows):
    """The wider of the branches' dtypes; integers and bools stay what they are."""
    return {
        "float": K.switch(rows, n, x),
        "integer": K.switch(rows, n, small),
        "bool": K.switch(rows, K.equal(small, 1), K.greater(n, 1)),
    }


def not_a_number(K, P, x, whole):
    """What is nan or infinite in the branch that is not taken does not show."""
    return {"log": K.switch(K.greater(x, 0), K.log(x), x), "one_for_all": K.switch(whole, x, K.log(x))}


def counted(K, P, x, y):
    """A condition computed from the branches, open sizes."""
    chosen = K.switch(K.greater(K.sum(x), K.sum(y)), x, y)
    rows = K.switch(K.greater(K.sum(x, axis=(1, 2)), K.sum(y, axis=(1, 2))), x, y)
    return {"whole": chosen, "rows": rows}


BOTH = {"x": X, "y": Y}
SCALARS = dict(BOTH, yes=np.array(0.25), no=np.array(0.0), other=np.array(2, "uint8"), nothing=np.array(0, "int32"))
INTEGERS = {
    "x": np.array([[0.5], [1.5], [-2.5]]),
    "n": np.array([[1], [2], [300]], "int32"),
    "small": np.array([[1], [0], [5]], "uint8"),
    "rows": ROWS,
}

CASES = [
    Expression("switch-scalars", SCALARS, scalars, ("x", "y")),
    Expression("switch-callables", dict(BOTH, yes=np.array(1, "uint8")), callables, ("x", "y")),
    Expression("switch-ranks", dict(BOTH, rows=ROWS, pairs=PAIRS, each=EACH, thin=THIN), ranks, ("x", "y")),
    Expression("switch-broadcasting", {"x": X, "row": ROW, "rows": ROWS}, broadcasting, ("x", "row"), free=("x",)),
    Expression("switch-dtypes", INTEGERS, dtypes, ("x",)),
    Expression("switch-not_a_number", {"x": NEITHER, "whole": np.array(1, "uint8")}, not_a_number),
    Expression("switch-counted", BOTH, counted, ("x", "y"), free=("x", "y"), free_times=("x", "y")),
]
