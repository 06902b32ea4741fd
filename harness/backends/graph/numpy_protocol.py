"""NumPy's functions of an array and a tensor: those behind Python's operators work, all others are refused."""

from harness.backends.errors import TypeMismatch, shown

# The methods of a tensor behind NumPy's function of two operands: it is the first of them, or the second.
METHODS = {
    "add": ("__add__", "__radd__"),
    "subtract": ("__sub__", "__rsub__"),
    "multiply": ("__mul__", "__rmul__"),
    "divide": ("__truediv__", "__rtruediv__"),
    "true_divide": ("__truediv__", "__rtruediv__"),
    "floor_divide": ("__floordiv__", "__rfloordiv__"),
    "remainder": ("__mod__", "__rmod__"),
    "divmod": ("__divmod__", "__rdivmod__"),
    "power": ("__pow__", "__rpow__"),
    "matmul": ("__matmul__", "__rmatmul__"),
    "bitwise_and": ("__and__", "__rand__"),
    "bitwise_or": ("__or__", "__ror__"),
    "bitwise_xor": ("__xor__", "__rxor__"),
    "greater": ("__gt__", "__lt__"),
    "greater_equal": ("__ge__", "__le__"),
    "less": ("__lt__", "__gt__"),
    "less_equal": ("__le__", "__ge__"),
}
IDENTITY = {"equal": False, "not_equal": True}  # an array is no tensor


def of_numpy(x, ufunc, method, inputs, options):
    """What one of NumPy's functions makes of an array and the tensor x: what the operator of Python does."""
    name = ufunc.__name__
    if method != "__call__" or options or name not in set(METHODS) | set(IDENTITY):
        called = "numpy.%s" % name + ("" if method == "__call__" else "." + method)
        what = "does not go into an array" if "out" in options else "does not go into %s" % called
        raise unlike_an_array(x, what, "arrays", "Use the functions of K, and `a = a + x` for `a += x`")
    if name in IDENTITY:
        return IDENTITY[name]
    left, right = inputs
    own, reflected = METHODS[name]
    return getattr(left, own)(right) if isinstance(left, type(x)) else getattr(right, reflected)(left)


def unlike_an_array(x, what, expected, action="Compute it first with K.eval or K.function"):
    """The error for what Python or NumPy may do with an array and not with a tensor."""
    return TypeMismatch("a symbolic tensor %s. Expected %s. Received %s. %s." % (what, expected, shown(x), action))
