"""The comparator of the conformance tests can fail, and says at which level."""

from __future__ import annotations

import numpy as np
import pytest

from harness.orchestrator.suites.conformance.comparator import Mismatch, compare
from harness.orchestrator.suites.conformance.judgement import parse_expectations

TOLERANCE = 1e-5


def results() -> dict[str, np.ndarray]:
    """One result of each level, and one that is not a float."""
    return {
        "value/y": np.array([1.0, -2.0, 300.0], "float32"),
        "value/n": np.array([1, 2], "int64"),
        "gradient/x": np.array([[0.5], [0.0]], "float32"),
        "update/w": np.array(3.0, "float32"),
    }


def level_of(received, expected=None) -> str | None:
    """The level at which the comparison fails."""
    try:
        compare(received, expected or results(), TOLERANCE)
    except Mismatch as mismatch:
        return mismatch.level
    return None


def with_(label: str, array: object) -> dict[str, np.ndarray]:
    """The results with one of them replaced."""
    return results() | {label: np.asarray(array)}


def test_compare_passes_equal_results():
    assert level_of(results()) is None


def test_compare_passes_differences_within_the_tolerance():
    assert level_of(with_("value/y", np.array([1.0 + 1e-6, -2.0, 300.002], "float32"))) is None


@pytest.mark.parametrize("label", ["value/y", "value/n", "gradient/x", "update/w"])
def test_compare_fails_on_a_missing_result(label):
    assert level_of({key: array for key, array in results().items() if key != label}) == "name"


def test_compare_fails_on_a_result_too_many():
    assert level_of(with_("value/z", 1.0)) == "name"


def test_compare_fails_on_a_label_without_level():
    strange = {"y": np.array(1.0)}
    assert level_of(strange, strange) == "name"


def test_compare_fails_on_another_dtype():
    assert level_of(with_("value/y", np.array([1.0, -2.0, 300.0], "float64"))) == "dtype"
    assert level_of(with_("value/n", np.array([1, 2], "int32"))) == "dtype"


def test_compare_takes_dtypes_from_elsewhere():
    expected = with_("value/y", np.array([1.0, -2.0, 300.0], "float64"))
    compare(results(), expected, TOLERANCE, {"value/y": "float32"})
    with pytest.raises(Mismatch, match="dtype: value/y"):
        compare(expected, expected, TOLERANCE, {"value/y": "float32"})


@pytest.mark.parametrize("shape", [(3, 1), (1, 3)])
def test_compare_fails_on_another_shape_that_would_broadcast(shape):
    assert level_of(with_("value/y", np.array([1.0, -2.0, 300.0], "float32").reshape(shape))) == "shape"


@pytest.mark.parametrize("label", ["value/y", "gradient/x", "update/w"])
@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, 1e6, 0.1])
def test_compare_fails_on_one_wrong_number(label, wrong):
    array = results()[label]
    array[(0,) * array.ndim] = wrong
    assert level_of(with_(label, array)) == label.split("/")[0]


def test_compare_fails_on_a_wrong_integer():
    assert level_of(with_("value/n", np.array([1, 3], "int64"))) == "value"


def test_compare_fails_on_a_number_where_nan_is_expected():
    expected = with_("value/y", np.array([1.0, np.nan, 300.0], "float32"))
    assert level_of(results(), expected) == "value"
    assert level_of(expected, expected) is None


@pytest.mark.parametrize("received", [np.inf, np.nan, 1e38])
def test_compare_fails_on_anything_else_where_minus_infinity_is_expected(received):
    expected = with_("update/w", np.array(-np.inf, "float32"))
    assert level_of(with_("update/w", np.array(received, "float32")), expected) == "update"
    assert level_of(expected, expected) is None


def test_compare_names_the_first_level_that_fails():
    broken = with_("value/y", np.zeros(3, "float32")) | {"gradient/x": np.full((2, 1), np.nan, "float32")}
    assert level_of(broken) == "value"


def test_mismatch_says_the_place_and_the_numbers():
    with pytest.raises(Mismatch, match=r"value/n: 1 of 2 differ, the first at \(1,\): expected 2, received 3"):
        compare(with_("value/n", np.array([1, 3])), results(), TOLERANCE)


def test_parse_reads_cases_and_reasons():
    text = "# comment\n\nimages-pooling  no kernel, https://example.org/1\n"
    assert parse_expectations(text) == {"images-pooling": "no kernel, https://example.org/1"}


def test_parse_refuses_a_line_without_reason():
    with pytest.raises(ValueError, match="without a reason"):
        parse_expectations("images-pooling\n")
