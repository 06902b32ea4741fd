"""The primitives in Theano's operations, by family."""

from harness.backends.engines.theano import (
    composite_convolution,
    convolution,
    elementwise,
    host,
    random,
    reductions,
    shaping,
)
from harness.backends.engines.theano.dtypes import through_float32
from harness.backends.engines.theano.recurrence import scan

LOWERINGS = {}
for _family in (elementwise, reductions, shaping, convolution, random, host, scan, composite_convolution):
    LOWERINGS.update(_family.LOWERINGS)
for _name in ("dot", "batched_dot", "softmax", "convolution", "pooling") + tuple(composite_convolution.LOWERINGS):
    LOWERINGS[_name] = through_float32(LOWERINGS[_name])
CLAIMED_IF = dict.fromkeys(composite_convolution.LOWERINGS, composite_convolution.accepted)
