"""Kernels of convolution and pooling, some images at a time, so that their windows stay in the processor's cache.

Images are (batch, height, width, channels); what is laid out otherwise goes through the plain lowerings.
"""

import functools

import numpy as np
from numpy.lib.stride_tricks import as_strided

from harness.backends.engines.numpy.convolution import Windows
from harness.backends.engines.numpy.plan.binding import kernel
from harness.backends.engines.numpy.plan.elementwise import is_finite
from harness.backends.engines.numpy.plan.kernels import FLOATS

COLUMNS_BYTES = 1 << 20  # of the windows of the images that are computed together
FEW = 16  # elements in a row of a window, below which windows are copied element by element of the window


def is_planned(attributes, dtype):
    """Whether there are kernels for a convolution and its gradients."""
    steps = (attributes["strides"], attributes["dilation"])
    return attributes["dim_ordering"] == "tf" and set(map(tuple, steps)) == {(1, 1)} and dtype.name in FLOATS


def is_planned_pooling(attributes, dtype):
    """The same for a pooling: windows side by side."""
    alike = tuple(attributes["pool_size"]) == tuple(attributes["strides"]) and attributes["border_mode"] == "valid"
    return alike and attributes["dim_ordering"] == "tf" and attributes["pool_mode"] == "max" and dtype.name in FLOATS


class Columns(object):
    """The windows of images, as many images at a time as fit.

    Attributes
    ----------
    borders : [(before, after)]     zeros around rows and columns
    window : (rows, columns)
    """

    def __init__(self, shape, itemsize, window, borders):
        self.shape, self.window, self.borders = tuple(shape), tuple(window), borders
        self.padded = tuple(size + sum(border) for size, border in zip(shape[1:3], borders))
        self.places = tuple(size - span + 1 for size, span in zip(self.padded, window))
        self.elements = int(np.prod(self.places)) * self.window[0] * self.window[1] * shape[3]
        self.images = max(1, min(shape[0], COLUMNS_BYTES // max(1, self.elements * itemsize)))
        self.has_border = any(map(sum, borders))
        self.border_elements = int(np.prod(self.padded)) * shape[3] if self.has_border else 0
        self.by_element = window[1] * shape[3] < FEW

    def bytes_needed(self, itemsize):
        """Scratch."""
        return self.images * (self.elements + self.border_elements) * itemsize

    def bind(self, x, scratch):
        """[(begin, end, calls that make the windows, windows as rows of a matrix)] of each block."""
        border = scratch[: self.images * self.border_elements].reshape((-1,) + self.padded + self.shape[3:])
        columns = scratch[self.images * self.border_elements :]
        found = []
        for begin in range(0, self.shape[0], self.images):
            end = min(begin + self.images, self.shape[0])
            images, calls = x[begin:end], []
            if self.has_border:
                images = border[: end - begin]
                (top, _), (left, _) = self.borders
                inner = images[:, top : top + self.shape[1], left : left + self.shape[2]]
                calls = ([] if begin else [functools.partial(border.fill, 0)]) + [
                    functools.partial(np.copyto, inner, x[begin:end])
                ]
            made, matrix = self.block(images, columns[: (end - begin) * self.elements])
            found.append((begin, end, calls + made, matrix))
        return found

    def block(self, images, columns):
        """(calls, matrix) of the windows of some images with their border."""
        (rows, wide), (high, across), channels = self.window, self.places, self.shape[3]
        count, strides = len(images), images.strides
        if self.by_element:
            # (row and column in the window, channel, image, row, column)
            view = as_strided(
                images,
                (rows, wide, channels, count, high, across),
                (strides[1], strides[2], strides[3], strides[0], strides[1], strides[2]),
            )
            return [functools.partial(np.copyto, columns.reshape(view.shape), view)], columns.reshape(
                rows * wide * channels, -1
            ).T
        if images.flags.c_contiguous:  # a row of a window is one piece
            view = as_strided(
                images, (count, high, across, rows, wide * channels), strides[:3] + strides[1:2] + strides[3:]
            )
        else:
            view = as_strided(images, (count, high, across, rows, wide, channels), strides[:3] + strides[1:])
        matrix = columns.reshape(count * high * across, rows * wide * channels)
        return [functools.partial(np.copyto, columns.reshape(view.shape), view)], matrix


def columns_of(x, kernel_shape, attributes):
    """The windows of a convolution."""
    at = Windows(x.shape, kernel_shape[:2], (1, 1), attributes["border_mode"])
    return Columns(x.shape, x.dtype.itemsize, kernel_shape[:2], at.padding)


def columns_back(x, kernel_shape, cotangent, attributes):
    """The windows of the gradient, whose products with the turned kernel are the gradient of x."""
    forward = columns_of(x, kernel_shape, attributes)
    borders = []
    for axis, (before, _) in enumerate(forward.borders):
        front = kernel_shape[axis] - 1 - before
        borders.append((front, x.shape[1 + axis] + kernel_shape[axis] - 1 - cotangent.shape[1 + axis] - front))
    return Columns(cotangent.shape, cotangent.dtype.itemsize, kernel_shape[:2], borders)


def columns_of_node(node):
    """Those that a node needs."""
    if node.name == "convolution_to_x":
        kernel_value, cotangent = node.inputs
        return columns_back(node.outputs[0], kernel_value.shape, cotangent, node.attributes)
    if node.name == "convolution_to_kernel":
        return columns_of(node.inputs[0], node.outputs[0].shape, node.attributes)
    return columns_of(node.inputs[0], node.inputs[1].shape, node.attributes)


def bytes_needed(node):
    """Scratch of a convolution or one of its gradients."""
    value = node.inputs[0]
    if not is_planned(node.attributes, value.dtype):
        return 0
    return columns_of_node(node).bytes_needed(value.dtype.itemsize)


def scratch_of(binder, node, columns):
    """The array for the windows."""
    dtype = node.inputs[0].dtype
    elements = columns.bytes_needed(dtype.itemsize) // dtype.itemsize
    return binder.piece(binder.scratch(node), (elements,), dtype)


def correlated(columns, x, scratch, matrix, out):
    """The calls of a convolution with a kernel that is a matrix."""
    calls = []
    for begin, end, made, windows in columns.bind(x, scratch):
        calls += made + [functools.partial(np.dot, windows, matrix, out[begin:end].reshape(-1, out.shape[3]))]
    return calls


def in_one_piece(array):
    """The array, or memory for a copy in C order."""
    return array if array.flags.c_contiguous else np.empty(array.shape, array.dtype)


def copied(one, other):
    """The call that copies, if these are not one array."""
    return [] if one is other else [functools.partial(np.copyto, other, one)]


@kernel("convolution", bytes_needed)
def convolution(binder, node):
    """Windows times kernel."""
    x, weights, out = binder.array(node.inputs[0]), binder.array(node.inputs[1]), binder.array(node.outputs[0])
    if not (is_planned(node.attributes, x.dtype) and out.flags.c_contiguous and out.size):
        return None
    columns = columns_of_node(node)
    if not weights.flags.c_contiguous:
        return None
    return correlated(columns, x, scratch_of(binder, node, columns), weights.reshape(-1, weights.shape[3]), out)


@kernel("convolution_to_x", bytes_needed)
def convolution_to_x(binder, node):
    """Windows of the gradient times the turned kernel."""
    (weights, cotangent), out = map(binder.array, node.inputs), binder.array(node.outputs[0])
    columns, own = columns_of_node(node), in_one_piece(out)
    turned = np.empty(weights.shape[:2] + (weights.shape[3], weights.shape[2]), weights.dtype)
    turn = functools.partial(np.copyto, turned, weights[::-1, ::-1].transpose(0, 1, 3, 2))
    flat = turned.reshape(-1, weights.shape[2])
    return [turn] + correlated(columns, cotangent, scratch_of(binder, node, columns), flat, own) + copied(own, out)


@kernel("convolution_to_kernel", bytes_needed)
def convolution_to_kernel(binder, node):
    """Windows of x, turned, times the gradient."""
    (x, cotangent), out = map(binder.array, node.inputs), binder.array(node.outputs[0])
    columns, own, solid = columns_of_node(node), in_one_piece(out), in_one_piece(cotangent)
    total = own.reshape(-1, out.shape[3])
    part, calls = np.empty_like(total), copied(cotangent, solid) + [functools.partial(total.fill, 0)]
    for begin, end, made, windows in columns.bind(x, scratch_of(binder, node, columns)):
        flat = solid[begin:end].reshape(-1, total.shape[1])
        calls += made + [
            functools.partial(np.dot, windows.T, flat, part),
            functools.partial(np.add, total, part, total),
        ]
    return calls + copied(own, out)


def corners(x, attributes, sizes):
    """The elements of all windows, by their place in the window."""
    rows, columns = attributes["pool_size"]
    return [
        x[:, row : row + sizes[0] * rows : rows, column : column + sizes[1] * columns : columns]
        for row in range(rows)
        for column in range(columns)
    ]


def largest(parts, out):
    """The largest element of each window; nan is passed over, as by the plain lowering."""
    np.copyto(out, parts[0])
    for part in parts[1:]:
        np.maximum(out, part, out=out)
    if np.isnan(out.sum()):
        np.copyto(out, -np.inf)
        for part in parts:
            np.fmax(part, out, out=out)


def find_places(parts, pooled, places, free):
    """For each place in the windows whether the first largest element is there."""
    free.fill(True)
    for part, place in zip(parts, places):
        np.equal(part, pooled, out=place)
        place &= free
        free ^= place


def image_blocks(shape):
    """(begin, end) of some images."""
    images = max(1, COLUMNS_BYTES // max(1, 4 * int(np.prod(shape[1:]))))
    return [(begin, min(begin + images, shape[0])) for begin in range(0, shape[0], images)]


@kernel("pooling")
def pooling(binder, node):
    """The largest of each window and, for the gradient, where it is."""
    x, outputs = binder.array(node.inputs[0]), [binder.array(value) for value in node.outputs]
    if not (is_planned_pooling(node.attributes, x.dtype) and x.size):
        return None
    parts, calls = corners(x, node.attributes, outputs[0].shape[1:3]), []
    for begin, end in image_blocks(x.shape):
        own, pooled = [part[begin:end] for part in parts], outputs[0][begin:end]
        calls.append(functools.partial(largest, own, pooled))
        if len(outputs) > 1:
            free = np.empty(pooled.shape, bool)
            calls.append(functools.partial(find_places, own, pooled, [place[begin:end] for place in outputs[1]], free))
    return calls


def to_places(cotangent, places, parts, whole):
    """The gradient where the largest elements are, else 0."""
    if not is_finite(cotangent):
        whole.fill(0)
        for place, part in zip(places, parts):
            np.copyto(part, cotangent, where=place)
        return
    for place, part in zip(places, parts):
        np.multiply(cotangent, place, out=part)


@kernel("pooling_to_x")
def pooling_to_x(binder, node):
    """The gradient of `pooling`."""
    (cotangent, places), out = map(binder.array, node.inputs), binder.array(node.outputs[0])
    sizes, covered = cotangent.shape[1:3], node.attributes["pool_size"]
    parts, calls = corners(out, node.attributes, sizes), []
    rest = [out[:, sizes[0] * covered[0] :], out[:, :, sizes[1] * covered[1] :]]
    calls += [functools.partial(each.fill, 0) for each in rest if each.size]
    for begin, end in image_blocks(out.shape):
        own = [[each[begin:end] for each in group] for group in (places, parts)]
        calls.append(functools.partial(to_places, cotangent[begin:end], own[0], own[1], out[begin:end]))
    return calls
