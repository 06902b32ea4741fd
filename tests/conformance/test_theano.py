"""What the Theano engine promises besides right numbers."""

from __future__ import annotations

from collected import answer


def test_theano_compiles_nothing_that_an_earlier_process_compiled():
    """The same cases twice: in Theano a convolution before it changes the flags that a product is compiled with."""
    cases = ("theano", "--only", "state-training-*")
    answer(*cases)
    assert answer.__wrapped__(*cases).settings["compiled_modules"] == 0
