"""mnist_cnn by hand: channels last, the loss on logits, Adadelta in one kernel."""

import tensorflow as tf
from trainer import Trainer

LR, RHO, EPSILON = 1.0, 0.95, 1e-6
DROPOUTS = (0.25, 0.5)
PLACES, FILTERS = 13 * 13, 32  # behind the pooling


class Contender(Trainer):
    """Two convolutions, max pooling, 128, 10."""

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        kernels, (flat, *rest) = weights[:4], weights[4:]
        kernels = [weight.transpose(2, 3, 1, 0) if weight.ndim == 4 else weight for weight in kernels]
        flat = flat.reshape(FILTERS, PLACES, -1).transpose(1, 0, 2).reshape(flat.shape)
        # Class numbers instead of one-hot rows: the sparse loss and the accuracy want no more.
        labels = y.argmax(axis=1).astype("int32")
        super().__init__(kernels + [flat] + rest, x, labels, batch_size, dropout, threads, seed)

    def weights(self):
        """The trained weights."""
        *kernels, flat, bias, last, last_bias = super().weights()
        kernels = [weight.transpose(3, 2, 0, 1) if weight.ndim == 4 else weight for weight in kernels]
        flat = flat.reshape(PLACES, FILTERS, -1).transpose(1, 0, 2).reshape(flat.shape)
        return kernels + [flat, bias, last, last_bias]

    def dropped(self, x, level):
        """x with a fraction `level` of its elements at 0."""
        return tf.nn.dropout(x, level) if self.dropout else x

    def step(self, x, y):
        """See Trainer.step."""
        weights = [weight.read_value() for weight in self.trained]
        x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, weights[0], 1, "SAME"), weights[1]))
        # Bias and relu keep the order of numbers, so pooling may come first: they then see a quarter of the elements,
        # and oneDNN's gradient of the kernel comes without its slow sum for the bias.
        x = tf.nn.max_pool2d(tf.nn.conv2d(x, weights[2], 1, "VALID"), 2, 2, "VALID")
        x = tf.nn.relu(tf.nn.bias_add(x, weights[3]))
        x = tf.reshape(self.dropped(x, DROPOUTS[0]), [x.shape[0], -1])
        x = tf.nn.relu(tf.nn.bias_add(tf.matmul(x, weights[4]), weights[5]))
        logits = tf.nn.bias_add(tf.matmul(self.dropped(x, DROPOUTS[1]), weights[6]), weights[7])
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
        hits = tf.equal(tf.argmax(logits, axis=1, output_type=tf.int32), y)
        return loss, hits, tf.gradients(loss, weights)

    def updates(self, gradients):
        """Adadelta."""
        return [
            tf.raw_ops.ResourceApplyAdadelta(
                var=weight.handle,
                accum=squares.handle,
                accum_update=moves.handle,
                lr=LR,
                rho=RHO,
                epsilon=EPSILON,
                grad=gradient,
            )
            for weight, (squares, moves), gradient in zip(self.trained, self.slots, gradients)
        ]
