"""Optimizer steps that libraries have one kernel for, found in the updates of a function by their formulas.

A formula is written once, over holes, and compared with the graph of an update operation by operation. Where it fits,
one kernel may update a weight and its accumulators in place, instead of a dozen that each pass over the whole weight.
Each engine says for which formulas it has a kernel.
"""

from harness.backends.graph import operators, primitives  # noqa: F401 operators: the formulas are written in + - * /

COMMUTATIVE = ("add", "multiply")


def _holes(count):
    """`count` placeholders of a formula."""
    return [primitives.placeholder((), "float32") for _ in range(count)]


def _sqrt(x):
    return primitives.unary("sqrt", x)


def _square(x):
    return primitives.unary("square", x)


class Formula(object):
    """An optimizer: what a weight `p` and its accumulators become, over holes.

    Attributes
    ----------
    name : str                  what engines know it by
    p, g, lr : hole             weight; gradient; learning rate, a scalar that may be computed
    accumulators : list of hole
    numbers : dict, name -> hole          constants
    new_values : list of Tensor           of the weight, then of each accumulator
    complements : list of (name, name)    numbers that add up to 1
    """

    name = None

    def __init__(self, p, g, lr, accumulators, numbers, new_values, complements):
        self.p, self.g, self.lr, self.accumulators = p, g, lr, accumulators
        self.numbers, self.new_values, self.complements = numbers, new_values, complements
        self.holes = set([p, g, lr] + accumulators + list(numbers.values()))


class RMSprop(Formula):
    """a' = rho a + (1 - rho) g^2; p' = p - lr g / sqrt(a' + epsilon)."""

    name = "rmsprop"

    def __init__(self):
        p, g, lr, a, rho, rest, epsilon = _holes(7)
        new_a = rho * a + rest * _square(g)
        super(RMSprop, self).__init__(
            p,
            g,
            lr,
            [a],
            {"rho": rho, "rest": rest, "epsilon": epsilon},
            [p - lr * g / _sqrt(new_a + epsilon), new_a],
            [("rho", "rest")],
        )


class Adadelta(Formula):
    """u = g sqrt(d + epsilon) / sqrt(a' + epsilon); p' = p - lr u; a and d are running means of g^2 and u^2."""

    name = "adadelta"

    def __init__(self):
        p, g, lr, a, d, rho, rest, epsilon = _holes(8)
        new_a = rho * a + rest * _square(g)
        u = g * _sqrt(d + epsilon) / _sqrt(new_a + epsilon)
        super(Adadelta, self).__init__(
            p,
            g,
            lr,
            [a, d],
            {"rho": rho, "rest": rest, "epsilon": epsilon},
            [p - lr * u, new_a, rho * d + rest * _square(u)],
            [("rho", "rest")],
        )


class Adam(Formula):
    """m' = b1 m + (1 - b1) g; v' = b2 v + (1 - b2) g^2; p' = p - lr m' / (sqrt(v') + epsilon)."""

    name = "adam"

    def __init__(self):
        p, g, lr, m, v, b1, rest1, b2, rest2, epsilon = _holes(10)
        new_m, new_v = b1 * m + rest1 * g, b2 * v + rest2 * _square(g)
        super(Adam, self).__init__(
            p,
            g,
            lr,
            [m, v],
            {"b1": b1, "rest1": rest1, "b2": b2, "rest2": rest2, "epsilon": epsilon},
            [p - lr * new_m / (_sqrt(new_v) + epsilon), new_m, new_v],
            [("b1", "rest1"), ("b2", "rest2")],
        )


class FusedStep(object):
    """A formula found in the updates.

    Attributes
    ----------
    name : str                            of the formula
    p, accumulators : variable, list of variable
    inputs : [gradient, learning rate]    the tensors that it is computed from beside them
    numbers : dict, name -> float
    """

    def __init__(self, formula, bound):
        self.name = formula.name
        self.p, self.accumulators = bound[formula.p], [bound[hole] for hole in formula.accumulators]
        self.inputs = [bound[formula.g], bound[formula.lr]]
        self.numbers = {name: _value(bound[hole]) for name, hole in formula.numbers.items()}

    @property
    def updated(self):
        """The variables that the step writes, the weight first."""
        return [self.p] + self.accumulators


def find_steps(updates, accepted):
    """(list of FusedStep, list of the updates that none of them makes).

    Parameters
    ----------
    updates : list of (variable, Tensor)
    accepted : FusedStep -> bool      whether the engine has a kernel for it
    """
    new_values = dict(updates)
    steps = []
    for variable, _ in updates:
        step = _step(variable, new_values)
        if step is not None and accepted(step):
            steps.append(step)
            for updated in step.updated:
                del new_values[updated]
    return steps, [(variable, new) for variable, new in updates if variable in new_values]


def _step(variable, new_values):
    """The FusedStep that gives `variable` its new value, None if there is none."""
    for formula in FORMULAS:
        bound = _fitted(formula, variable, new_values)
        if bound is not None:
            return FusedStep(formula, bound)
    return None


def _fitted(formula, variable, new_values):
    """What each hole stands for, None if the formula does not fit."""
    bound = {formula.p: variable}
    if variable not in new_values or not _fits(formula, formula.new_values[0], new_values[variable], bound):
        return None
    for hole, pattern in zip(formula.accumulators, formula.new_values[1:]):
        if bound[hole] not in new_values or not _fits(formula, pattern, new_values[bound[hole]], bound):
            return None
    return bound if _sound(formula, bound) else None


def _sound(formula, bound):
    """Whether what the holes stand for is what the kernel takes."""
    updated = [bound[hole] for hole in [formula.p] + formula.accumulators]
    numbers = {name: _value(bound[hole]) for name, hole in formula.numbers.items()}
    return all(tensor.shape == bound[formula.g].shape for tensor in updated) and all(
        abs(numbers[one] + numbers[rest] - 1) < 1e-6 for one, rest in formula.complements
    )


def _value(tensor):
    """The number that a scalar constant holds, None for any other tensor."""
    constant = tensor.operation.name == "constant" and tensor.shape == ()
    return float(tensor.operation.attributes["value"]) if constant else None


def _same(one, other):
    """Whether two tensors are one, or constants of one value."""
    value = _value(one)
    return one is other or (value is not None and value == _value(other))


def _takes(formula, hole, tensor):
    """Whether a hole may stand for a tensor: a number for a constant, the rate for a scalar, all others for any."""
    if hole in formula.numbers.values():
        return _value(tensor) is not None
    return hole is not formula.lr or tensor.shape == ()


def _fits(formula, pattern, tensor, bound):
    """Whether `tensor` has the form of `pattern`; `bound` receives what the holes stand for."""
    if pattern in formula.holes:
        return _takes(formula, pattern, tensor) and _same(bound.setdefault(pattern, tensor), tensor)
    wanted, found = pattern.operation, tensor.operation
    if wanted.name != found.name or len(wanted.inputs) != len(found.inputs):
        return False
    orders = [found.inputs, found.inputs[::-1]] if wanted.name in COMMUTATIVE else [found.inputs]
    for order in orders:
        attempt = dict(bound)
        if all(_fits(formula, *pair, bound=attempt) for pair in zip(wanted.inputs, order)):
            bound.update(attempt)
            return True
    return False


FORMULAS = (RMSprop(), Adadelta(), Adam())
