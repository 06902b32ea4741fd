"""K's convolutions and poolings where a graph knows least: sizes of space unknown, layout and hints by default, ties.

Strides and gaps at once are here too. `FILTERS` and `POOLS`, label -> arguments, are what the oracle computes from.
"""

import numpy as np

from harness.worker.conformance.cases.convolution import kernels, laid_out
from harness.worker.conformance.forms import Program, as_input, draw, of_api

SERIES, IMAGES, VOLUMES = draw(2, 7, 2, seed=700), draw(2, 2, 7, 6, seed=701), draw(1, 2, 4, 3, 4, seed=702)
FAR = draw(1, 2, 7, 2, 6, seed=708)
MAPS = draw(2, 2, 3, 3, seed=703)
FEW = np.arange(2 * 5 * 4).reshape(1, 2, 5, 4) // 3 % 2 * 1.0
FEW_IN_VOLUMES = np.arange(2 * 3 * 4 * 4).reshape(1, 2, 3, 4, 4) // 5 % 2 * 1.0
BOTH = {
    "valid_strides_and_gaps": {"strides": (2, 3), "filter_dilation": (1, 4)},
    "same_strides_and_gaps": {"border_mode": "same", "strides": (3, 2), "filter_dilation": (2, 3)},
}
LEAPS = {"same": {"border_mode": "same", "strides": (4, 3)}}  # far enough to leave places out at both ends
LEAPS_IN_VOLUMES = {"same": {"border_mode": "same", "strides": (4, 1, 3)}}
FILTERS = {
    "valid": {},
    "same": {"border_mode": "same"},
    "full": {"border_mode": "full"},
    "valid_strides": {"strides": (2, 3)},
    "same_strides": {"border_mode": "same", "strides": (3, 2)},
    "same_gaps": {"border_mode": "same", "filter_dilation": (2, 3)},
    "full_gaps": {"border_mode": "full", "filter_dilation": (1, 2), "strides": (2, 1)},
}
OF_SERIES = {
    "valid": {"stride": 2},
    "same": {"border_mode": "same"},
    "same_stride": {"border_mode": "same", "stride": 3},
    "full": {"border_mode": "full", "stride": 2},
}
POOLS = {
    "rest": {"pool_size": (3, 2), "strides": (3, 4)},
    "same": {"pool_size": (3, 2), "strides": (2, 3), "border_mode": "same"},
    "leaps": {"pool_size": (1, 1), "strides": (4, 3), "border_mode": "same"},
    "same_even": {"pool_size": (2, 4), "strides": (1, 2), "border_mode": "same"},
}
POOLS_OF_VOLUMES = {
    "rest": {"pool_size": (2, 3, 2), "strides": (3, 2, 1)},
    "same": {"pool_size": (2, 3, 4), "strides": (3, 1, 2), "border_mode": "same"},
    "leaps": {"pool_size": (1, 2, 1), "strides": (4, 1, 4), "border_mode": "same"},
}
TIES = {"apart": {"pool_size": (2, 2), "strides": (2, 2)}, "same": {"pool_size": (3, 2), "border_mode": "same"}}
TIES_OF_VOLUMES = {
    "apart": {"pool_size": (2, 2, 2), "strides": (2, 2, 2)},
    "same": {"pool_size": (2, 2, 3), "strides": (1, 2, 2), "border_mode": "same"},
}


def unknown_space(ordering, axes):
    """(label, axis) of the batch and of so many axes of space of `x`."""
    first = 2 if ordering == "th" else 1
    return (("x", 0),) + tuple(("x", first + axis) for axis in range(axes))


def filtered(label, function, wanted, x, ordering, window, open_axes=()):
    """A case of a convolution, each of the wanted arguments an output."""

    def build(K, x, kernel):
        convolve = getattr(K, function)
        return {each: convolve(x, kernel, dim_ordering=ordering, **more) for each, more in wanted.items()}

    given = {"x": laid_out(x, ordering), "kernel": kernels(3, 2, window, ordering, 704)}
    return of_api("windows-%s-%s" % (label, ordering), build, ("x", "kernel"), open_axes=open_axes, **given)


def pooled(label, function, wanted, x, ordering, modes=("max", "avg"), smooth=True, open_axes=()):
    """A case of a pooling, each of the wanted arguments an output in each mode."""

    def build(K, x):
        pool = getattr(K, function)
        return {
            "%s_%s" % (mode, each): pool(x, dim_ordering=ordering, pool_mode=mode, **more)
            for mode in modes
            for each, more in wanted.items()
        }

    name = "windows-%s-%s" % (label, ordering)
    return of_api(name, build, ("x",), smooth, open_axes, x=laid_out(x, ordering))


def over_open_time(K, x, kernel):
    """conv1d of series of any length."""
    return {label: K.conv1d(x, kernel, **more) for label, more in OF_SERIES.items()}


def separable(K, x, depthwise, pointwise, ordering):
    """separable_conv2d of images of any size."""
    arguments = {"border_mode": "same", "strides": (2, 3), "dim_ordering": ordering}
    return {
        "valid": K.separable_conv2d(x, depthwise, pointwise, dim_ordering=ordering),
        "same": K.separable_conv2d(x, depthwise, pointwise, **arguments),
    }


def kernels_apart(ordering):
    """Kernels of separable_conv2d."""
    return {
        "depthwise": kernels(2, 2, (3, 2), ordering, 705),
        "pointwise": kernels(3, 4, (1, 1), ordering, 706),
    }


def by_default(K, ordering, x, kernel, y, blocks, depthwise, pointwise, maps):
    """Everything without a layout, hints of shapes beside."""
    shape = (2, 3, 5, 4) if ordering == "th" else (2, 5, 4, 3)
    hints = {"image_shape": (1, 2, 3, 4), "filter_shape": (4, 3, 2, 1)}
    return {
        "conv2d": K.conv2d(x, kernel, **hints),
        "atrous_conv2d": K.atrous_conv2d(x, kernel, 2, **hints),
        "deconv2d": K.deconv2d(maps, kernel, shape, **hints),
        "separable_conv2d": K.separable_conv2d(x, depthwise, pointwise),
        "conv3d": K.conv3d(y, blocks, volume_shape=(1, 2, 3, 4, 5), filter_shape=(5, 4, 3, 2, 1)),
        "pool3d": K.pool3d(y, (2, 1, 3)),
    }


def for_default(ordering):
    """The inputs of by_default."""
    given = {"x": laid_out(IMAGES, ordering), "kernel": kernels(3, 2, (3, 2), ordering, 704)}
    given.update(y=laid_out(VOLUMES, ordering), blocks=kernels(3, 2, (2, 1, 3), ordering, 704))
    return dict(given, maps=laid_out(MAPS, ordering), **kernels_apart(ordering))


def defaults(bench):
    """The layout is the one that is set; a hint changes nothing."""
    K, results = bench.K, {}
    before = K.image_dim_ordering()
    for ordering in ("th", "tf"):
        K.set_image_dim_ordering(ordering)
        arrays = {label: as_input(array, K.floatx()) for label, array in for_default(ordering).items()}
        given = {label: K.placeholder(array.shape) for label, array in arrays.items()}
        outputs = by_default(K, ordering, **given)
        found = bench.function(list(given.values()), list(outputs.values()))(list(arrays.values()))
        results.update(("value/%s_%s" % (label, ordering), array) for label, array in zip(outputs, found))
    K.set_image_dim_ordering(before)
    return results


CASES = [
    Program("windows-defaults", defaults),
    of_api(
        "windows-conv1d-open",
        over_open_time,
        ("x", "kernel"),
        open_axes=(("x", 0), ("x", 1)),
        x=SERIES,
        kernel=draw(4, 2, 3, seed=707),
    ),
    filtered(
        "conv3d-open", "conv3d", dict(list(FILTERS.items())[:3]), VOLUMES, "tf", (2, 1, 3), unknown_space("tf", 3)
    ),
]
for _ordering in ("th", "tf"):
    _space = unknown_space(_ordering, 2)
    CASES += [
        filtered("conv2d-both", "conv2d", BOTH, IMAGES, _ordering, (3, 2)),
        filtered("conv2d-leaps", "conv2d", LEAPS, IMAGES, _ordering, (1, 1)),
        filtered("conv3d-leaps", "conv3d", LEAPS_IN_VOLUMES, FAR, _ordering, (1, 2, 1)),
        filtered("conv2d-open", "conv2d", dict(FILTERS, **BOTH), IMAGES, _ordering, (3, 2), _space),
        of_api(
            "windows-separable_conv2d-open-" + _ordering,
            lambda K, ordering=_ordering, **given: separable(K, ordering=ordering, **given),
            ("x", "depthwise", "pointwise"),
            open_axes=_space,
            x=laid_out(IMAGES, _ordering),
            **kernels_apart(_ordering),
        ),
        pooled("pool2d-open", "pool2d", POOLS, IMAGES, _ordering, open_axes=_space),
        pooled("pool3d-open", "pool3d", POOLS_OF_VOLUMES, VOLUMES, _ordering, open_axes=unknown_space(_ordering, 3)),
        pooled("pool2d-ties", "pool2d", TIES, FEW, _ordering, ("max",), False),
        pooled("pool3d-ties", "pool3d", TIES_OF_VOLUMES, FEW_IN_VOLUMES, _ordering, ("max",), False),
    ]
