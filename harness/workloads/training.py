"""A model of layers with loss, optimizer and metrics, compiled to one training and one evaluation function."""

from harness.backends import api as K


def categorical(output, target):
    """(loss, accuracy) over a batch of rows of class probabilities."""
    hits = K.equal(K.argmax(target), K.argmax(output))
    return K.mean(K.categorical_crossentropy(output, target)), K.mean(K.cast(hits, K.floatx()))


def binary(output, target):
    """(loss, accuracy) over a batch of probabilities."""
    hits = K.equal(K.round(output), target)
    return K.mean(K.binary_crossentropy(output, target)), K.mean(K.cast(hits, K.floatx()))


LOSSES = {"categorical_crossentropy": categorical, "binary_crossentropy": binary}


class Model(object):
    """Layers applied one after another, from input to loss.

    Attributes
    ----------
    inputs : [placeholder x, placeholder y]
    weights : list of Weight
    training, evaluation : (loss, accuracy), scalar tensors with and without dropout
    updates : list of K updates of one training step
    """

    def __init__(self, workload, edition, rng):
        self.layers = edition.layers()
        shape = workload.input_shape()
        x = K.placeholder((None,) + tuple(shape), dtype=workload.input_dtype)
        for layer in self.layers:
            shape = layer.build(shape, rng)
        y = K.placeholder((None,) + tuple(shape))
        self.inputs = [x, y]
        self.weights = [weight for layer in self.layers for weight in layer.weights]
        score = LOSSES[workload.loss]
        self.training = score(self.output(x, True), y)
        self.evaluation = score(self.output(x, False), y)
        variables = [weight.variable for weight in self.weights]
        self.updates = edition.optimizer().updates(variables, K.gradients(self.training[0], variables))

    def output(self, x, training):
        """The last layer's output."""
        for layer in self.layers:
            x = layer.call(x, training)
        return x

    @property
    def parameters(self):
        """Number of trainable weights."""
        return sum(K.count_params(weight.variable) for weight in self.weights)

    @property
    def state(self):
        """All variables that training changes."""
        return [variable for variable, _ in self.updates]

    def train_function(self):
        """[x, y] -> [loss, accuracy], and one step of the optimizer."""
        return K.function(self.inputs, list(self.training), self.updates)

    def test_function(self):
        """[x, y] -> [loss, accuracy]."""
        return K.function(self.inputs, list(self.evaluation))
