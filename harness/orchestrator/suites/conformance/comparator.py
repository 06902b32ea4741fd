"""Compares two sets of results level by level, so that a failure names the first level that does not hold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

Results = Mapping[str, np.ndarray]  # "<level>/<label>" -> array

LEVELS = ("name", "dtype", "shape", "value", "gradient", "update")


class Mismatch(AssertionError):
    """Results differ; `level` and `message` say in what."""

    def __init__(self, level: str, message: str) -> None:
        super().__init__(f"{level}: {message}")
        self.level, self.message = level, message


def compare(received: Results, expected: Results, tolerance: float, dtypes: Mapping[str, str] | None = None) -> None:
    """Raises Mismatch at the first level at which `received` is not what is `expected`.

    Args:
        received: Results of the engine under test.
        expected: What they should be.
        tolerance: Largest difference allowed to floats, relative to the array's largest number where that is above 1.
        dtypes: Label -> dtype, where it is another than that of `expected`.
    """
    if set(received) != set(expected):
        raise Mismatch("name", f"expected {sorted(expected)}, received {sorted(received)}")
    wanted = {label: array.dtype.name for label, array in expected.items()} | dict(dtypes or {})
    _same("dtype", {label: array.dtype.name for label, array in received.items()}, wanted)
    _same("shape", *({label: array.shape for label, array in results.items()} for results in (received, expected)))
    for level in LEVELS[3:]:
        for label in sorted(label for label in expected if label.startswith(level + "/")):
            _close(level, label, received[label], expected[label], tolerance)
    strangers = [label for label in expected if label.split("/")[0] not in LEVELS[3:]]
    if strangers:
        raise Mismatch("name", f"expected labels of the levels {LEVELS[3:]}, received {strangers}")


def _same(level: str, received: Mapping[str, object], expected: Mapping[str, object]) -> None:
    for label, wanted in sorted(expected.items()):
        if received[label] != wanted:
            raise Mismatch(level, f"{label}: expected {wanted}, received {received[label]}")


def _close(level: str, label: str, received: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    """Floats within the tolerance, infinities and nan in the same places; everything else equal."""
    if expected.dtype.kind != "f":
        _report(level, label, received, expected, received != expected)
        return
    one, other = received.astype("float64"), expected.astype("float64")
    _report(level, label, received, expected, np.isnan(one) != np.isnan(other))
    finite = np.isfinite(other)
    _report(level, label, received, expected, ~finite & ~np.isnan(other) & (one != other))
    allowed = tolerance * max(1.0, float(np.abs(other[finite]).max(initial=0.0)))
    with np.errstate(invalid="ignore"):
        far = finite & ~(np.abs(one - other) <= allowed)
    _report(level, label, received, expected, far, f" within {allowed:.1e}")


def _report(
    level: str, label: str, received: np.ndarray, expected: np.ndarray, wrong: np.ndarray, within: str = ""
) -> None:
    if np.any(wrong):
        at = tuple(int(index) for index in np.argwhere(wrong)[0])
        count = f"{int(np.sum(wrong))} of {expected.size} differ, the first at {at}"
        wanted, given = expected[at].item(), received[at].item()
        raise Mismatch(level, f"{label}: {count}: expected {wanted!r}{within}, received {given!r}")
