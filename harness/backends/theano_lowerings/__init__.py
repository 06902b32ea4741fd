"""The primitives in Theano's operations, by family."""

from harness.backends.theano_lowerings import draws, elementwise, host, images, recurrence, reductions, shaping, windows

LOWERINGS = {}
for _family in (elementwise, reductions, shaping, images, draws, host, recurrence, windows):
    LOWERINGS.update(_family.LOWERINGS)
CONDITIONS = dict.fromkeys(windows.LOWERINGS, windows.accepted)
