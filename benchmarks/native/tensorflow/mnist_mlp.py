"""mnist_mlp by hand: matrix products with fused bias, the loss on logits, RMSprop in one kernel a weight."""

import tensorflow as tf
from trainer import Trainer

LR, RHO, EPSILON = 0.001, 0.9, 1e-6
DROPOUT = 0.2


class Contender(Trainer):
    """784 - 512 - 512 - 10."""

    def __init__(self, weights, x, y, batch_size, dropout, threads, seed):
        # Class numbers instead of one-hot rows: the sparse loss and the accuracy want no more.
        labels = y.argmax(axis=1).astype("int32")
        super().__init__(weights, x, labels, batch_size, dropout, threads, seed)

    def step(self, x, y):
        """See Trainer.step."""
        weights = [weight.read_value() for weight in self.trained]
        for kernel, bias in zip(weights[:4:2], weights[1:4:2]):
            x = tf.nn.relu(tf.nn.bias_add(tf.matmul(x, kernel), bias))
            x = tf.nn.dropout(x, DROPOUT) if self.dropout else x
        logits = tf.nn.bias_add(tf.matmul(x, weights[4]), weights[5])
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
        hits = tf.equal(tf.argmax(logits, axis=1, output_type=tf.int32), y)
        return loss, hits, tf.gradients(loss, weights)

    def updates(self, gradients):
        """RMSprop with epsilon inside the root; the kernel wants a momentum, which stays without effect."""
        return [
            tf.raw_ops.ResourceApplyRMSProp(
                var=weight.handle,
                ms=mean.handle,
                mom=momentum.handle,
                lr=LR,
                rho=RHO,
                momentum=0.0,
                epsilon=EPSILON,
                grad=gradient,
            )
            for weight, (mean, momentum), gradient in zip(self.trained, self.slots, gradients)
        ]
