"""Products of whole sequences, moved into the recurrence over them.

A product x W + b over (batch, time, ...) would be held four times there: computed on static axes, with its bias, with
a batch axis, with a sequence axis; and so would its gradient. Moved into the step it is held twice, and CNTK still
computes it for all time steps at once, since it needs no state. (imdb_lstm: 40 MB less.)
"""

from harness.backends.graph import primitives


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
        """Whether a tensor is rows of a sequence times a matrix, or that plus something that all time steps share."""
        while tensor not in self.kept and tensor.ndim == 3:
            operation = tensor.operation
            if operation.name == "dot":
                return operation.inputs[1].ndim == 2
            if operation.name != "add" or min(each.ndim for each in operation.inputs) > 1:
                return False
            tensor = _rows(operation)
        return False

    def _at_one_time(self, tensor):
        """A tensor of the body: one time step of `tensor`, (batch, time, ...)."""
        products = []
        while self._is_product(tensor):
            products.append(tensor.operation)
            tensor = _rows(tensor.operation)
        found = self._placeholder(self.sequences, tensor, tensor.shape[:1] + tensor.shape[2:])
        for operation in reversed(products):
            parts = [
                found if each.ndim == 3 else self._placeholder(self.captures, each, each.shape)
                for each in operation.inputs
            ]
            found = primitives.dot(*parts) if operation.name == "dot" else primitives.binary("add", *parts)
        return found

    @staticmethod
    def _placeholder(made, tensor, shape):
        if tensor not in made:
            made[tensor] = primitives.placeholder(shape, tensor.dtype)
        return made[tensor]


def _rows(operation):
    """The input of the most axes: of a product or of a sum with a vector, what has the rows."""
    return max(operation.inputs, key=lambda each: each.ndim)
