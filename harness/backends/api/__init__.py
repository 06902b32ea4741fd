"""K: the backend API of Keras 1.x, written once over the graph, by family.

Names, argument names, order and defaults are those of Keras 1.2.2; where its two backends differ, the docstring says
which is followed.
"""

from harness.backends.api.arithmetic import (
    abs,
    clip,
    cos,
    dot,
    equal,
    exp,
    gather,
    greater,
    greater_equal,
    lesser,
    lesser_equal,
    log,
    maximum,
    minimum,
    not_equal,
    pow,
    round,
    sign,
    sin,
    sqrt,
    square,
    transpose,
)
from harness.backends.api.config import (
    backend,
    cast_to_floatx,
    epsilon,
    floatx,
    image_dim_ordering,
    set_epsilon,
    set_floatx,
    set_image_dim_ordering,
)
from harness.backends.api.convolution import conv2d, pool2d
from harness.backends.api.functions import (
    Function,
    batch_get_value,
    batch_set_value,
    function,
    get_value,
    gradients,
    set_value,
    stop_gradient,
    update,
    update_add,
    update_sub,
)
from harness.backends.api.neural import (
    binary_crossentropy,
    categorical_crossentropy,
    dropout,
    hard_sigmoid,
    relu,
    sigmoid,
    softmax,
    tanh,
)
from harness.backends.api.random import random_normal, random_uniform
from harness.backends.api.recurrent import rnn
from harness.backends.api.reductions import argmax, max, mean, min, sum
from harness.backends.api.shaping import (
    batch_flatten,
    concatenate,
    expand_dims,
    flatten,
    permute_dimensions,
    reshape,
    squeeze,
)
from harness.backends.api.tensors import (
    cast,
    count_params,
    dtype,
    eval,
    int_shape,
    ndim,
    ones,
    ones_like,
    placeholder,
    variable,
    zeros,
    zeros_like,
)

# What `import *` takes: the functions, and not the modules that they are in.
__all__ = [name for name, value in sorted(globals().items()) if callable(value) and not name.startswith("_")]
