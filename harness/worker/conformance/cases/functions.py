"""K.function: what it is called with, what it returns, which updates count; what is printed on the way."""

import contextlib
import io

import numpy as np

from harness.worker.conformance.cases.draws import facts
from harness.worker.conformance.forms import Program, as_input, draw

A, B = draw(2, 3, seed=610), draw(3, seed=611)


def arguments(bench):
    """Lists and tuples; arrays of other dtypes and orders, nested lists and numbers; inputs that nothing uses."""
    K = bench.K
    x, unused, factor, n = (
        K.placeholder((None, 3)),
        K.placeholder((2,)),
        K.placeholder(()),
        K.placeholder((3,), dtype="int32"),
    )
    function = bench.function((x, unused, factor, n), (x * factor, K.sum(x), n + 1), ())
    results = {}
    calls = (
        [A.astype("float64"), [1, 2], 2, [1, 2, 3]],
        (np.asfortranarray(A.astype("float32")), np.zeros(2, "int64"), np.float64(0.5), np.arange(3, dtype="int64")),
        [A[::-1, ::-1].tolist(), np.ones(2, "bool"), np.array(3, "int8"), np.zeros(3, "uint8")],
    )
    for place, arrays in enumerate(calls):
        found = function(arrays)
        results.update(facts(**{"list_%d" % place: isinstance(found, list) and all(map(is_array, found))}))
        for label, array in zip(("product", "sum", "next"), found):
            results["value/%s_%d" % (label, place)] = array
    return results


def is_array(value):
    """Whether it is one of NumPy's, without axes perhaps."""
    return isinstance(value, (np.ndarray, np.generic))


def outputs(bench):
    """The same output twice, an input, a variable, a number and none at all."""
    K = bench.K
    x, v = K.placeholder((3,)), K.variable(B)
    doubled = x * 2.0
    found = bench.function([x], [doubled, x, v, doubled, K.variable(4.0)], [])([as_input(B, K.floatx())])
    results = {"value/%d" % place: np.array(array) for place, array in enumerate(found)}
    # what was returned is the caller's: changing it changes nothing else
    found[2][...] = 0.0
    found[1][...] = 0.0
    results["value/variable_after"], results["value/third"] = K.get_value(v), found[3]
    results.update(facts(nothing=bench.function([x], [], [])([B]) == []))
    return results


def updates(bench):
    """All forms of them, from the values before the call; the first of two of one variable counts."""
    K = bench.K
    a, b, c, n, mean, twice = (K.variable(draw(3, seed=612 + place)) for place in range(6))
    count = K.variable(3, dtype="int32")
    x = K.placeholder((3,))
    steps = [
        K.update(a, b),
        K.update_add(b, a),
        K.update_sub(c, x),
        K.update(n, 2.5 + 0.0 * n),
        K.moving_average_update(mean, x, 0.9),
        (twice, twice + 1.0),
        (twice, twice + 100.0),
        K.update_add(count, 2),
    ]
    function = bench.function([x], [a + b, twice], steps)
    results = {}
    for call in range(2):
        total, before = function([as_input(B, K.floatx())])
        results["value/total_%d" % call], results["value/before_%d" % call] = total, before
        for name, variable in zip(("a", "b", "c", "n", "mean", "twice", "count"), (a, b, c, n, mean, twice, count)):
            results["update/%s_%d" % (name, call)] = K.get_value(variable)
    return results


def update_dtypes(bench):
    """A new value is cast to its variable's dtype."""
    K = bench.K
    whole, single, fine = K.variable([1, 2], dtype="int32"), K.variable([1.0, 2.0]), K.variable([0.0], dtype="float64")
    number = K.placeholder((1,), dtype="float64")
    steps = [
        K.update(whole, K.cast(whole, "float64") + number + 1.8),
        K.update(single, K.cast(whole, "float64")),
        K.update(fine, fine + number),
    ]
    bench.function([number], [], steps)([np.array([0.1], "float64")])
    return {"update/%d" % place: K.get_value(each) for place, each in enumerate((whole, single, fine))}


def several_sizes(bench):
    """One function for batches of any size, in any order."""
    K = bench.K
    x, total = K.placeholder((None, 3)), K.variable(np.zeros(3))
    function = bench.function([x], [K.mean(x, axis=0)], [K.update_add(total, K.sum(x, axis=0))])
    results = {}
    for size in (2, 5, 1, 2):
        batch = as_input(draw(size, 3, seed=620 + size), K.floatx())
        results["value/mean_of_%d" % size] = function([batch])[0]
    results["update/total"] = K.get_value(total)
    return results


def printed(bench):
    """Each call prints the message and the value, once, and passes the value on; its gradient too; K.eval is a call."""
    K = bench.K
    x = K.placeholder((2,))
    shown = K.print_tensor(K.square(x), message="squares: ")
    plain = K.print_tensor(x * 2.0)
    loss = K.sum(shown * 3.0)
    function = bench.function([x], [loss, plain] + K.gradients(loss, [x]), [])
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        first = function([[3.0, 4.0]])
        function([[1.0, 2.0]])
        K.eval(K.print_tensor(K.variable([5.0]), "held: "))
    lines = stream.getvalue().splitlines()
    held = lines.pop()
    marked = [line for line in lines if line.startswith("squares: ")]
    results = facts(
        marked=len(marked) == 2 and len(lines) == 4,
        evaluated=held.startswith("held: ") and numbers(held[6:]) == [5.0],
        values=numbers(marked[0][9:]) == [9.0, 16.0] and numbers(marked[1][9:]) == [1.0, 4.0],
        without_message=[6.0, 8.0] in [numbers(line) for line in lines if line not in marked],
    )
    results.update({"value/loss": first[0], "value/plain": first[1], "gradient/x": first[2]})
    return results


def numbers(text):
    """The numbers of an array as it is printed."""
    return [float(part) for part in text.strip("[] ").split()]


def wrong_feeds(bench):
    """What a function is called with is looked at before anything runs: one sentence, and no update is made."""
    K = bench.K
    x, n, v = K.placeholder((None, 3)), K.placeholder((2,), dtype="int32"), K.variable([1.0])
    function = bench.function([x, n], [x], [K.update_add(v, np.ones(1))])
    fine = [np.zeros((2, 3)), np.zeros(2)]
    wrong = {
        "too_few": fine[:1],
        "too_many": [*fine, fine[0]],
        "no_list": np.zeros((2, 3)),
        "too_few_axes": [np.zeros(3), fine[1]],
        "wrong_size": [np.zeros((2, 4)), fine[1]],
        "wrong_size_of_other": [fine[0], np.zeros(3)],
        "strings": [np.array([["a", "b", "c"]]), fine[1]],
        "ragged": [[[1.0, 2.0], [3.0]], fine[1]],
        "nothing": [None, fine[1]],
        "tensor": [x, fine[1]],
    }
    results = facts(**{name: refused(function, arrays) for name, arrays in wrong.items()})
    results["update/v"] = K.get_value(v)
    return results


def open_sizes(bench):
    """Sizes that only a call knows and that do not fit: one sentence too; what fits is computed after it."""
    K = bench.K
    x, y = K.placeholder((None, 3)), K.placeholder((None, 3))
    four, five = np.ones((4, 3)), np.ones((5, 3))
    wrong = {
        "added": (bench.function([x, y], [x + y], []), [four, five]),
        "reshaped": (bench.function([x], [K.reshape(x, (5, -1))], []), [four]),
        "squeezed": (bench.function([x], [K.squeeze(x, 0)], []), [four]),
    }
    results = facts(**{name: refused(*call) for name, call in wrong.items()})
    results["value/after"] = wrong["added"][0]([five, five])[0]
    return results


def refused(function, arrays):
    """Whether a call is refused with one sentence of ours."""
    from harness.backends.errors import BackendError

    try:
        function(arrays)
    except BackendError as error:
        return "Expected" in str(error) and "Received" in str(error) and "\n" not in str(error)
    return False


BODIES = (arguments, outputs, updates, update_dtypes, several_sizes, printed, wrong_feeds, open_sizes)
CASES = [Program("functions-" + body.__name__, body) for body in BODIES]
