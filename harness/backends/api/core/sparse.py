"""Sparse matrices: inputs and variables that are mostly zeros, made from SciPy's.

Products and joins of sparse inputs are the library's own, on the elements that are not 0; all else makes them dense.
A variable made of a sparse matrix keeps it as a dense one. NumPy, the reference, computes with dense arrays throughout.
"""

from harness.backends.api.arguments import checks
from harness.backends.graph import primitives


def is_sparse(tensor):
    """Whether a tensor stands for sparse matrices.

    Returns
    -------
    bool     True for K.placeholder(sparse=True), K.variable of a sparse matrix, or joined of such

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, is_sparse.
    """
    return checks.tensor("is_sparse", tensor, "tensor").is_sparse


def to_dense(tensor):
    """A sparse tensor as a dense one; a dense one as it is.

    Returns
    -------
    tensor, its shape and dtype

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, to_dense.
    """
    tensor = checks.tensor("to_dense", tensor, "tensor")
    return primitives.to_dense(tensor) if tensor.is_sparse else tensor


def as_array(value):
    """What SciPy's sparse matrices hold as an array; anything else as it is."""
    return value.toarray() if hasattr(value, "tocoo") else value
