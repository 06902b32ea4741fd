"""The primitives in CNTK's operations, by family."""

from harness.backends.engines.cntk import (
    convolution,
    elementwise,
    floor_division,
    host,
    powers,
    random,
    reductions,
    shaping,
)
from harness.backends.engines.cntk.dtypes import cast, exact, held_in, typed
from harness.backends.engines.cntk.native import constant, static


def _constant(engine, operation):
    dtype = operation.outputs[0].dtype
    return constant(exact(operation.attributes["value"], dtype), held_in(dtype))


def _variable(engine, operation):
    return static(operation.outputs[0].shape, engine.parameter_to_read(operation))


LOWERINGS = {"constant": _constant, "variable": _variable, "cast": cast}
for _family in (elementwise, floor_division, powers, reductions, shaping, convolution, random, host):
    LOWERINGS.update((name, typed(name, lowering)) for name, lowering in _family.LOWERINGS.items())
