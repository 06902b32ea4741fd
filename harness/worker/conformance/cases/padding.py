"""Zeros around by K: the defaults, numbers of their own for each side, both layouts and the global one, dtypes."""

import numpy as np

from harness.worker.conformance.forms import Program, as_input, draw, of_api

SERIES = draw(2, 3, 2, seed=580)
IMAGES = draw(2, 2, 3, 2, seed=581)
VOLUMES = draw(1, 2, 3, 2, 2, seed=582)


def series(K, x):
    """In time."""
    return {
        "default": K.temporal_padding(x),
        "two": K.temporal_padding(x, padding=2),
        "asymmetric_default": K.asymmetric_temporal_padding(x),
        "before": K.asymmetric_temporal_padding(x, left_pad=2, right_pad=0),
        "behind": K.asymmetric_temporal_padding(x, 0, 3),
        "none": K.temporal_padding(x, 0) * 2.0,
    }


def images(K, x):
    """Rows and columns."""
    return {
        "default": K.spatial_2d_padding(x, dim_ordering="th"),
        "th": K.spatial_2d_padding(x, (2, 0), "th"),
        "tf": K.spatial_2d_padding(x, padding=(0, 3), dim_ordering="tf"),
        "asymmetric_default": K.asymmetric_spatial_2d_padding(x, dim_ordering="tf"),
        "asymmetric_th": K.asymmetric_spatial_2d_padding(x, 1, 0, 2, 3, "th"),
        "asymmetric_tf": K.asymmetric_spatial_2d_padding(
            x, top_pad=0, bottom_pad=2, left_pad=1, right_pad=0, dim_ordering="tf"
        ),
    }


def volumes(K, x):
    """Depth, rows and columns."""
    return {
        "default": K.spatial_3d_padding(x, dim_ordering="tf"),
        "th": K.spatial_3d_padding(x, (0, 1, 2), "th"),
        "tf": K.spatial_3d_padding(x, padding=(2, 0, 1), dim_ordering="tf"),
    }


def globally(bench):
    """In the layout that is set, where none is named."""
    K, results = bench.K, {}
    arrays = [as_input(array, K.floatx()) for array in (IMAGES, VOLUMES)]
    for ordering in ("th", "tf"):
        K.set_image_dim_ordering(ordering)
        x, y = K.placeholder(IMAGES.shape), K.placeholder(VOLUMES.shape)
        outputs = [
            K.spatial_2d_padding(x, (1, 2)),
            K.asymmetric_spatial_2d_padding(x, 1, 2, 0, 1),
            K.spatial_3d_padding(y, (1, 0, 2)),
        ]
        for label, array in zip(("images", "asymmetric", "volumes"), bench.function([x, y], outputs)(arrays)):
            results["value/%s_%s" % (label, ordering)] = array
    K.set_image_dim_ordering(bench.engine.dim_ordering)
    return results


CASES = [
    of_api("padding-series", series, ("x",), x=SERIES),
    of_api("padding-series-open", series, ("x",), open_axes=(("x", 0), ("x", 1)), x=SERIES),
    of_api("padding-series-of_integers", series, x=np.arange(4, dtype="int32").reshape(1, 2, 2)),
    of_api("padding-images", images, ("x",), x=IMAGES),
    of_api("padding-images-open", images, ("x",), open_axes=(("x", 0), ("x", 2)), x=IMAGES),
    of_api("padding-volumes", volumes, ("x",), open_axes=(("x", 0),), x=VOLUMES),
    Program("padding-global_layout", globally),
]
