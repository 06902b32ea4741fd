"""Methods of TensorFlow 1's tensors that Keras 1.2.2, and programs for it, call: shape and dtype."""

from harness.backends.graph.dtypes import DTYPES
from harness.backends.graph.nodes import Tensor


class TensorShape(tuple):
    """A tensor's sizes, None where one is not known."""

    @property
    def ndims(self):
        """Number of axes."""
        return len(self)

    def as_list(self):
        """The sizes as a list."""
        return list(self)


class Dtype(str):
    """The name of a dtype, with the attributes of TensorFlow's dtypes."""

    @property
    def name(self):
        """The name, of a variable's with _ref behind."""
        return str(self)

    @property
    def base_dtype(self):
        """That of the values."""
        return PLAIN[self]


class VariableDtype(Dtype):
    """That of a variable."""

    @property
    def name(self):
        return self + "_ref"


PLAIN = {name: Dtype(name) for name in DTYPES}
OF_VARIABLES = {name: VariableDtype(name) for name in DTYPES}


def install():
    """Gives all tensors these methods."""
    make = Tensor.__init__

    def make_with_dtype(tensor, operation, index, shape, dtype, name=None):
        known = OF_VARIABLES if operation.name == "variable" else PLAIN
        make(tensor, operation, index, shape, known[dtype], name)

    Tensor.__init__ = make_with_dtype
    Tensor.get_shape = lambda tensor: TensorShape(tensor.shape)
    Tensor.set_shape = lambda tensor, shape: None  # Keras's recurrent layers state a shape that K knows
