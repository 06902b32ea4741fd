"""Products of whole sequences, computed where the recurrence over them is.

A product x W + b over (batch, time, ...) would be held four times there: computed on static axes, with its bias, with
a batch axis, with a sequence axis; and so would its gradient. Moved into the step it is held twice, and CNTK still
computes it for all times at once, since it needs no state. (imdb_lstm: 40 MB less.)
"""

from harness.backends import primitives


class Mover(object):
    """The rewrite of one scan.

    Parameters
    ----------
    kept : container of Tensor      outer tensors that must be computed whole
    """

    def __init__(self, kept):
        self.kept = kept
        self.sequences, self.captures = {}, {}  # outer tensor -> its placeholder in the body

    def moved(self, body, sequences, captures):
        """(body, sequences, captures), the outer tensors that the body's placeholders stand for."""
        replacements = {
            placeholder: self._at_one_time(outer)
            for placeholder, outer in zip(body.sequences, sequences)
            if self._is_product(outer)
        }
        if not replacements:
            return body, sequences, captures
        rest = [pair for pair in zip(body.sequences, sequences) if pair[0] not in replacements]
        renewed = body.rewritten(
            replacements,
            [placeholder for placeholder, _ in rest] + list(self.sequences.values()),
            body.captures + tuple(self.captures.values()),
        )
        return renewed, [outer for _, outer in rest] + list(self.sequences), list(captures) + list(self.captures)

    def _is_product(self, tensor):
        """Whether a tensor is rows of a sequence times a matrix, or that plus something that all times share."""
        operation = tensor.operation
        if tensor in self.kept or tensor.ndim != 3:
            return False
        if operation.name == "dot":
            return operation.inputs[1].ndim == 2
        return operation.name == "add" and any(
            self._is_product(one) and other.ndim <= 1 for one, other in (operation.inputs, operation.inputs[::-1])
        )

    def _at_one_time(self, tensor):
        """A tensor of the body: one time of `tensor`, (batch, time, ...)."""
        if not self._is_product(tensor):
            return self._placeholder(self.sequences, tensor, tensor.shape[:1] + tensor.shape[2:])
        parts = [
            self._at_one_time(each) if each.ndim == 3 else self._placeholder(self.captures, each, each.shape)
            for each in tensor.operation.inputs
        ]
        return primitives.dot(*parts) if tensor.operation.name == "dot" else primitives.binary("add", *parts)

    @staticmethod
    def _placeholder(made, tensor, shape):
        if tensor not in made:
            made[tensor] = primitives.placeholder(shape, tensor.dtype)
        return made[tensor]
