"""Convolution, pooling, padding and enlarging."""

from __future__ import annotations

from tests.backends.api.arguments.wrong_arguments.forms import (
    NO_INT,
    NO_LAYOUT,
    NO_TENSOR,
    Function,
    integers,
    shapes,
    tensor,
    types,
)

ROWS, IMAGE, VOLUME = tensor(2, 8, 3), tensor(2, 8, 8, 3), tensor(2, 8, 8, 8, 3)
WINDOW, CUBE = tensor(3, 3, 3, 4), tensor(2, 2, 2, 3, 4)
NO_IMAGE = NO_TENSOR + types(integers(2, 8, 8, 3)) + shapes(ROWS, tensor(2, 8, 8, 5), tensor(2, 2, 2, 3))
NO_VOLUME = NO_TENSOR + types(integers(2, 8, 8, 8, 3)) + shapes(IMAGE, tensor(2, 8, 8, 8, 5), tensor(2, 1, 8, 8, 3))
NO_WINDOW = NO_TENSOR + types(integers(3, 3, 3, 4)) + shapes(tensor(3, 3, 4), tensor(3, 3, 2, 4), tensor(9, 3, 3, 4))
NO_PAIR = types("ab", None, 2, (1, 1.5), (1, True)) + shapes((1,), (1, 1, 1), (0, 1), (1, -1))
NO_TRIPLE = types("abc", None, 2, (1, 1, 1.5)) + shapes((1, 1), (1, 0, 1))
NO_MODE = shapes("half", "VALID", None, 1)
NO_COUNT = NO_INT + shapes(-1)
TF = {"dim_ordering": "tf"}
HINTS = ("image_shape", "filter_shape")

FUNCTIONS = {
    "conv1d": Function(
        {"x": ROWS, "kernel": tensor(2, 3, 4)},
        {
            "x": NO_TENSOR + types(integers(2, 8, 3)) + shapes(tensor(8, 3), tensor(2, 8, 5), tensor(2, 1, 3)),
            "kernel": NO_TENSOR + shapes(tensor(3, 4), tensor(2, 5, 4), tensor(9, 3, 4), tensor(None, 3, 4)),
            "stride": NO_INT + shapes(0),
            "border_mode": NO_MODE,
        },
        HINTS,
    ),
    "conv2d": Function(
        {"x": IMAGE, "kernel": WINDOW, **TF},
        {
            "x": NO_IMAGE,
            "kernel": NO_WINDOW,
            "strides": NO_PAIR,
            "border_mode": NO_MODE,
            "dim_ordering": NO_LAYOUT,
            "filter_dilation": NO_PAIR + shapes((4, 1)),
        },
        HINTS,
    ),
    "atrous_conv2d": Function(
        {"x": IMAGE, "kernel": WINDOW, **TF},
        {
            "x": NO_IMAGE,
            "kernel": NO_WINDOW,
            "rate": NO_INT + shapes(0, 4),
            "border_mode": NO_MODE,
            "dim_ordering": NO_LAYOUT,
        },
        HINTS,
    ),
    "separable_conv2d": Function(
        {"x": IMAGE, "depthwise_kernel": tensor(3, 3, 3, 2), "pointwise_kernel": tensor(1, 1, 6, 4), **TF},
        {
            "x": NO_IMAGE,
            "depthwise_kernel": NO_TENSOR
            + shapes(tensor(3, 3, 2), tensor(3, 3, 2, 2), tensor(3, 3, 3, 1))
            + shapes(tensor(3, 3, None, 2), tensor(3, 3, 3, None), tensor(None, 3, 3, 2)),
            "pointwise_kernel": NO_TENSOR + shapes(tensor(6, 4), tensor(3, 3, 6, 4), tensor(1, 1, 3, 4)),
            "strides": NO_PAIR,
            "border_mode": NO_MODE,
            "dim_ordering": NO_LAYOUT,
        },
    ),
    "deconv2d": Function(
        {"x": tensor(2, 6, 6, 4), "kernel": tensor(3, 3, 4, 3), "output_shape": (2, 8, 8, 3), **TF},
        {
            "x": NO_TENSOR + shapes(tensor(2, 6, 4), tensor(2, 5, 6, 4), tensor(2, 6, 6, 5)),
            "kernel": NO_TENSOR + shapes(tensor(3, 3, 4), tensor(3, 3, 5, 3)),
            "output_shape": types("word", None, (2, 8, 8.5, 3), (2, None, 8, 3))
            + shapes((2, 8, 8), (2, 9, 8, 3), (2, 8, 8, 5), (3, 8, 8, 3), (2, 0, 8, 3)),
            "strides": NO_PAIR + shapes((2, 2)),
            "border_mode": NO_MODE + shapes("full"),
            "dim_ordering": NO_LAYOUT,
        },
        HINTS,
    ),
    "conv3d": Function(
        {"x": VOLUME, "kernel": CUBE, **TF},
        {
            "x": NO_VOLUME,
            "kernel": NO_TENSOR + shapes(WINDOW, tensor(2, 2, 2, 5, 4), tensor(9, 2, 2, 3, 4)),
            "strides": NO_TRIPLE,
            "border_mode": NO_MODE,
            "dim_ordering": NO_LAYOUT,
            "filter_dilation": NO_TRIPLE + shapes((8, 1, 1)),
        },
        ("volume_shape", "filter_shape"),
    ),
    "pool2d": Function(
        {"x": IMAGE, "pool_size": (2, 2), **TF},
        {
            "x": NO_TENSOR + types(integers(2, 8, 8, 3)) + shapes(ROWS, tensor(2, 1, 8, 3)),
            "pool_size": NO_PAIR + shapes((9, 1)),
            "strides": NO_PAIR,
            "border_mode": NO_MODE + shapes("full"),
            "dim_ordering": NO_LAYOUT,
            "pool_mode": shapes("sum", "MAX", None),
        },
    ),
    "pool3d": Function(
        {"x": VOLUME, "pool_size": (2, 2, 2), **TF},
        {
            "x": NO_TENSOR + types(integers(2, 8, 8, 8, 3)) + shapes(IMAGE, tensor(2, 1, 8, 8, 3)),
            "pool_size": NO_TRIPLE + shapes((9, 1, 1), (1, 9, 1)),
            "strides": NO_TRIPLE,
            "border_mode": NO_MODE + shapes("full"),
            "dim_ordering": NO_LAYOUT,
            "pool_mode": shapes("sum", "MAX", None),
        },
    ),
    "temporal_padding": Function({"x": ROWS}, {"x": NO_TENSOR + shapes(IMAGE), "padding": NO_COUNT}),
    "asymmetric_temporal_padding": Function(
        {"x": ROWS}, {"x": NO_TENSOR + shapes(IMAGE), "left_pad": NO_COUNT, "right_pad": NO_COUNT}
    ),
    "spatial_2d_padding": Function(
        {"x": IMAGE},
        {
            "x": NO_TENSOR + shapes(ROWS),
            "padding": types("ab", None, 2, (1, 1.5)) + shapes((1,), (1, 1, 1), (1, -1)),
            "dim_ordering": NO_LAYOUT,
        },
    ),
    "asymmetric_spatial_2d_padding": Function(
        {"x": IMAGE},
        {
            "x": NO_TENSOR + shapes(ROWS),
            **{f"{side}_pad": NO_COUNT for side in ("top", "bottom", "left", "right")},
            "dim_ordering": NO_LAYOUT,
        },
    ),
    "spatial_3d_padding": Function(
        {"x": VOLUME},
        {
            "x": NO_TENSOR + shapes(IMAGE),
            "padding": types("abc", None, 2, (1, 1, 1.5)) + shapes((1, 1), (1, 1, -1)),
            "dim_ordering": NO_LAYOUT,
        },
    ),
    "resize_images": Function(
        {"X": IMAGE, "height_factor": 2, "width_factor": 3, **TF},
        {
            "X": NO_TENSOR + shapes(ROWS),
            "height_factor": NO_INT + shapes(0),
            "width_factor": NO_INT + shapes(0),
            "dim_ordering": NO_LAYOUT + shapes("default"),
        },
    ),
    "resize_volumes": Function(
        {"X": VOLUME, "depth_factor": 1, "height_factor": 2, "width_factor": 3, **TF},
        {
            "X": NO_TENSOR + shapes(IMAGE),
            **{f"{axis}_factor": NO_INT + shapes(0) for axis in ("depth", "height", "width")},
            "dim_ordering": NO_LAYOUT + shapes("default"),
        },
    ),
}
