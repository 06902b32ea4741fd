"""Division with a rest, as NumPy has it; Theano's own rounds before it takes the floor, and stops at integers by 0."""

import numpy as np
from theano import scalar
from theano import tensor as T

OF_FLOATS = """
{
    const %(type)s rest = fmod(%(x)s, %(y)s);
    const bool down = rest != 0 && (rest < 0) != (%(y)s < 0);
    const %(type)s quotient = %(y)s == 0 ? %(x)s / %(y)s : round((%(x)s - rest) / %(y)s) - down;
    %(z)s = %(wanted)s;
}
"""
# the smallest integer by -1 has no quotient in C
OF_INTEGERS = """
{
    const bool alone = %(y)s == 0 || %(y)s == -1;
    const %(type)s rest = alone ? 0 : %(x)s - %(x)s / %(y)s * %(y)s;
    const bool down = rest != 0 && (rest < 0) != (%(y)s < 0);
    const %(type)s quotient = %(y)s == 0 ? 0 : alone ? 0 - (npy_uint64)%(x)s : %(x)s / %(y)s - down;
    %(z)s = %(wanted)s;
}
"""


class Division(scalar.BinaryScalarOp):
    """One of the two results, in C `wanted` and in NumPy `function`."""

    def impl(self, x, y):
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.function(x, y)

    def c_code(self, node, name, inputs, outputs, sub):
        kind = node.outputs[0].type
        names = {"x": inputs[0], "y": inputs[1], "z": outputs[0], "type": kind.dtype_specs()[1]}
        code = OF_FLOATS if kind.dtype.startswith("float") else OF_INTEGERS
        return code % dict(names, wanted=self.wanted % names)

    def c_code_cache_version(self):
        return (1,)


class FloorDivide(Division):
    """The quotient, without a gradient."""

    function, wanted = staticmethod(np.floor_divide), "quotient"

    def L_op(self, inputs, outputs, cotangents):
        return [each.zeros_like() for each in inputs]


class Modulo(Division):
    """The rest."""

    function, wanted = staticmethod(np.remainder), "down ? rest + %(y)s : rest"

    def L_op(self, inputs, outputs, cotangents):
        quotient = scalar_floor_divide(*inputs)
        return [cotangents[0], -cotangents[0] * quotient]


scalar_floor_divide = FloorDivide(scalar.upcast_out, name="floor_divide")
floor_divide = T.Elemwise(scalar_floor_divide)
modulo = T.Elemwise(Modulo(scalar.upcast_out, name="modulo"))
