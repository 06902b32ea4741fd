"""Sparse matrices as they are handed to an engine: the places that are not 0, and what stands there."""

import numpy as np


class Coordinates(object):
    """A matrix by its elements that are not 0, row by row, each place once.

    Attributes
    ----------
    shape : (rows, columns)
    rows, columns : arrays, (elements,), int64
    values : array, (elements,)
    """

    ndim = 2

    def __init__(self, shape, rows, columns, values):
        self.shape = tuple(int(size) for size in shape)
        self.rows, self.columns, self.values = rows, columns, values
        self.dtype = values.dtype

    @classmethod
    def of(cls, matrix, dtype):
        """From a matrix of SciPy's or a dense array; elements given twice are added, as SciPy does."""
        if not hasattr(matrix, "tocoo"):
            dense = np.asarray(matrix)
            rows, columns = np.nonzero(dense)
            return cls(dense.shape, rows, columns, dense[rows, columns].astype(dtype))
        found = matrix.tocoo()
        places = np.asarray(found.row, "int64") * found.shape[1] + found.col
        distinct, order = np.unique(places, return_inverse=True)
        values = np.zeros(len(distinct), dtype)
        np.add.at(values, order.ravel(), np.asarray(found.data, dtype))
        return cls(found.shape, distinct // found.shape[1], distinct % found.shape[1], values)

    def toarray(self):
        """The matrix as an array."""
        dense = np.zeros(self.shape, self.values.dtype)
        dense[self.rows, self.columns] = self.values
        return dense
