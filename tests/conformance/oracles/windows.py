"""Windows by the definitions in oracles/convolution.py; the gradient of ties window by window."""

from __future__ import annotations

import itertools

import numpy as np

from harness.worker.conformance.cases import windows
from harness.worker.conformance.cases.windows import CASES
from harness.worker.conformance.forms import as_input
from tests.conformance.oracles.convolution import (
    borders,
    convolved,
    first,
    given,
    kernel_first,
    pooled,
    separated,
    transposed,
)
from tests.conformance.oracles.inputs import oracles_of, weights

FILTERS = {**windows.FILTERS, **windows.BOTH}
WANTED = {
    "conv2d-both": windows.BOTH,
    "conv2d-leaps": windows.LEAPS,
    "conv2d-open": FILTERS,
    "conv3d-leaps": windows.LEAPS_IN_VOLUMES,
    "conv3d-open": {label: FILTERS[label] for label in ("valid", "same", "full")},
    "pool2d-open": windows.POOLS,
    "pool3d-open": windows.POOLS_OF_VOLUMES,
    "pool2d-ties": windows.TIES,
    "pool3d-ties": windows.TIES_OF_VOLUMES,
}


def convolution(x, kernel, border_mode="valid", strides=None, filter_dilation=None) -> np.ndarray:
    """With K's names of the arguments."""
    return convolved(x, kernel, border_mode, strides, filter_dilation)


def to_first_largest(x, cotangent, pool_size, strides=None, border_mode="valid") -> np.ndarray:
    """The gradient of maximum pooling, each window's to the first in C order of its largest elements."""
    gradient, strides = np.zeros_like(x), strides or (1,) * len(pool_size)
    for place in np.ndindex(*cotangent.shape[2:]):
        inside = []
        for at, n, k, s in zip(place, x.shape[2:], pool_size, strides, strict=True):
            start = at * s - borders(n, k, s, border_mode)[0]
            inside.append([i for i in range(start, start + k) if 0 <= i < n])
        elements = list(itertools.product(*inside))
        for sample in np.ndindex(*x.shape[:2]):
            best = max(elements, key=lambda element: x[sample + element])  # max takes the first of equals
            gradient[sample + best] += cotangent[sample + place]
    return gradient


def pools(kind: str, ordering: str, x: np.ndarray, modes=("max", "avg")) -> dict[str, np.ndarray]:
    """Each output, and of ties the gradient."""
    images, results, gradient = first(x, ordering), {}, 0.0
    for mode, (label, more) in itertools.product(modes, WANTED[kind].items()):
        found = pooled(images, more["pool_size"], mode, more.get("border_mode", "valid"), more.get("strides"))
        results[f"value/{mode}_{label}"] = given(found, ordering)
        if "ties" in kind:
            cotangent = first(weights(results[f"value/{mode}_{label}"].shape), ordering)
            gradient = gradient + given(to_first_largest(images, cotangent, **more), ordering)
    return {**results, "gradient/x": gradient} if "ties" in kind else results


def of_case(name: str, x: np.ndarray, **weights_: np.ndarray) -> dict[str, np.ndarray]:
    """The results of a case."""
    if name == "windows-conv1d-open":
        images, kernel = first(x, "tf"), kernel_first(weights_["kernel"], "tf")
        found = {
            label: convolved(images, kernel, more.get("border_mode", "valid"), (more.get("stride", 1),))
            for label, more in windows.OF_SERIES.items()
        }
        return {f"value/{label}": given(y, "tf") for label, y in found.items()}
    _, function, about, ordering = name.split("-")
    kind = f"{function}-{about}"
    if function.startswith("pool"):
        return pools(kind, ordering, x, ("max",) if about == "ties" else ("max", "avg"))
    images, others = first(x, ordering), [kernel_first(each, ordering) for each in weights_.values()]
    if function == "separable_conv2d":
        found = {"valid": separated(images, *others), "same": separated(images, *others, mode="same", strides=(2, 3))}
    else:
        found = {label: convolution(images, *others, **more) for label, more in WANTED[kind].items()}
    return {f"value/{label}": given(y, ordering) for label, y in found.items()}


def defaults() -> dict[str, np.ndarray]:
    """The same numbers in both layouts."""
    arrays = {label: as_input(array, "float64") for label, array in windows.for_default("th").items()}
    x, y, kernel = arrays["x"], arrays["y"], arrays["kernel"]
    found = {
        "conv2d": convolved(x, kernel),
        "atrous_conv2d": convolved(x, kernel, dilation=(2, 2)),
        "deconv2d": transposed(arrays["maps"], kernel, (5, 4), "valid", (1, 1)),
        "separable_conv2d": separated(x, arrays["depthwise"], arrays["pointwise"]),
        "conv3d": convolved(y, arrays["blocks"]),
        "pool3d": pooled(y, (2, 1, 3), "max"),
    }
    return {f"value/{label}_{layout}": given(z, layout) for label, z in found.items() for layout in ("th", "tf")}


DEFAULTS, *EXPRESSIONS = CASES
ORACLES = {DEFAULTS.name: defaults, **oracles_of(EXPRESSIONS, of_case)}
