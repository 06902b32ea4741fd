"""Operations that NumPy computes when the graph runs."""

import cntk as C
import numpy as np
from cntk.ops.functions import UserFunction


class HostFunction(UserFunction):
    """Calls a function of arrays, with the dtypes that the graph knows them by; no gradient flows.

    Parameters
    ----------
    nodes : list of CNTK nodes with static axes, of one type: the results' too
    function : callable, arrays -> list of arrays
    shapes : list of tuple                          of the results
    given, wanted : lists of str                    dtypes of the arguments and of the results
    """

    def __init__(self, nodes, function, shapes, given, wanted):
        super(HostFunction, self).__init__(nodes, name="host")
        self.function, self.shapes, self.given, self.wanted = function, shapes, given, wanted
        self.element_type = nodes[0].dtype

    def infer_outputs(self):
        return [C.output_variable(shape, self.element_type, [], name="host") for shape in self.shapes]

    def forward(self, arguments, outputs=None, device=None, outputs_to_retain=None):
        arrays = arguments if isinstance(arguments, (list, tuple)) else [arguments]
        found = self.function(*[np.asarray(array).astype(dtype) for array, dtype in zip(arrays, self.given)])
        for place, array in zip(sorted(outputs, key=list(self.outputs).index), found):
            outputs[place] = np.asarray(array, dtype=self.element_type)
        return None

    def backward(self, state, slopes, variables):
        for variable in variables:
            variables[variable] = np.zeros(variable.shape, self.element_type)
