"""The hyperbolic tangent in a form that g++ vectorizes; the C library's, one element after another, takes 10 ns each.

From 0.625 on it is 1 - 2 / (exp(2 |x|) + 1), where 2 ** (k + f), f in [-1/2, 1/2], is a polynomial of f with k added
to its exponent; below, where that would cancel, x + x ** 3 P(x ** 2). Both polynomials are least squares fits of the
largest relative error, 2e-9 and 7e-9. Against float64 no result of five million is off by more than 1.5e-7 of itself.
"""

from theano import scalar
from theano import tensor as T

from harness.backends.engines.theano.dtypes import in_one_piece

C_CODE = """
{
    const float magnitude = __builtin_fabsf(%(x)s);
    const float bounded = magnitude > 10 ? 10.0f : magnitude;
    const float power = bounded * 2.88539008f;
    union { float number; int bits; } rounded, scale;
    rounded.number = power + 12582912.0f;  // 1.5 * 2**23: the sum has no room for a fraction
    const float f = power - (rounded.number - 12582912.0f);
    scale.bits = (rounded.bits - 0x4b400000 + 127) << 23;
    const float e = scale.number * (1 + f * (0.693147182f + f * (0.240226477f + f * (0.0555033237f
        + f * (0.00961843785f + f * (0.00133988762f + f * 0.000153533561f))))));
    const float s = bounded * bounded;
    const float small = bounded + bounded * s * (-0.333332598f + s * (0.133308306f + s * (-0.053688053f
        + s * (0.0204695258f + s * -0.00551528577f))));
    const float large = 1 - 2 / (e + 1);
    %(z)s = __builtin_copysignf(bounded < 0.625f ? small : large, %(x)s);
}
"""


class VectorTanh(scalar.Tanh):
    """tanh of float32 as above, of other types as Theano has it; the gradient from the result."""

    def c_code(self, node, name, inputs, outputs, sub):
        if node.inputs[0].type.dtype != "float32":
            return super(VectorTanh, self).c_code(node, name, inputs, outputs, sub)
        return C_CODE % {"x": inputs[0], "z": outputs[0]}

    def c_code_cache_version(self):
        return (1,)

    def L_op(self, inputs, outputs, cotangents):
        one = scalar.constant(1, dtype=outputs[0].dtype)
        return [cotangents[0] * (one - scalar.sqr(outputs[0]))]


vector_tanh = T.Elemwise(VectorTanh(scalar.upgrade_to_float, name="vector_tanh"))


def tanh(engine, operation, x):
    return vector_tanh(in_one_piece(operation, x))
