"""The check of a gather's indices: Theano would count negative ones from the last row."""

import re

import theano
from theano import tensor as T

from harness.backends.graph.shape_rules import no_such_row, row_outside

SAID = re.compile(r"no row (\S+) of (\d+)")  # in Theano's error, which has the node and more behind it

CODE = """
{
    const npy_int64 rows = *(npy_int64 *)PyArray_DATA(%(rows)s);
    PyArrayIterObject *places = (PyArrayIterObject *)PyArray_IterNew((PyObject *)%(indices)s);
    if (!places) %(fail)s
    while (PyArray_ITER_NOTDONE(places)) {
        const npy_int64 index = *(npy_%(dtype)s *)PyArray_ITER_DATA(places);
        if (index < 0 || index >= rows) {
            PyErr_Format(PyExc_IndexError, "no row %%lld of %%lld", (long long)index, (long long)rows);
            Py_DECREF(places);
            %(fail)s
        }
        PyArray_ITER_NEXT(places);
    }
    Py_DECREF(places);
    Py_XDECREF(%(result)s);
    Py_INCREF(%(indices)s);
    %(result)s = %(indices)s;
}
"""


class IndexCheck(theano.Op):
    """(indices, number of rows) -> indices, if there are such rows; IndexError otherwise."""

    __props__ = ()
    view_map = {0: [0]}

    def make_node(self, indices, count):
        return theano.Apply(self, [indices, T.as_tensor_variable(count, ndim=0).astype("int64")], [indices.type()])

    def infer_shape(self, node, shapes):
        return shapes[:1]

    def perform(self, node, arrays, storages):
        index = row_outside(*arrays)
        if index is not None:
            raise IndexError("no row %s of %s" % (index, arrays[1]))
        storages[0][0] = arrays[0]

    def c_code(self, node, name, inputs, outputs, sub):
        names = {"indices": inputs[0], "rows": inputs[1], "result": outputs[0], "fail": sub["fail"]}
        return CODE % dict(names, dtype=node.inputs[0].dtype)

    def c_code_cache_version(self):
        return (1,)


checked = IndexCheck()


def as_sentence(error):
    """The error of K for Theano's, None if it is another one."""
    found = SAID.search(str(error))
    return no_such_row(*found.groups()) if found else None
