"""What holds the variables: clearing it, putting another in its place; and counters of names."""

import numpy as np

from harness.worker.conformance.cases.draws import facts
from harness.worker.conformance.forms import Program


def uids(bench):
    """A counter for each prefix, from 1; all begin anew."""
    K = bench.K
    K.reset_uids()
    numbers = [K.get_uid("dense"), K.get_uid("dense"), K.get_uid("lstm"), K.get_uid(), K.get_uid("dense"), K.get_uid()]
    K.reset_uids()
    return {"value/numbers": np.array(numbers), "value/again": np.array([K.get_uid("dense"), K.get_uid()])}


def cleared(bench):
    """After clear_session: another session, counters at 1, the phase an input; new variables work as before."""
    K = bench.K
    before, first = K.get_session(), K.variable([1.0])
    bench.function([], [], [K.update_add(first, 1.0)])([])
    K.get_uid("dense")
    K.set_learning_phase(1)
    try:
        K.clear_session()
        fresh = K.get_session()
        made = K.variable([2.0, 3.0])
        (doubled,) = K.function([], [made * 2.0], [K.update(made, made + 1.0)])([])
        results = facts(
            another=fresh is not before,
            same_backend=fresh.backend == before.backend == K.backend(),
            input_again=hasattr(K.learning_phase(), "operation"),
            lost=lost(K, first),
        )
        results.update({"value/uid": np.array(K.get_uid("dense")), "value/doubled": doubled})
        results["update/made"] = K.get_value(made)
        return results
    finally:
        bench.restart()


def lost(K, variable):
    """Whether a variable's value is gone, which is said in one sentence."""
    from harness.backends.errors import BackendError

    try:
        K.get_value(variable)
    except BackendError as error:
        return "value not here any more" in str(error)
    return False


def swapped(bench):
    """Two sessions in turn, each with a value of its own for its own variable."""
    K = bench.K
    first = K.get_session()
    a = K.variable([1.0])
    K.set_value(a, [5.0])
    try:
        bench.restart()
        second = K.get_session()
        b = K.variable([2.0])
        K.set_value(b, [7.0])
        K.set_session(first)
        values = [K.get_value(a)[0]]
        same = K.get_session() is first
        K.set_session(second)
        values.append(K.get_value(b)[0])
        results = facts(same=same, two=first is not second, taken=K.get_session() is second)
        results["value/values"] = np.array(values, K.floatx())
        return results
    finally:
        bench.restart()


def initialised(bench):
    """Variables have their first value as soon as they are made, whatever is said about who initialises them."""
    K = bench.K
    values = []
    for manual in (True, False):
        K.manual_variable_initialization(manual)
        values.append(K.get_value(K.variable([3.0, 4.0])))
    return {"value/values": np.array(values)}


BODIES = (uids, cleared, swapped, initialised)
CASES = [Program("sessions-" + body.__name__, body) for body in BODIES]
