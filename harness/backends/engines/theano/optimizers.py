"""Optimizer steps as one loop over a weight and its accumulators, in place.

Theano's own fusion makes several loops of a step, and a product that gives a gradient it computes twice: once as the
gradient, once more scaled by the learning rate.
"""

import numpy as np
from theano import tensor
from theano.scalar import ScalarOp

PARALLEL_FROM = 20000  # elements; below, waking a thread costs more than it saves
# Accumulators of weights that get no gradient decay towards 0; numbers below this one are computed a hundred times
# more slowly.
LEAST = "1e-37f"

# Formula -> names of what changes, and C that changes it. g and lr come last; {} are its numbers.
CODE = {
    "rmsprop": (("p", "a"), "a = {rho} * a + {rest} * g * g; p -= lr * g / std::sqrt(a + {epsilon});"),
    "adadelta": (
        ("p", "a", "d"),
        "a = {rho} * a + {rest} * g * g; const float u = g * std::sqrt((d + {epsilon}) / (a + {epsilon}));"
        " p -= lr * u; d = {rho} * d + {rest} * u * u;",
    ),
    "adam": (
        ("p", "m", "v"),
        "m = {b1} * m + {rest1} * g; v = {b2} * v + {rest2} * g * g; p -= lr * m / (std::sqrt(v) + {epsilon});",
    ),
}
# The pragmas promise that elements do not depend on each other, which g++ cannot see where an input is overwritten.
LOOP = """
{
    %(pointers)s
    const npy_intp n = PyArray_SIZE(%(first)s);
    #ifdef _OPENMP
    #pragma omp parallel for simd schedule(static) if(n >= %(parallel_from)d)
    #else
    #pragma GCC ivdep
    #endif
    for (npy_intp i = 0; i < n; i++) {
        %(body)s
    }
}
"""


def accepted(step):
    """Whether there is a loop for a FusedStep: float32 only, which the code is written for."""
    return step.name in CODE and step.p.dtype == "float32"


def changes(engine, step, gradient, lr):
    """Theano's updates [(shared variable, new value)] that make the step."""
    variables = [engine.shared(each.operation) for each in step.updated]
    loop = tensor.Elemwise(OneLoop(step.name, tuple(sorted(step.numbers.items()))))
    new = loop(*(variables + [gradient, lr]))
    return list(zip(variables, new))


class OneLoop(ScalarOp):
    """(variables, gradient, learning rate) -> new variables."""

    __props__ = ("formula", "numbers")

    def __init__(self, formula, numbers):
        super(OneLoop, self).__init__(name="Step of " + formula)
        self.formula, self.numbers = formula, numbers
        changed, _ = CODE[formula]
        self.changed, self.names = changed, changed + ("g", "lr")
        self.nin, self.nout = len(self.names), len(changed)

    def output_types(self, types):
        """The types of the variables."""
        return list(types[: self.nout])

    def make_new_inplace(self, output_types):
        """Theano asks for this one where outputs overwrite the variables."""
        return self

    def body(self):
        """C that changes one element, with what decays kept away from the slow numbers."""
        literals = {name: repr(float(np.float32(number))) + "f" for name, number in self.numbers}
        kept = ["if (std::fabs(%s) < %s) %s = 0;" % (name, LEAST, name) for name in self.changed[1:]]
        return CODE[self.formula][1].format(**literals) + " " + " ".join(kept)

    def c_support_code(self):
        return "#include <cmath>"

    def c_code(self, node, name, inputs, outputs, sub):
        """One element, for arrays that do not lie in one piece."""
        reads = ["float %s = %s;" % pair for pair in zip(self.names, inputs)]
        writes = ["%s = %s;" % pair for pair in zip(outputs, self.changed)]
        return "{ %s }" % " ".join(reads + [self.body()] + writes)

    def c_code_contiguous(self, node, name, inputs, outputs, sub):
        """All elements, where every array lies in one piece."""
        places = ["0" if all(each.broadcastable) else "i" for each in node.inputs]
        reads = ["float %s = %s_in[%s];" % (name, name, place) for name, place in zip(self.names, places)]
        writes = ["%s_out[i] = %s;" % (name, name) for name in self.changed]
        pointers = ["const float *%s_in = (const float *)PyArray_DATA(%s);" % pair for pair in zip(self.names, inputs)]
        pointers += ["float *%s_out = (float *)PyArray_DATA(%s);" % pair for pair in zip(self.changed, outputs)]
        return LOOP % {
            "pointers": "\n".join(pointers),
            "first": outputs[0],
            "parallel_from": PARALLEL_FROM,
            "body": "\n".join(reads + [self.body()] + writes),
        }

    def impl(self, *inputs):
        """The same in Python, for functions that are not compiled."""
        numbers = dict(self.numbers)
        return IMPLEMENTATIONS[self.formula](*inputs, **numbers)

    def c_code_cache_version(self):
        return (1, self.body())


def _rmsprop(p, a, g, lr, rho, rest, epsilon):
    a = rho * a + rest * g * g
    return p - lr * g / np.sqrt(a + epsilon), a


def _adadelta(p, a, d, g, lr, rho, rest, epsilon):
    a = rho * a + rest * g * g
    u = g * np.sqrt((d + epsilon) / (a + epsilon))
    return p - lr * u, a, rho * d + rest * u * u


def _adam(p, m, v, g, lr, b1, rest1, b2, rest2, epsilon):
    m, v = b1 * m + rest1 * g, b2 * v + rest2 * g * g
    return p - lr * m / (np.sqrt(v) + epsilon), m, v


IMPLEMENTATIONS = {"rmsprop": _rmsprop, "adadelta": _adadelta, "adam": _adam}
