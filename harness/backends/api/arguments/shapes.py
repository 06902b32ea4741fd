"""Shapes as users write them: ints, and sizes that are known only when the graph runs, such as K.shape(x)[0]."""

import numbers

from harness.backends.errors import ShapeMismatch, TypeMismatch, shown
from harness.backends.graph import operators
from harness.backends.graph.dynamic_sizes import DimensionOf, NumberOf
from harness.backends.graph.nodes import Tensor
from harness.backends.plain_values import listed, plain


def attribute(op, shape, sources=(), least=0):
    """(entries, sources): `shape` as a shape attribute, and the tensors that its entries name by number.

    Parameters
    ----------
    op : str                        the function of K that was called
    shape : list or tuple of ints and integer scalars, or an integer vector such as K.shape(x)
    sources : tuple of tensors      inputs that the operation has in any case, the first ones
    least : int                     the smallest int allowed
    Raises
    ------
    TypeMismatch      something else
    ShapeMismatch     an int that is too small
    """
    sources = list(sources)
    entries = tuple(_entry(op, size, sources, least) for size in _listed(op, shape))
    return entries, tuple(sources)


def _listed(op, shape):
    """The entries of a shape, which may be a vector itself."""
    if isinstance(shape, Tensor) and shape.ndim == 1 and shape.shape[0] is not None:
        return [shape[place] for place in range(shape.shape[0])]
    found = listed(shape)
    if found is None:
        raise TypeMismatch(
            "%s: shape is not a tuple. Expected a tuple of sizes or K.shape(x). Received %s." % (op, shown(shape))
        )
    return found


def _entry(op, size, sources, least):
    """A size as an entry of a shape attribute; a tensor that it names joins `sources`."""
    if isinstance(size, Tensor):
        return _of_tensor(op, size, sources)
    size = plain(size)
    if not isinstance(size, numbers.Integral) or isinstance(size, bool):
        raise TypeMismatch(
            "%s: a size is not an integer. Expected ints, or K.shape(x)[axis] for a size that is not known yet. "
            "Received %s." % (op, shown(size))
        )
    if size < least:
        raise ShapeMismatch("%s: a size is too small. Expected %d or more. Received %d." % (op, least, size))
    return int(size)


def _of_tensor(op, size, sources):
    """The entry for an integer scalar: an axis of another tensor, where it is one."""
    if size.ndim != 0 or not size.dtype.startswith(("int", "uint")):
        raise TypeMismatch("%s: a size is no integer scalar. Expected K.shape(x)[axis]. Received %r." % (op, size))
    found = _axis(size)
    if found is None:
        sources.append(operators.cast(size, "int32"))
        return NumberOf(len(sources) - 1)
    tensor, axis = found
    if tensor.shape[axis]:  # a 0 stays the size of its axis: beside a plain 0 no -1 tells what is left
        return tensor.shape[axis]
    places = [place for place, source in enumerate(sources) if source is tensor]
    if not places:
        sources.append(tensor)
    return DimensionOf(axis, places[0] if places else len(sources) - 1)


def _axis(size):
    """(x, axis) of a scalar that is K.shape(x)[axis], else None."""
    operation = size.operation
    if operation.name != "slice" or operation.inputs[0].operation.name != "sizes":
        return None
    tensor, (item,) = operation.inputs[0].operation.inputs[0], operation.attributes["items"]
    return tensor, item % tensor.ndim


def of_axis(x, axis, source=0):
    """The size of x along an axis as an entry of a shape attribute, x being input number `source`."""
    return DimensionOf(axis, source) if x.shape[axis] is None else x.shape[axis]


def unknown_as_dimensions(x, source=0):
    """The shape of x as a shape attribute, x being input number `source`."""
    return tuple(of_axis(x, axis, source) for axis in range(x.ndim))
