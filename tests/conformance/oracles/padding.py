"""Arrays put into larger ones of zeros."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.padding import CASES, IMAGES, VOLUMES
from harness.worker.conformance.forms import as_input
from tests.conformance.oracles.inputs import oracles_by_label


def framed(x, **amounts):
    """x in zeros: axis1=(before, behind) and so on."""
    widths = [amounts.get(f"axis{axis}", (0, 0)) for axis in range(x.ndim)]
    frame = np.zeros([n + sum(pair) for n, pair in zip(x.shape, widths, strict=True)], x.dtype)
    frame[tuple(slice(before, before + n) for n, (before, _) in zip(x.shape, widths, strict=True))] = x
    return frame


def series(x):
    return {
        "default": framed(x, axis1=(1, 1)),
        "two": framed(x, axis1=(2, 2)),
        "asymmetric_default": framed(x, axis1=(1, 1)),
        "before": framed(x, axis1=(2, 0)),
        "behind": framed(x, axis1=(0, 3)),
        "none": x * 2.0,
    }


def images(x):
    return {
        "default": framed(x, axis2=(1, 1), axis3=(1, 1)),
        "th": framed(x, axis2=(2, 2)),
        "tf": framed(x, axis2=(3, 3)),
        "asymmetric_default": framed(x, axis1=(1, 1), axis2=(1, 1)),
        "asymmetric_th": framed(x, axis2=(1, 0), axis3=(2, 3)),
        "asymmetric_tf": framed(x, axis1=(0, 2), axis2=(1, 0)),
    }


def volumes(x):
    return {
        "default": framed(x, axis1=(1, 1), axis2=(1, 1), axis3=(1, 1)),
        "th": framed(x, axis3=(1, 1), axis4=(2, 2)),
        "tf": framed(x, axis1=(2, 2), axis3=(1, 1)),
    }


def globally():
    x, y = as_input(IMAGES, "float64"), as_input(VOLUMES, "float64")
    return {
        "value/images_th": framed(x, axis2=(1, 1), axis3=(2, 2)),
        "value/asymmetric_th": framed(x, axis2=(1, 2), axis3=(0, 1)),
        "value/volumes_th": framed(y, axis2=(1, 1), axis4=(2, 2)),
        "value/images_tf": framed(x, axis1=(1, 1), axis2=(2, 2)),
        "value/asymmetric_tf": framed(x, axis1=(1, 2), axis2=(0, 1)),
        "value/volumes_tf": framed(y, axis1=(1, 1), axis3=(2, 2)),
    }


FORMULAS = {
    "series": series,
    "series-open": series,
    "series-of_integers": series,
    "images": images,
    "images-open": images,
    "volumes": volumes,
}
ORACLES = oracles_by_label([case for case in CASES if case.name != "padding-global_layout"], FORMULAS)
ORACLES["padding-global_layout"] = globally
