"""Operations that NumPy computes when the graph runs."""

import cntk as C
import numpy as np
from cntk.ops.functions import UserFunction


class HostFunction(UserFunction):
    """Calls a function of arrays, with the dtypes that the graph knows them by; no gradient flows.

    Parameters
    ----------
    nodes : list of CNTK nodes with static axes, of one type: the results' too
    operation : Operation
    shapes : dict                                   place -> shape of each result that there is to be
    """

    def __init__(self, nodes, operation, shapes):
        super(HostFunction, self).__init__(nodes, name="host")
        self.function, self.shapes = operation.attributes["function"], shapes
        self.given = [tensor.dtype for tensor in operation.inputs]
        self.element_type = nodes[0].dtype

    def infer_outputs(self):
        return [C.output_variable(shape, self.element_type, [], name="host") for shape in self.shapes.values()]

    def forward(self, arguments, outputs=None, *others):
        """CNTK wants several results written into the dict `outputs`, which it does not give for one."""
        arrays = arguments if isinstance(arguments, (list, tuple)) else [arguments]
        found = self.function(*[np.asarray(array).astype(dtype) for array, dtype in zip(arrays, self.given)])
        results = [np.asarray(found[place], dtype=self.element_type) for place in self.shapes]
        if len(results) == 1:
            return None, results[0]
        outputs.update(zip(sorted(outputs, key=list(self.outputs).index), results))
        return None

    def backward(self, state, slopes, variables):
        for variable in variables:
            variables[variable] = np.zeros(variable.shape, self.element_type)
