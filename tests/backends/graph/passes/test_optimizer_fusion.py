"""Which updates are steps of an optimizer that a library has one kernel for."""

from __future__ import annotations

import pytest

from harness.backends import api as K
from harness.backends.graph.passes.optimizer_fusion import find_steps

SHAPE = (2, 3)


def of_rmsprop(p, g, lr, a, rho=0.9, rest=0.1, epsilon=1e-6):
    new_a = rho * a + rest * K.square(g)
    return [(p, p - lr * g / K.sqrt(new_a + epsilon)), (a, new_a)]


def of_adadelta(p, g, lr, a, d, rho=0.95, epsilon=1e-6):
    new_a = rho * a + (1 - rho) * K.square(g)
    u = g * K.sqrt(d + epsilon) / K.sqrt(new_a + epsilon)
    return [(p, p - lr * u), (a, new_a), (d, rho * d + (1 - rho) * K.square(u))]


def of_adam(p, g, lr, m, v, b1=0.9, b2=0.99, epsilon=1e-8):
    new_m, new_v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * K.square(g)
    return [(m, new_m), (v, new_v), (p, p - lr * new_m / (K.sqrt(new_v) + epsilon))]


FORMULAS = {
    "rmsprop": (of_rmsprop, 1, {"rho": 0.9, "rest": 0.1, "epsilon": 1e-6}),
    "adadelta": (of_adadelta, 2, {"rho": 0.95, "rest": 0.05, "epsilon": 1e-6}),
    "adam": (of_adam, 2, {"b1": 0.9, "rest1": 0.1, "b2": 0.99, "rest2": 0.01, "epsilon": 1e-8}),
}


def variables(count, shape=SHAPE):
    return [K.zeros(shape) for _ in range(count)]


def found(updates, accepted=lambda step: True):
    return find_steps(updates, accepted)


@pytest.mark.parametrize("name", FORMULAS)
def test_step_is_found_with_all_that_it_is_made_of(name):
    formula, count, numbers = FORMULAS[name]
    p, *accumulators = variables(1 + count)
    g, lr, other = K.placeholder(SHAPE), K.variable(0.1), K.variable(0.0)
    updates = formula(p, g, lr, *accumulators)
    (step,), rest = found([(other, other + 1.0), *updates])
    assert [variable for variable, _ in rest] == [other]
    assert (step.name, step.p, step.accumulators, step.inputs) == (name, p, accumulators, [g, lr])
    assert step.updated == [p, *accumulators]
    assert step.numbers == pytest.approx(numbers)


def test_each_weight_has_a_step_of_its_own():
    pairs, g, lr = [variables(2) for _ in range(3)], K.placeholder(SHAPE), K.variable(0.1)
    steps, rest = found([update for p, a in pairs for update in of_rmsprop(p, g, lr, a)])
    assert [step.updated for step in steps] == pairs
    assert rest == []


def test_products_and_sums_fit_in_either_order():
    (p, a), g, lr = variables(2), K.placeholder(SHAPE), K.variable(0.1)
    new_a = K.square(g) * 0.1 + a * 0.9
    (step,), rest = found([(p, p - g * lr / K.sqrt(1e-6 + new_a)), (a, new_a)])
    assert step.numbers == pytest.approx(FORMULAS["rmsprop"][2])
    assert rest == []


def test_step_that_the_engine_has_no_kernel_for_is_left():
    (p, a), g, lr = variables(2), K.placeholder(SHAPE), K.variable(0.1)
    updates = of_rmsprop(p, g, lr, a)
    asked = []
    assert found(updates, lambda step: asked.append(step.name)) == ([], updates)
    assert asked == ["rmsprop"]


def difference_turned(p, g, lr, a):
    return [(p, lr * g / K.sqrt(0.9 * a + 0.1 * K.square(g) + 1e-6) - p), (a, 0.9 * a + 0.1 * K.square(g))]


def another_function(p, g, lr, a):
    return [(p, p - lr * g / K.exp(0.9 * a + 0.1 * K.square(g) + 1e-6)), (a, 0.9 * a + 0.1 * K.square(g))]


def product_for_quotient(p, g, lr, a):
    return [(p, p - lr * g * K.sqrt(0.9 * a + 0.1 * K.square(g) + 1e-6)), (a, 0.9 * a + 0.1 * K.square(g))]


def another_accumulator(p, g, lr, a):
    return [(p, of_rmsprop(p, g, lr, a)[0][1]), (a, 0.9 * a + 0.1 * g)]


def no_accumulator(p, g, lr, a):
    return [(p, of_rmsprop(p, g, lr, a)[0][1])]


def another_gradient(p, g, lr, a):
    other = K.placeholder(SHAPE)
    return [(p, of_rmsprop(p, g, lr, a)[0][1]), (a, 0.9 * a + 0.1 * K.square(other))]


def numbers_that_differ(p, g, lr, a):
    return [(p, of_rmsprop(p, g, lr, a)[0][1]), (a, 0.8 * a + 0.2 * K.square(g))]


def numbers_that_do_not_add_up(p, g, lr, a):
    return of_rmsprop(p, g, lr, a, rho=0.9, rest=0.2)


def number_that_is_computed(p, g, lr, a):
    return of_rmsprop(p, g, lr, a, epsilon=K.variable(1e-6))


def rate_of_each_element(p, g, lr, a):
    return of_rmsprop(p, g, K.zeros(SHAPE), a)


def weight_is_its_accumulator(p, g, lr, a):
    new_p = 0.9 * p + 0.1 * K.square(g)
    return [(p, p - lr * g / K.sqrt(new_p + 1e-6))]


def accumulator_of_one_number(p, g, lr, a):
    return of_rmsprop(p, g, lr, K.zeros((1, 1)))[:1]


@pytest.mark.parametrize(
    "make",
    [
        *(difference_turned, another_accumulator, no_accumulator, another_gradient, numbers_that_differ),
        *(numbers_that_do_not_add_up, number_that_is_computed, rate_of_each_element, weight_is_its_accumulator),
        *(accumulator_of_one_number, another_function, product_for_quotient),
    ],
)
def test_what_is_another_formula_is_left(make):
    (p, a), g, lr = variables(2), K.placeholder(SHAPE), K.variable(0.1)
    updates = make(p, g, lr, a)
    steps, rest = found(updates)
    assert steps == []
    assert rest == updates


def test_gradient_of_another_shape_is_left():
    (p, a), g, lr = variables(2), K.placeholder((1, 3)), K.variable(0.1)
    updates = of_rmsprop(p, g, lr, a)
    assert found(updates) == ([], updates)
