"""Keywords that a model's `compile` hands on to K.function: Theano's are ignored with a warning, others refused."""

from __future__ import annotations

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.errors import UnknownArgument

# theano 1.0.5: inspect.signature(theano.function), less inputs, outputs and updates
OF_THEANO = {
    "mode": "FAST_COMPILE",
    "givens": [],
    "no_default_updates": False,
    "accept_inplace": True,
    "name": "step",
    "rebuild_strict": False,
    "allow_input_downcast": True,
    "profile": True,
    "on_unused_input": "raise",
}


@pytest.mark.parametrize("name", OF_THEANO)
def test_keyword_of_theano_is_ignored_with_a_warning(name):
    x = K.placeholder((2,))
    with pytest.warns(UserWarning, match=rf"ignored\. Expected .* Received {name}=.*\. ") as warned:
        function = K.function([x], [x * 2.0], **{name: OF_THEANO[name]})
    assert [warning.filename for warning in warned] == [__file__]
    np.testing.assert_array_equal(function([[1, 2]])[0], [2, 4])


def test_several_keywords_are_one_warning():
    x = K.placeholder((2,))
    with pytest.warns(UserWarning, match=r"Received mode=None, name='step'\.") as warned:
        K.function([x], [x * 2.0], updates=[], name="step", mode=None)
    assert len(warned) == 1


@pytest.mark.parametrize("kind", [UnknownArgument, ValueError, TypeError])
def test_other_keyword_is_refused(kind):
    """A ValueError, as Keras raises on Theano; a TypeError, as Python does."""
    x = K.placeholder((2,))
    with pytest.raises(kind, match=r"function: argument not known\. Expected .* Received fed, options\.$"):
        K.function([x], [x * 2.0], options={}, fed={}, mode=None)
