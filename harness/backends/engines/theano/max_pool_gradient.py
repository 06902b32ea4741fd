"""The gradient of maximum pooling that goes to the first largest element of each window, which Theano does not have."""

import numpy as np
from theano.gof import Apply, OpenMPOp

CODE = """
{
    PyArrayObject *x = (PyArrayObject *)PyArray_GETCONTIGUOUS(%(x)s);
    PyArrayObject *largest = (PyArrayObject *)PyArray_GETCONTIGUOUS(%(largest)s);
    PyArrayObject *cotangent = (PyArrayObject *)PyArray_GETCONTIGUOUS(%(cotangent)s);
    // the buffer of the call before, where Theano kept it: fresh pages cost more than the gradient
    if (%(result)s && PyArray_CompareLists(PyArray_DIMS(%(result)s), PyArray_DIMS(%(x)s), 4)
        && PyArray_IS_C_CONTIGUOUS(%(result)s)) {
        memset(PyArray_DATA(%(result)s), 0, PyArray_NBYTES(%(result)s));
    } else {
        Py_XDECREF(%(result)s);
        %(result)s = (PyArrayObject *)PyArray_ZEROS(4, PyArray_DIMS(%(x)s), PyArray_TYPE(%(x)s), 0);
    }
    if (!x || !largest || !cotangent || !%(result)s) {
        Py_XDECREF(x); Py_XDECREF(largest); Py_XDECREF(cotangent);
        PyErr_SetString(PyExc_MemoryError, "no memory for the gradient of pooling");
        %(fail)s
    }
    const npy_intp planes = PyArray_DIM(x, 0) * PyArray_DIM(x, 1);
    const npy_intp height = PyArray_DIM(x, 2), width = PyArray_DIM(x, 3);
    const npy_intp rows = PyArray_DIM(cotangent, 2), columns = PyArray_DIM(cotangent, 3);
    typedef dtype_%(x)s number;
    #pragma omp parallel for if(planes * height * width >= %(parallel_from)d)
    for (npy_intp plane = 0; plane < planes; plane++) {
        const number *from = (const number *)PyArray_DATA(x) + plane * height * width;
        const number *best = (const number *)PyArray_DATA(largest) + plane * rows * columns;
        const number *given = (const number *)PyArray_DATA(cotangent) + plane * rows * columns;
        number *to = (number *)PyArray_DATA(%(result)s) + plane * height * width;
        for (npy_intp row = 0; row < rows; row++)
            // no branch: which element is the largest cannot be predicted
            for (npy_intp column = 0; column < columns; column++, best++, given++) {
                const npy_intp corner = row * %(row_stride)d * width + column * %(column_stride)d;
                const number cotangent_here = *given, largest_here = *best;
                int waiting = 1;
                #pragma GCC unroll 16
                for (int element = 0; element < %(elements)d; element++) {
                    const int across = element %% %(window_columns)d, down = element / %(window_columns)d;
                    const npy_intp place = corner + down * width + across;
                    const int here = waiting & (from[place] == largest_here);
                    to[place] += here ? cotangent_here : 0;
                    waiting &= !here;
                }
            }
    }
    Py_DECREF(x); Py_DECREF(largest); Py_DECREF(cotangent);
}
"""


class FirstLargestGradient(OpenMPOp):
    """(images, pooled, gradient of pooled) -> gradient of images, all (batch, channels, height, width), unpadded."""

    __props__ = ("window", "strides")

    def __init__(self, window, strides):
        super(FirstLargestGradient, self).__init__()
        self.window, self.strides = window, strides

    def make_node(self, x, largest, cotangent):
        return Apply(self, [x, largest, cotangent], [x.type()])

    def infer_shape(self, node, shapes):
        return [shapes[0]]

    def perform(self, node, inputs, outputs):
        x, largest, cotangent = inputs
        result = np.zeros_like(x)
        waiting = np.ones(largest.shape, dtype=bool)
        for row in range(self.window[0]):
            for column in range(self.window[1]):
                pick = self.element(row, column, largest.shape)
                here = waiting & (x[pick] == largest)
                result[pick] += np.where(here, cotangent, 0)
                waiting &= ~here
        outputs[0][0] = result

    def element(self, row, column, shape):
        """The index that picks element (row, column) of every window."""
        picks = [
            slice(place, place + (size - 1) * stride + 1, stride)
            for place, size, stride in zip((row, column), shape[2:], self.strides)
        ]
        return (slice(None), slice(None)) + tuple(picks)

    def c_code(self, node, name, inputs, outputs, sub):
        return CODE % {
            "x": inputs[0],
            "largest": inputs[1],
            "cotangent": inputs[2],
            "result": outputs[0],
            "fail": sub["fail"],
            "elements": self.window[0] * self.window[1],
            "window_columns": self.window[1],
            "row_stride": self.strides[0],
            "column_stride": self.strides[1],
            "parallel_from": 100000,  # elements; below, waking a thread costs more than it saves
        }

    def c_code_cache_version(self):
        return (4, self.openmp)
