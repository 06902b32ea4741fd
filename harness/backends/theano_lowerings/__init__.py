"""The primitives in Theano's operations, by family."""

from harness.backends.theano_lowerings import draws, elementwise, host, images, recurrence, reductions, shaping

LOWERINGS = {}
for _family in (elementwise, reductions, shaping, images, draws, host, recurrence):
    LOWERINGS.update(_family.LOWERINGS)
