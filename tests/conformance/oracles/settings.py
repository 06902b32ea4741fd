"""What the settings make of arrays."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.settings import BODIES, CERTAIN, IMAGES, KERNEL
from harness.worker.conformance.forms import as_input
from tests.conformance.oracles.draws import true


def starts():
    facts = true("backend", "floatx", "legacy_weight_ordering", "image_dim_ordering")
    return facts | {"value/epsilon": np.float64(1e-7)}


def epsilon():
    """Rows sum to 1, so that nothing but the limit changes them."""
    target, results = CERTAIN[:, ::-1], true("is_float", "refused")
    for place, limit in enumerate((1e-3, 1e-2, 0.125)):
        p = np.clip(CERTAIN, limit, 1 - limit)
        results[f"value/loss_{2 * place}"] = -np.sum(target * np.log(p), axis=1)
        results[f"value/loss_{2 * place + 1}"] = -(target * np.log(p) + (1 - target) * np.log(1 - p))
    return results


def floatx():
    results = true("float32", "float64", "refused")
    for name in ("float32", "float64"):
        results[f"value/cast_{name}"] = np.array([0.1, 2], name)
        results[f"value/{name}_tripled"] = np.array([0.1, 1.0], name) * np.array(3, name)
    return results


def image_dim_ordering():
    x, kernel = as_input(IMAGES, "float64"), as_input(KERNEL, "float64")
    places = [(i, j) for i in range(2) for j in range(2)]
    windows = np.stack([x[:, i : i + 2, j : j + 3] for i, j in places])  # (place, batch, rows, columns, channels)
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    results = {
        "convolved": sum(windows[place] @ kernel[i, j] for place, (i, j) in enumerate(places)),
        "pooled": windows.max(axis=0),
        "padded": padded,
        "pooled_th": np.moveaxis(windows.max(axis=0), -1, 1),
        "padded_th": np.moveaxis(padded, -1, 1),
    }
    return {"value/" + name: array for name, array in results.items()} | true("th", "refused")


def legacy_weight_ordering():
    return true("kept", "refused")


# The oracle of a body has its name.
ORACLES = {"settings-" + body.__name__: globals()[body.__name__] for body in BODIES}
