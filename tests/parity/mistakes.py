"""Mistakes that an engine, an optimizer or a loop might make. Runs inside, in Python 3.6: `plant(name)` makes one.

Each takes the place of something between the workload and the library, so that every backend makes it in its own way.
"""

from harness.backends import api as K
from harness.worker import trainer
from harness.workloads.modeling import layers, optimizers, training


def reverse(kernel, axis):
    """The kernel with an axis of three turned round."""
    before = (slice(None),) * axis
    return K.concatenate([kernel[before + (slice(place, place + 1),)] for place in (2, 1, 0)], axis=axis)


def flipped_kernel():
    """Correlation where convolution is meant, or the other way round."""
    right = K.conv2d

    def conv2d(x, kernel, **options):
        first = 2 if K.image_dim_ordering() == "th" else 0
        return right(x, reverse(reverse(kernel, first), first + 1), **options)

    K.conv2d = conv2d


def average_pooling():
    """The mean of each window in place of its maximum."""
    right = K.pool2d
    K.pool2d = lambda x, pool_size, strides, dim_ordering: right(
        x, pool_size, strides, dim_ordering=dim_ordering, pool_mode="avg"
    )


def cell_state_for_output():
    """What Keras 2.2.3 to 2.3.1 returned on CNTK."""
    right = K.rnn

    def rnn(step, inputs, states):
        _, outputs, final = right(step, inputs, states)
        return final[1], outputs, final

    K.rnn = rnn


def epsilon_outside_the_root():
    """sqrt(a) + epsilon, as later Keras has it, for sqrt(a + epsilon)."""

    def updates(self, weights, gradients):
        made, self.running_means = [], [K.zeros(K.int_shape(p)) for p in weights]
        for p, g, a in zip(weights, gradients, self.running_means):
            new_a = self.rho * a + (1.0 - self.rho) * K.square(g)
            made += [K.update(a, new_a), K.update_sub(p, self.lr * g / (K.sqrt(new_a) + self.epsilon))]
        return made

    optimizers.RMSprop.updates = updates


def skipped_bias():
    """The bias has no effect."""
    layers.Dense.call = lambda self, x, training: K.dot(x, self.kernel.variable) + 0.0 * self.bias.variable


def dropped_last_batch():
    """The smaller batch that ends an epoch is left out."""
    right = trainer.batches
    trainer.batches = lambda samples, batch_size: right(samples - samples % batch_size, batch_size)


def wrong_gate_order():
    """The input gate's numbers open the forget gate, and the other way round."""
    right = K.clip

    def clip(x, low, high):
        opening = right(x, low, high)
        units = K.int_shape(x)[1] // 3
        return K.concatenate([opening[:, units : 2 * units], opening[:, :units], opening[:, 2 * units :]], axis=-1)

    K.clip = clip


def not_a_number():
    """A loss that is nan, and gradients that are not."""
    right = training.LOSSES["categorical_crossentropy"]

    def categorical(output, target):
        loss, accuracy = right(output, target)
        return loss + K.log(K.stop_gradient(accuracy) - 2.0), accuracy

    training.LOSSES["categorical_crossentropy"] = categorical


def dropout_at_inference():
    """The forward function drops out, as in training."""
    training.Model.forward_function = lambda self: K.function(self.inputs[:1], [self.output(self.inputs[0], True)])


def perturbed_weight():
    """One weight is not the first one when the forward function is called."""
    right = training.Model.forward_function

    def forward_function(self):
        kernel = self.weights[0].variable
        K.set_value(kernel, 1.001 * K.get_value(kernel))
        return right(self)

    training.Model.forward_function = forward_function


def plant(name):
    """Makes the mistake of this name; an empty name makes none."""
    if name:
        globals()[name]()
