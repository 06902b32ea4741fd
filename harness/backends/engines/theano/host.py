"""Operations that NumPy computes when the graph runs."""

import theano

from harness.backends.engines.theano.dtypes import variable_type


class Host(theano.Op):
    """Calls a function of arrays; no gradient flows."""

    __props__ = ("function", "types")

    def __init__(self, function, types):
        self.function, self.types = function, tuple(types)

    def make_node(self, *natives):
        inputs = [theano.tensor.as_tensor_variable(native) for native in natives]
        return theano.Apply(self, inputs, [type_() for type_ in self.types])

    def perform(self, node, arrays, storages):
        for storage, array in zip(storages, self.function(*arrays)):
            storage[0] = array

    def connection_pattern(self, node):
        return [[False] * len(node.outputs) for _ in node.inputs]

    def infer_shape(self, node, shapes):
        raise theano.tensor.ShapeError("the sizes of a host operation's results are known when it has run")


def _host(engine, operation, *natives):
    types = [variable_type(tensor) for tensor in operation.outputs]
    return Host(operation.attributes["function"], types)(*natives, return_list=True)


LOWERINGS = {"host": _host}
