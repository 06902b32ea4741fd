"""Operations that TensorFlow does not have for a dtype, computed in int32 and brought back, as NumPy has them."""

import tensorflow as tf

from harness.backends.graph.primitive_table import of_kind

LACKING = {
    "bool": of_kind("unary", "binary", "comparison", "reduction", "product"),
    "uint8": of_kind("unary", "product") | {"power"},
    "int8": of_kind("product"),
    "int16": of_kind("product"),
}


def through_int32(name, lowering):
    """A lowering of primitive `name` for every dtype, from one for those that TensorFlow has it for."""

    def lowered(engine, operation, *natives):
        if name not in LACKING.get(operation.inputs[0].dtype, ()):
            return lowering(engine, operation, *natives)
        wide = lowering(engine, operation, *[tf.cast(native, "int32") for native in natives])
        return tf.cast(wide, operation.outputs[0].dtype)

    return lowered
