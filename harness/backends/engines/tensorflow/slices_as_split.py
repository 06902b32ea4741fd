"""Slices that cut a tensor into parts, taken as one split: its gradient is one join, not a sum of padded parts."""

import tensorflow as tf

from harness.backends.graph.traversal import schedule


def whole_splits(tensors, children, known):
    """Slice operation -> (axis, sizes, place) for slices that together are all parts of their input along one axis.

    Looks at the operations that `tensors` need and `known` has not.
    """
    siblings = {}  # (tensor, axis) -> (begin, end) -> slice operations
    for operation in schedule(tensors, children, known):
        cut = _cut(operation) if operation.name == "slice" else None
        if cut is not None:
            axis, begin, end = cut
            siblings.setdefault((operation.inputs[0], axis), {}).setdefault((begin, end), []).append(operation)
    found = {}
    for (tensor, axis), cuts in siblings.items():
        if _covers(cuts, tensor.shape[axis]):
            sizes = tuple(end - begin for begin, end in sorted(cuts))
            for place, span in enumerate(sorted(cuts)):
                found.update((operation, (axis, sizes, place)) for operation in cuts[span])
    return found


def _cut(operation):
    """(axis, begin, end) of a slice that takes a part of one axis of known size and all of the others, else None."""
    cut = [(axis, item) for axis, item in enumerate(operation.attributes["items"]) if item != slice(None)]
    if len(cut) != 1 or not isinstance(cut[0][1], slice):
        return None
    axis, item = cut[0]
    size = operation.inputs[0].shape[axis]
    begin, end, step = item.indices(size) if size else (0, 0, 0)
    return (axis, begin, end) if step == 1 and begin < end else None


def _covers(spans, size):
    """Whether (begin, end) spans, several of them, lie end to end from 0 to `size`."""
    ordered = sorted(spans)
    ends = [0] + [end for _, end in ordered]
    return len(ordered) > 1 and [begin for begin, _ in ordered] == ends[:-1] and ends[-1] == size


def part(engine, cut, tensor, values, parts):
    """The native slice that `cut` describes; `parts`, (tensor, axis) -> list of natives, keeps each split made."""
    axis, sizes, place = cut
    if (tensor, axis) not in parts:
        native = values[tensor.operation][tensor.index]
        spans = len(sizes) if len(set(sizes)) == 1 else engine.constant(sizes, "int32")
        parts[tensor, axis] = tf.split(native, spans, engine.constant(axis, "int32"))
    return parts[tensor, axis][place]
