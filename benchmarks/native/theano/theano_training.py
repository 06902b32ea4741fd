"""What the three hand-written Theano workloads share: settings, dropout, one-pass updates and the loop over batches."""

import glob
import os

import numpy as np
import theano
from theano import tensor as T
from theano.sandbox.rng_mrg import MRG_RandomStreams
from theano.scalar import ScalarOp

PARALLEL_FROM = 200000  # elements; below, waking a second thread costs more than it saves

# -ffast-math: vector forms of tanh, exp and reciprocals; its start-up code also flushes denormals, which decaying
#   accumulators are full of.
# alias checks: fused expressions read more arrays than the ten that g++ would still check before it vectorises.
CXXFLAGS = "-ffast-math --param=vect-max-version-for-alias-checks=64"


def configure(threads):
    """Theano's settings, to be made before anything is built."""
    theano.config.floatX = "float32"
    theano.config.gcc.cxxflags = CXXFLAGS
    theano.config.allow_gc = False  # keeps the buffers between the steps: the sizes repeat
    theano.config.openmp = threads > 1  # elementwise loops, pooling and convolutions over all threads
    theano.config.openmp_elemwise_minsize = PARALLEL_FROM
    theano.config.blas.ldflags = openblas() or theano.config.blas.ldflags


def openblas():
    """Linker flags for the OpenBLAS that NumPy brought along, "" without one.

    Theano knows an OpenBLAS by its name in the flags: then the threads of a convolution, which share the images among
    themselves, tell it not to start its own threads below them.
    """
    found = glob.glob(os.path.join(os.path.dirname(np.__file__), "..", "numpy.libs", "libopenblas*.so"))
    return "-L%s -l:%s" % (os.path.dirname(found[0]), os.path.basename(found[0])) if found else ""


def shared(array):
    """A float32 shared variable that starts with a copy of `array`."""
    return theano.shared(np.array(array, dtype="float32"), borrow=True)


def accumulator(parameter):
    """A shared variable of zeros, as large as `parameter`."""
    return shared(np.zeros_like(parameter.get_value(borrow=True)))


# The pragmas promise that elements do not depend on each other, which g++ cannot see where input and output are one
# array: without them nothing in place is vectorised.
LOOP = """
{
    %(data)s
    const npy_intp n = PyArray_SIZE(%(array)s);
    #ifdef _OPENMP
    #pragma omp parallel for simd schedule(static) if(n >= %(from)d)
    #else
    #pragma GCC ivdep
    #endif
    for (npy_intp i = 0; i < n; i++) {
        %(body)s
    }
}
"""


class OnePassUpdate(ScalarOp):
    """New values of a weight and its accumulators, all in one loop over memory and in place.

    Subclasses name their inputs (variables, then the gradient, then scalars) and give `code`, C that changes variables.
    """

    names = ()
    variables = 0
    code = ""

    def __init__(self):
        super(OnePassUpdate, self).__init__(name=type(self).__name__)
        self.nin, self.nout = len(self.names), self.variables

    def output_types(self, types):
        """The variables' types."""
        return list(types[: self.nout])

    def make_new_inplace(self, types):
        """Theano asks for this operation again when it lets the outputs overwrite the variables."""
        return self

    def __eq__(self, other):
        return type(self) is type(other)

    def __hash__(self):
        return hash(type(self))

    def c_code(self, node, name, inputs, outputs, sub):
        """One element, for arrays that do not lie in one piece."""
        reads = ["float %s = %s;" % pair for pair in zip(self.names, inputs)]
        writes = ["%s = %s;" % pair for pair in zip(outputs, self.names)]
        return "{ %s }" % "\n".join(reads + [self.code] + writes)

    def c_code_contiguous(self, node, name, inputs, outputs, sub):
        """All elements of arrays that lie in one piece."""
        scalars = [all(variable.broadcastable) for variable in node.inputs]
        reads = ["float %s = %s_data[%s];" % (n, n, 0 if one else "i") for n, one in zip(self.names, scalars)]
        writes = ["%s_out[i] = %s;" % (n, n) for n in self.names[: self.nout]]
        data = ["const float *%s_data = (const float *)PyArray_DATA(%s);" % pair for pair in zip(self.names, inputs)]
        data += ["float *%s_out = (float *)PyArray_DATA(%s);" % pair for pair in zip(self.names, outputs)]
        body = "\n".join(reads + [self.code] + writes)
        return LOOP % {"data": "\n".join(data), "array": outputs[0], "from": PARALLEL_FROM, "body": body}

    def c_code_cache_version(self):
        return (1, self.code)


class RMSpropStep(OnePassUpdate):
    """a' = rho a + (1 - rho) g^2; p' = p - lr g / sqrt(a' + epsilon)."""

    names, variables = ("p", "a", "g"), 2
    code = "a = 0.9f * a + 0.1f * g * g; p -= 0.001f * g / sqrtf(a + 1e-6f);"


class AdadeltaStep(OnePassUpdate):
    """a' = rho a + (1 - rho) g^2; u = g sqrt(d + epsilon) / sqrt(a' + epsilon); p' = p - u.

    d' = rho d + (1 - rho) u^2.
    """

    names, variables = ("p", "a", "d", "g"), 3
    code = """
        a = 0.95f * a + 0.05f * g * g;
        const float u = g * sqrtf((d + 1e-6f) / (a + 1e-6f));
        p -= u;
        d = 0.95f * d + 0.05f * u * u;
    """


class AdamStep(OnePassUpdate):
    """m' = b1 m + (1 - b1) g; v' = b2 v + (1 - b2) g^2; p' = p - lr_t m' / (sqrt(v') + epsilon)."""

    names, variables = ("p", "m", "v", "g", "lr_t"), 3
    code = """
        m = 0.9f * m + 0.1f * g;
        v = 0.999f * v + 0.001f * g * g;
        p -= lr_t * m / (sqrtf(v) + 1e-8f);
    """


def one_pass_updates(step, parameters, gradients, *scalars):
    """[(variable, new value)] of the weights and as many accumulators of zeros as `step` changes."""
    update = T.Elemwise(step)
    updates = []
    for parameter, gradient in zip(parameters, gradients):
        variables = [parameter] + [accumulator(parameter) for _ in range(step.nout - 1)]
        updates += zip(variables, update(*variables + [gradient] + list(scalars)))
    return updates


class Training(object):
    """The data and the compiled step; `layout` is that of images. Subclasses give `losses` and `updates`.

    losses(x, y): symbolic batch -> (sum of its losses, number of hits)
    updates(gradients): gradients of the mean loss -> list of Theano's updates
    """

    layout = "th"

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        configure(threads)
        self.batch_size, self.dropout = batch_size, dropout
        self.stream = MRG_RandomStreams(seed)
        self.parameters = [shared(weight) for weight in weights]
        self.step = self.compiled(theano.shared(np.asarray(x), borrow=True), theano.shared(y, borrow=True))

    def compiled(self, x, y):
        """The function from sample indices to sums of losses and hits; it trains one batch, picked in the graph."""
        picked = T.lvector()
        loss, hits = self.losses(x[picked], y[picked])
        updates = self.updates(self.gradients(loss / T.cast(picked.shape[0], "float32")))
        step = theano.function([picked], [loss, hits], updates=updates)
        step.trust_input = True  # the only argument is made below: no checks on each step
        return step

    def gradients(self, loss):
        """Gradients of all parameters."""
        return T.grad(loss, self.parameters)

    def dropped(self, x, level):
        """`x` with a fraction `level` set to 0 and the rest scaled up, unless the contender is made without dropout."""
        if not self.dropout:
            return x
        kept = self.stream.uniform(x.shape, dtype="float32") >= np.float32(level)
        return T.switch(kept, x * np.float32(1 / (1 - level)), np.float32(0))

    def epoch(self, order):
        """Trains on the samples in this order; mean loss and accuracy."""
        order = np.ascontiguousarray(order, dtype="int64")
        loss, hits = 0.0, 0.0
        for begin in range(0, len(order), self.batch_size):
            batch_loss, batch_hits = self.step(order[begin : begin + self.batch_size])
            loss, hits = loss + float(batch_loss), hits + float(batch_hits)
        return loss / len(order), hits / len(order)

    def weights(self):
        """The trained weights."""
        return [np.array(parameter.get_value(borrow=True)) for parameter in self.parameters]


def classified(features, kernel, bias, labels):
    """(sum of cross-entropies, hits) of a last softmax layer: bias, softmax, loss and argmax are one operation."""
    entropies, _, guesses = T.nnet.crossentropy_softmax_argmax_1hot_with_bias(T.dot(features, kernel), bias, labels)
    return entropies.sum(), T.eq(guesses, labels).sum()
