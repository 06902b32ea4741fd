"""The primitives in Theano's operations, by family."""

from harness.backends.theano_lowerings import draws, elementwise, images, recurrence, reductions, shaping

LOWERINGS = {}
for _family in (elementwise, reductions, shaping, images, draws, recurrence):
    LOWERINGS.update(_family.LOWERINGS)
