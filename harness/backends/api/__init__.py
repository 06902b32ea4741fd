"""K: the backend API of Keras 1.x, written once over the graph, by family.

Names, argument names, order and defaults are those of Keras 1.2.2; each docstring names its source, and where the two
backends differ says which is followed.

Wherever a tensor is expected a number, an array or a nested list of numbers is a constant: of floatx where a function
takes floats, else of the other operand's dtype or its own; a list that has tensors in it is K.stack of them.

Arguments are checked when the graph is built: TypeMismatch (a TypeError) for what is no tensor, number or array, or has
a dtype that the function does not take, ShapeMismatch (a ValueError) for ranks, sizes, axes and names that do not fit;
both are BackendError. NumPy's scalars, and arrays without axes, stand for Python's bools, ints, floats and strs in
every argument; ranges, generators and arrays of one axis for lists and tuples of ints. Gradients flow to all float
arguments unless the docstring says otherwise.
"""

from harness.backends.api.arrays.indexing import in_top_k, one_hot
from harness.backends.api.arrays.padding import (
    asymmetric_spatial_2d_padding,
    asymmetric_temporal_padding,
    spatial_2d_padding,
    spatial_3d_padding,
    temporal_padding,
)
from harness.backends.api.arrays.repetition import repeat, repeat_elements, resize_images, resize_volumes, tile
from harness.backends.api.arrays.shaping import (
    arange,
    batch_flatten,
    concatenate,
    expand_dims,
    flatten,
    is_explicit_shape,
    pattern_broadcast,
    permute_dimensions,
    reshape,
    reverse,
    squeeze,
    stack,
)
from harness.backends.api.config import (
    backend,
    cast_to_floatx,
    epsilon,
    floatx,
    image_dim_ordering,
    legacy_weight_ordering,
    set_epsilon,
    set_floatx,
    set_image_dim_ordering,
    set_legacy_weight_ordering,
)
from harness.backends.api.control.conditionals import in_test_phase, in_train_phase, switch
from harness.backends.api.control.folds import foldl, foldr, map_fn
from harness.backends.api.control.learning_phase import learning_phase, set_learning_phase
from harness.backends.api.control.rnn import rnn
from harness.backends.api.conv.convolution import atrous_conv2d, conv1d, conv2d
from harness.backends.api.conv.pooling import pool2d
from harness.backends.api.conv.separable import separable_conv2d
from harness.backends.api.conv.transposed import deconv2d
from harness.backends.api.conv.volumes import conv3d, pool3d
from harness.backends.api.core.compiled import Function
from harness.backends.api.core.functions import (
    batch_get_value,
    batch_set_value,
    function,
    get_value,
    get_variable_shape,
    gradients,
    moving_average_update,
    print_tensor,
    set_value,
    stop_gradient,
    update,
    update_add,
    update_sub,
)
from harness.backends.api.core.sparse import is_sparse, to_dense
from harness.backends.api.core.tensors import (
    cast,
    count_params,
    dtype,
    eval,
    eye,
    int_shape,
    is_keras_tensor,
    ndim,
    ones,
    ones_like,
    placeholder,
    random_normal_variable,
    random_uniform_variable,
    shape,
    variable,
    zeros,
    zeros_like,
)
from harness.backends.api.ctc.decoding import ctc_decode
from harness.backends.api.ctc.loss import ctc_batch_cost, ctc_label_dense_to_sparse
from harness.backends.api.ctc.paths import (
    ctc_cost,
    ctc_create_skip_idxs,
    ctc_interleave_blanks,
    ctc_path_probs,
    ctc_update_log_p,
)
from harness.backends.api.math.arithmetic import (
    abs,
    clip,
    cos,
    equal,
    exp,
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
)
from harness.backends.api.math.products import batch_dot, dot, gather, transpose
from harness.backends.api.math.random import random_binomial, random_normal, random_uniform
from harness.backends.api.math.reductions import all, any, argmax, argmin, max, mean, min, prod, std, sum, var
from harness.backends.api.nn.activations import (
    dropout,
    elu,
    hard_sigmoid,
    relu,
    sigmoid,
    softmax,
    softplus,
    softsign,
    tanh,
)
from harness.backends.api.nn.losses import (
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)
from harness.backends.api.nn.normalization import batch_normalization, l2_normalize, normalize_batch_in_training
from harness.backends.api.session import (
    clear_session,
    get_session,
    get_uid,
    manual_variable_initialization,
    reset_uids,
    set_session,
)

# What `import *` takes: the functions, and not the modules that they are in.
__all__ = [name for name, value in sorted(globals().items()) if callable(value) and not name.startswith("_")]
