"""What Python's operators and built-in functions make of a tensor: another tensor, or one sentence."""

from harness.backends.graph.numpy_protocol import of_numpy, unlike_an_array


def _operators():
    """The module of operators; it builds on the primitives, which build on the graph, which builds on this."""
    from harness.backends.graph import operators

    return operators


class TensorOperators(object):
    """The methods that Python calls for `x + y`, `abs(x)`, `x[1:]`, ... as NumPy has them, with numbers, arrays and
    tensors on either side.

    % has the sign of the divisor, and an integer by 0 gives 0. & | ^ ~ are those of bools alone. @ takes vectors, and
    broadcasts the axes before the last two. == and != compare identity, so that tensors may be keys. `x += y` makes a
    new tensor. What needs a value is refused: bool(), len(), float(), iteration, NumPy's functions.
    """

    def __add__(self, other):
        return _operators().binary("add", self, other)

    def __radd__(self, other):
        return _operators().binary("add", other, self)

    def __sub__(self, other):
        return _operators().binary("subtract", self, other)

    def __rsub__(self, other):
        return _operators().binary("subtract", other, self)

    def __mul__(self, other):
        return _operators().binary("multiply", self, other)

    def __rmul__(self, other):
        return _operators().binary("multiply", other, self)

    def __truediv__(self, other):
        return _operators().divide(self, other)

    def __rtruediv__(self, other):
        return _operators().divide(other, self)

    def __floordiv__(self, other):
        return _operators().binary("floor_divide", self, other)

    def __rfloordiv__(self, other):
        return _operators().binary("floor_divide", other, self)

    def __mod__(self, other):
        return _operators().binary("modulo", self, other)

    def __rmod__(self, other):
        return _operators().binary("modulo", other, self)

    def __divmod__(self, other):
        return self // other, self % other

    def __rdivmod__(self, other):
        return other // self, other % self

    def __pow__(self, other, modulus=None):
        power = _operators().binary("power", self, other)
        return power if modulus is None else power % modulus

    def __rpow__(self, other):
        return _operators().binary("power", other, self)

    def __matmul__(self, other):
        return _operators().matrix_product(self, other)

    def __rmatmul__(self, other):
        return _operators().matrix_product(other, self)

    def __and__(self, other):
        return _operators().logical("and", self, other)

    def __rand__(self, other):
        return _operators().logical("and", other, self)

    def __or__(self, other):
        return _operators().logical("or", self, other)

    def __ror__(self, other):
        return _operators().logical("or", other, self)

    def __xor__(self, other):
        return _operators().logical("xor", self, other)

    def __rxor__(self, other):
        return _operators().logical("xor", other, self)

    def __invert__(self):
        return _operators().logical("xor", self, True)

    def __neg__(self):
        return _operators().negative(self)

    def __pos__(self):
        return self

    def __abs__(self):
        return _operators().absolute(self)

    def __round__(self, digits=None):
        return _operators().rounded(self, digits)

    def __gt__(self, other):
        return _operators().comparison("greater", self, other)

    def __ge__(self, other):
        return _operators().comparison("greater_equal", self, other)

    def __lt__(self, other):
        return _operators().comparison("less", self, other)

    def __le__(self, other):
        return _operators().comparison("less_equal", self, other)

    def __getitem__(self, key):
        return _operators().index(self, key)

    def __setitem__(self, key, value):
        raise unlike_an_array(self, "cannot be changed", "a new one", "Use K.switch or K.concatenate")

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return of_numpy(self, ufunc, method, inputs, options)

    def __array__(self, *arguments, **options):
        raise unlike_an_array(self, "is no array", "a number or a numpy array")

    def __bool__(self):
        if self.is_variable:  # "is there a bias?", as model libraries ask
            return True
        raise unlike_an_array(self, "has no truth value", "a number or a numpy array")

    def __iter__(self):
        raise unlike_an_array(self, "cannot be iterated over", "an index or a slice", "Use K.map_fn")

    def __contains__(self, value):
        raise unlike_an_array(self, "cannot be searched", "an array", "Use K.any(K.equal(x, value))")

    def __len__(self):
        raise unlike_an_array(self, "has no length", "an array", "Use K.int_shape")

    def _as_number(self, *arguments):
        raise unlike_an_array(self, "is no number", "a number or a numpy array")

    __int__ = __float__ = __complex__ = __index__ = _as_number

    def _by_bits(self, other):
        raise unlike_an_array(self, "has no bits", "an array", "Use * or //")

    __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = _by_bits

    __array_priority__ = 1000  # numpy leaves `array + tensor` to __array_ufunc__
