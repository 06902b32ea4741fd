"""What the Theano engine promises beyond the values."""

from __future__ import annotations

from collected import answer


def test_theano_compiles_nothing_that_an_earlier_process_compiled():
    answer("theano")
    assert answer("theano", "--only", "state-training-*").settings["compiled_modules"] == 0
