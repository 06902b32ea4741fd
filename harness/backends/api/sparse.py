"""Sparse matrices: inputs and variables that are mostly zeros, made from SciPy's.

A graph computes with them as with dense ones; what differs is what may be given to a function.
"""

from harness.backends.api import checks
from harness.backends.api.composites import composite


def is_sparse(tensor):
    """Whether a tensor stands for sparse matrices: K.placeholder(sparse=True), K.variable of one, or joined of such."""
    return checks.tensor("is_sparse", tensor, "tensor").is_sparse


def to_dense(tensor):
    """A sparse tensor as a dense one; a dense one as it is."""
    tensor = checks.tensor("to_dense", tensor, "tensor")
    return composite("to_dense", (tensor,), {}, tensor) if tensor.is_sparse else tensor


def as_array(value):
    """What SciPy's sparse matrices hold as an array; anything else as it is."""
    return value.toarray() if hasattr(value, "tocoo") else value
