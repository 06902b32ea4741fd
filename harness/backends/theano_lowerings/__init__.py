"""The primitives in Theano's operations, by family."""

from harness.backends.theano_lowerings import (
    draws,
    elementwise,
    host,
    images,
    products,
    recurrence,
    reductions,
    shaping,
    windows,
)
from harness.backends.theano_lowerings.native_types import through_float32

LOWERINGS = {}
for _family in (elementwise, reductions, products, shaping, images, draws, host, recurrence, windows):
    LOWERINGS.update(_family.LOWERINGS)
for _name in ("dot", "batched_dot", "softmax", "convolution", "pooling") + tuple(windows.LOWERINGS):
    LOWERINGS[_name] = through_float32(LOWERINGS[_name])
CONDITIONS = dict.fromkeys(windows.LOWERINGS, windows.accepted)
