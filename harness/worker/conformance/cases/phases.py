"""Training or testing: in_train_phase, in_test_phase, the phase as an input or fixed."""

import numpy as np

from harness.worker.conformance.cases.draws import facts
from harness.worker.conformance.forms import Program, as_input, draw

X = draw(4, 3, seed=550)
MEAN = draw(3, seed=551)


def given(K):
    """The input of all cases here."""
    return as_input(X, K.floatx())


def fed(bench):
    """Both functions in one graph, called with 0 and 1 in turn; the phase may be told in any dtype."""
    K = bench.K
    x, phase = K.placeholder((None, 3)), K.learning_phase()
    training, testing = K.in_train_phase(K.exp(x), K.square(x)), K.in_test_phase(x + 1.0, lambda: x * 3.0)
    function = bench.function([x, phase], [training, testing], [])
    results = {}
    for place, told in enumerate((0, 1, True, False, np.uint8(1), 0.0)):
        results["value/train_%d" % place], results["value/test_%d" % place] = function([given(K), told])
    marks = [tensor._uses_learning_phase for tensor in (training, testing)]
    results.update(facts(marked=marks == [True, True]))
    return results


def nested(bench):
    """A choice in a choice, and one of what was chosen."""
    K = bench.K
    x, phase = K.placeholder((4, 3)), K.learning_phase()
    inner = K.in_test_phase(x * 5.0, x * 7.0)
    outer = K.in_train_phase(inner + 1.0, lambda: K.in_test_phase(x * 11.0, x))
    both = K.in_train_phase(K.square(inner), K.exp(outer))
    function = bench.function([x, phase], [outer, both], [])
    results = {}
    for told in (1, 0):
        results["value/outer_%d" % told], results["value/both_%d" % told] = function([given(K), told])
    return results


def gradients(bench):
    """The gradient is that of the branch that is run, through what follows it, and 0 to what only the other uses."""
    K = bench.K
    x, y, phase = K.placeholder((4, 3)), K.placeholder((4, 3)), K.learning_phase()
    loss = K.sum(K.square(K.in_train_phase(K.exp(x), y * 2.0)))
    function = bench.function([x, y, phase], [loss] + K.gradients(loss, [x, y]), [])
    results = {}
    for told in (0, 1):
        found = function([given(K), 2.0 * given(K), told])
        results["value/loss_%d" % told] = found[0]
        results["gradient/x_%d" % told], results["gradient/y_%d" % told] = found[1:]
    return results


def normalised(bench):
    """As a layer that normalises: statistics of the batch while training, kept ones else, and updates of those."""
    K = bench.K
    x, phase, mean = K.placeholder((None, 3)), K.learning_phase(), K.variable(MEAN)
    here = K.mean(x, axis=0)
    centred = K.in_train_phase(x - here, x - mean)
    update = K.moving_average_update(mean, here, 0.75)
    train, test = bench.function([x, phase], [centred], [update]), bench.function([x, phase], [centred], [])
    results = {"value/trained": train([given(K), 1])[0], "update/mean": K.get_value(mean)}
    results["value/tested"] = test([given(K), 0])[0]
    results["value/updated_though_testing"] = train([given(K), 0])[0]
    results["update/mean_again"] = K.get_value(mean)
    return results


def dropped(bench):
    """Dropout while training; what was given, to the last digit, while testing."""
    K = bench.K
    x, phase = K.placeholder((None, 3)), K.learning_phase()
    kept = K.in_train_phase(lambda: K.dropout(x, 0.5, seed=52), lambda: x)
    function = bench.function([x, phase], [kept], [])
    ones = np.full((50, 3), 1.5, K.floatx())
    trained, tested = function([ones, 1])[0], function([ones, 0])[0]
    return facts(whole=np.array_equal(tested, ones), numbers=set(np.unique(trained)) == {0.0, 3.0})


def in_formulas(bench):
    """The phase itself is a number, 0 or 1, uint8, without axes."""
    K = bench.K
    x, phase = K.placeholder((4, 3)), K.learning_phase()
    scaled = x * (1.0 + K.cast(phase, K.floatx()))
    chosen = K.switch(phase, x, K.square(x))
    function = bench.function([x, phase], [scaled, chosen, phase], [])
    results = facts(one_phase=phase is K.learning_phase())
    for told in (0, 1):
        found = function([given(K), told])
        results.update(("value/%s_%d" % (name, told), each) for name, each in zip(("scaled", "chosen", "phase"), found))
    return results


def fixed(bench):
    """Once fixed the phase is no input: the branch itself comes back, until the session is cleared."""
    K, results = bench.K, {}
    try:
        for told in (1, 0):
            K.set_learning_phase(told)
            x = K.placeholder((4, 3))
            other = K.square(x)
            training, testing = K.in_train_phase(lambda: x, other), K.in_test_phase(x, lambda: other)
            results.update(
                facts(
                    **{
                        "int_%d" % told: K.learning_phase() == told and isinstance(K.learning_phase(), int),
                        "branch_%d" % told: (training is x, testing is x) == (told == 1, told == 0),
                    }
                )
            )
            found = bench.function([x], [training, testing], [])([given(K)])
            results["value/train_%d" % told], results["value/test_%d" % told] = found
    finally:
        K.clear_session()
        bench.restart()
    results.update(facts(input_again=hasattr(K.learning_phase(), "operation")))
    return results


BODIES = (fed, nested, gradients, normalised, dropped, in_formulas, fixed)
CASES = [Program("phases-" + body.__name__, body) for body in BODIES]
