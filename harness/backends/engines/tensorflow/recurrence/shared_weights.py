"""Products of every step of an unrolled scan with one and the same matrix, differentiated as one product.

TensorFlow's gradient of the matrix is a sum of one product for each step. Here it stops at the steps' results, and
what they pass on makes one product over all time steps: (steps * rows, inner)' x (steps * rows, columns).
"""

import tensorflow as tf

from harness.backends.graph.passes.scan_weights import shared_factors


class SharedProduct(object):
    """Every step's `left x matrix`.

    Attributes
    ----------
    operation : Operation        the dot in the scan's body
    source, matrix : native      the captured matrix, and its copy that the steps use, differentiated separately
    lefts, results : lists of natives, one for each step
    """

    def __init__(self, operation, source):
        self.operation, self.source = operation, source
        self.matrix = tf.identity(source)
        self.lefts, self.results = [], []

    def add(self, values):
        """Notes a step, whose natives `values` holds."""
        left = self.operation.inputs[0]
        self.lefts.append(values[left.operation][left.index])
        self.results.append(values[self.operation][0])

    def gradient(self, cotangents):
        """The matrix' gradient, from those of the results, None where nothing passes."""
        passed = [pair for pair in zip(self.lefts, cotangents) if pair[1] is not None]
        if not passed:
            return None
        lefts, cotangents = (tf.concat(parts, axis=0) for parts in zip(*passed))
        return tf.matmul(lefts, cotangents, transpose_a=True)


def find(engine, scan, captures):
    """A SharedProduct for each capture of a scan that is a shared factor of its body; `captures` are the natives."""
    body = scan.attributes["body"]
    natives = dict(zip(body.captures, captures))
    products = shared_factors(engine, body)
    return {tensor: SharedProduct(product, natives[tensor]) for tensor, product in products.items()}


def gradients(products, loss, sources):
    """Gradients of `loss`, None where there is none; `products` are all that its graph may hold.

    First with every product's matrix held fixed; the gradient of each matrix then goes on to its source.
    Version 1's function does not mark what each gradient lies beside, a mark that would keep equal joins separate.
    """
    products = [product for product in products if product.matrix.graph is loss.graph]
    ends = [result for product in products for result in product.results]
    found = tf.compat.v1.gradients(loss, sources + ends, stop_gradients=[product.matrix for product in products])
    totals = found[: len(sources)]
    rest = iter(found[len(sources) :])
    for product in products:
        of_matrix = product.gradient([next(rest) for _ in product.results])
        if of_matrix is not None:
            more = tf.compat.v1.gradients(product.source, sources, grad_ys=of_matrix)
            totals = [_sum(*pair) for pair in zip(totals, more)]
    return totals


def _sum(one, other):
    """one + other, where None is 0."""
    parts = [tf.convert_to_tensor(each) for each in (one, other) if each is not None]
    return tf.add_n(parts) if parts else None
