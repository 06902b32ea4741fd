"""A loop over time whose gradient uses what the loop kept.

Theano's own gradient of a scan computes every step once more before it goes back through it, products included.
"""

import theano
from theano import gof
from theano.compile import optdb

from harness.backends.engines.theano.recurrence.backward import BackwardPass


class Loop(gof.Op):
    """(sequences, time first; initial states; captures) -> of all time steps the step's results and what it keeps.

    Stands for a theano.scan, which takes its place before Theano optimizes anything.
    """

    def __init__(self, step):
        self.step = step

    def make_node(self, *inputs):
        self.inner = [native.type() for native in inputs]
        self.scanned = self.scan(self.inner)
        return gof.Apply(self, list(inputs), [native.type() for native in self.scanned])

    def scan(self, inputs):
        """The theano.scan of `inputs`."""
        step, body = self.step, self.step.body
        first, last = len(body.sequences), len(body.sequences) + len(body.states)
        rest = len(step.results) - len(body.states) + len(step.kept)
        info = step.typed(inputs[first:last]) + [None] * rest
        return theano.scan(step.keeping, inputs[:first], info, inputs[last:], strict=True, return_list=True)[0]

    def L_op(self, inputs, outputs, cotangents):
        return BackwardPass(self.step, inputs, outputs, cotangents).gradients()


@gof.local_optimizer([Loop])
def expand(node):
    """The theano.scan that a Loop stands for."""
    if not isinstance(node.op, Loop):
        return False
    return theano.clone(node.op.scanned, dict(zip(node.op.inner, node.inputs)))


# before any other optimization
optdb.register("expand_loops", gof.opt.in2out(expand), -0.02, "fast_compile", "fast_run")
