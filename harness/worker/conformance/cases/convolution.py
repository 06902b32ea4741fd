"""K's convolutions and poolings over time, images and volumes: every argument, both layouts.

`SPECIFICATIONS`, name -> arguments of the function, is what the oracle computes from.
"""

import numpy as np

from harness.worker.conformance.forms import Expression, Program, draw

SPECIFICATIONS = {}
SERIES = draw(2, 7, 3, seed=500)
IMAGES = draw(2, 3, 5, 6, seed=501)
VOLUMES = draw(2, 2, 4, 5, 3, seed=502)


def laid_out(x, ordering):
    """Images or volumes, given with channels first, in the layout `ordering`."""
    return x if ordering == "th" else np.ascontiguousarray(np.moveaxis(x, 1, -1))


def kernels(out, channels, window, ordering, seed):
    """Kernels in the layout `ordering`."""
    kernel = draw(*((out, channels) + tuple(window)), seed=seed)
    if ordering == "tf":
        kernel = np.ascontiguousarray(kernel.transpose(tuple(range(2, kernel.ndim)) + (1, 0)))
    return kernel


def case(function, label, inputs, arguments, smooth=True, **open_sizes):
    """A case of a function of K, called with the inputs and `arguments`."""
    name = "convolution-%s-%s" % (function, label)
    SPECIFICATIONS[name] = dict(arguments)
    return Expression(
        name,
        inputs,
        lambda K, P, **tensors: {"y": getattr(K, function)(*tensors.values(), **arguments)},
        tuple(inputs),
        smooth,
        **open_sizes,
    )


def over_time(label, length, seed, **arguments):
    """A case of conv1d."""
    open_sizes = {name: arguments.pop(name) for name in ("free", "free_times") if name in arguments}
    inputs = {"x": SERIES, "kernel": draw(length, 3, 4, seed=seed)}
    return case("conv1d", label, inputs, arguments, **open_sizes)


def over_images(function, label, ordering, window, **arguments):
    """A case of conv2d or atrous_conv2d."""
    open_sizes = {name: arguments.pop(name) for name in ("free", "free_times") if name in arguments}
    inputs = {"x": laid_out(IMAGES, ordering), "kernel": kernels(4, 3, window, ordering, 503)}
    return case(function, "%s-%s" % (label, ordering), inputs, dict(arguments, dim_ordering=ordering), **open_sizes)


def transposed(label, ordering, window, sizes, batch=2, **arguments):
    """A case of deconv2d to images of these sizes."""
    free = () if batch else ("x",)
    shape = (batch, 4) + sizes if ordering == "th" else (batch,) + sizes + (4,)
    inputs = {"x": laid_out(IMAGES[:, :, :3, :4], ordering), "kernel": kernels(4, 3, window, ordering, 504)}
    arguments = dict(arguments, output_shape=shape, dim_ordering=ordering)
    return case("deconv2d", "%s-%s" % (label, ordering), inputs, arguments, free=free)


def separable(label, ordering, multiplier, **arguments):
    """A case of separable_conv2d."""
    inputs = {
        "x": laid_out(IMAGES, ordering),
        "depthwise": kernels(multiplier, 3, (3, 2), ordering, 505),
        "pointwise": kernels(4, 3 * multiplier, (1, 1), ordering, 506),
    }
    arguments = dict(arguments, dim_ordering=ordering)
    return case("separable_conv2d", "%s-%s" % (label, ordering), inputs, arguments)


def over_volumes(label, ordering, window, **arguments):
    """A case of conv3d."""
    free = arguments.pop("free", ())
    inputs = {"x": laid_out(VOLUMES, ordering), "kernel": kernels(3, 2, window, ordering, 507)}
    arguments = dict(arguments, dim_ordering=ordering)
    return case("conv3d", "%s-%s" % (label, ordering), inputs, arguments, free=free)


def pooled(function, label, ordering, x, **arguments):
    """A case of pool2d or pool3d."""
    free = arguments.pop("free", ())
    arguments = dict(arguments, dim_ordering=ordering)
    label = "%s-%s-%s" % (label, arguments["pool_mode"], ordering)
    return case(function, label, {"x": laid_out(x, ordering)}, arguments, free=free)


def tied_volumes():
    """Maximum pooling of volumes of few different numbers: the first largest of a window takes the gradient."""
    x = np.arange(2 * 2 * 4 * 2).reshape(1, 1, 4, 4, 2) // 3 % 2 * 1.0
    arguments = {"pool_size": (2, 2, 2), "strides": (2, 2, 2), "dim_ordering": "th", "pool_mode": "max"}
    return case("pool3d", "ties-max-th", {"x": x}, arguments, smooth=False)


def default_layout(bench):
    """dim_ordering 'default' is the setting; a convolution's and a pooling's."""
    K, results = bench.K, {}
    before = K.image_dim_ordering()
    for ordering in ("th", "tf"):
        K.set_image_dim_ordering(ordering)
        x = K.placeholder(laid_out(IMAGES, ordering).shape)
        y = K.conv2d(x, K.variable(kernels(4, 3, (2, 3), ordering, 503)))
        compute = bench.function([x], [y, K.pool2d(y, (2, 2))])
        results["value/conv2d_" + ordering], results["value/pool2d_" + ordering] = compute([laid_out(IMAGES, ordering)])
    K.set_image_dim_ordering(before)
    return results


CASES = [
    Program("convolution-default_layout", default_layout),
    over_time("valid", 3, 510),
    over_time("valid-stride", 2, 511, stride=3),
    over_time("same", 3, 512, border_mode="same", free=("x",)),
    over_time("same-even-stride", 4, 513, border_mode="same", stride=2),
    over_time("full-stride", 3, 514, border_mode="full", stride=2),
    over_time("valid-open_times", 3, 515, free_times=("x",)),
    tied_volumes(),
]
for _ordering in ("th", "tf"):
    CASES += [
        over_images("conv2d", "full", _ordering, (3, 2), border_mode="full"),
        over_images(
            "conv2d",
            "full-strides-dilation",
            _ordering,
            (2, 2),
            border_mode="full",
            strides=(2, 1),
            filter_dilation=(1, 2),
        ),
        over_images("conv2d", "same-strides", _ordering, (3, 4), border_mode="same", strides=(2, 3), free=("x",)),
        over_images("conv2d", "valid-dilation", _ordering, (2, 3), border_mode="valid", filter_dilation=(3, 2)),
        over_images("atrous_conv2d", "valid", _ordering, (2, 3), rate=2),
        over_images("atrous_conv2d", "same", _ordering, (3, 3), rate=2, border_mode="same"),
        over_images("atrous_conv2d", "rate_1", _ordering, (3, 3)),
        transposed("valid", _ordering, (3, 2), (5, 5)),
        transposed("valid-strides", _ordering, (3, 2), (8, 11), strides=(2, 3)),
        transposed("valid-strides-open_batch", _ordering, (2, 2), (6, 8), batch=None, strides=(2, 2)),
        transposed("same", _ordering, (3, 4), (3, 4), border_mode="same"),
        transposed("same-strides-odd", _ordering, (3, 3), (5, 7), border_mode="same", strides=(2, 2)),
        transposed("same-strides-even", _ordering, (3, 3), (6, 8), border_mode="same", strides=(2, 2)),
        separable("valid", _ordering, 1),
        separable("same-strides", _ordering, 2, border_mode="same", strides=(2, 2)),
        separable("valid-unequal_strides", _ordering, 2, strides=(2, 1)),
        separable("full", _ordering, 2, border_mode="full"),
        over_volumes("valid", _ordering, (2, 3, 2), free=("x",)),
        over_volumes("same", _ordering, (3, 3, 3), border_mode="same"),
        over_volumes("same-even-strides", _ordering, (2, 4, 3), border_mode="same", strides=(2, 2, 1)),
        over_volumes("full", _ordering, (2, 2, 2), border_mode="full", strides=(1, 2, 1)),
        over_volumes("valid-dilation", _ordering, (2, 2, 2), filter_dilation=(3, 2, 1)),
    ]
    for _mode in ("max", "avg"):
        CASES += [
            pooled("pool2d", "default_strides", _ordering, IMAGES, pool_size=(2, 3), pool_mode=_mode),
            pooled(
                "pool2d",
                "same",
                _ordering,
                IMAGES,
                pool_size=(3, 2),
                strides=(2, 3),
                border_mode="same",
                pool_mode=_mode,
                free=("x",),
            ),
            pooled("pool3d", "default_strides", _ordering, VOLUMES, pool_size=(2, 3, 2), pool_mode=_mode),
            pooled(
                "pool3d",
                "unfit",
                _ordering,
                VOLUMES,
                pool_size=(3, 2, 2),
                strides=(2, 2, 2),
                pool_mode=_mode,
                free=("x",),
            ),
            pooled(
                "pool3d",
                "same",
                _ordering,
                VOLUMES,
                pool_size=(2, 3, 2),
                strides=(3, 1, 2),
                border_mode="same",
                pool_mode=_mode,
            ),
        ]
