"""A model of layers with loss, optimizer and metrics, compiled to three functions; its flops."""

from collections import Counter

import numpy as np

from harness.backends import api as K
from harness.backends.graph import flop_count
from harness.workloads.modeling.layers import Dropout


def categorical(output, target):
    """(loss, accuracy) over a batch of rows of class probabilities."""
    hits = K.equal(K.argmax(target), K.argmax(output))
    return K.mean(K.categorical_crossentropy(output, target)), K.mean(K.cast(hits, K.floatx()))


def binary(output, target):
    """(loss, accuracy) over a batch of probabilities."""
    hits = K.equal(K.cast(K.greater(output, 0.5), K.floatx()), target)  # as rounding to the even would have it
    return K.mean(K.binary_crossentropy(output, target)), K.mean(K.cast(hits, K.floatx()))


def squares(output, target):
    """(loss, accuracy) over a batch of numbers: the mean squared error, and how many are met exactly."""
    hits = K.equal(output, target)
    return K.mean(K.square(output - target)), K.mean(K.cast(hits, K.floatx()))


LOSSES = {"categorical_crossentropy": categorical, "binary_crossentropy": binary, "squares": squares}


def named(layers):
    """The weights of all layers, named after them: the second Dense layer's are dense_2/kernel and dense_2/bias."""
    numbers, weights = Counter(), []
    for layer in layers:
        kind = type(layer).__name__.lower()
        numbers[kind] += 1
        weights += [weight._replace(name="%s_%d/%s" % (kind, numbers[kind], weight.name)) for weight in layer.weights]
    return weights


class Model(object):
    """Layers applied one after another, from input to loss.

    Parameters
    ----------
    rng, draws : RandomState      draw the weights, and the seeds of dropout (None: rng draws them too)
    batch : int or None           samples of every batch; None: as many as a call brings

    Attributes
    ----------
    inputs : [placeholder x, placeholder y]
    weights : list of harness.backends.weights.files.Weight, each with its layer in its name: dense_2/kernel
    prediction : the output without dropout
    training, evaluation : (loss, accuracy), scalar tensors with and without dropout
    optimizer : of harness.workloads.modeling.optimizers
    updates : list of K updates of one training step
    tolerance : of Workload
    """

    def __init__(self, workload, edition, rng, draws=None, batch=None):
        self.tolerance = workload.tolerance
        self.layers = edition.layers()
        shape = workload.input_shape()
        x = K.placeholder((batch,) + tuple(shape), dtype=workload.input_dtype)
        for layer in self.layers:
            shape = layer.build(shape, rng)
        for layer in self.dropouts:
            layer.seed = int((draws or rng).randint(2**31 - 1))
        y = K.placeholder((batch,) + tuple(shape))
        self.inputs = [x, y]
        self.weights = named(self.layers)
        score = LOSSES[workload.loss]
        self.training = score(self.output(x, True), y)
        self.prediction = self.output(x, False)
        self.evaluation = score(self.prediction, y)
        variables = [weight.variable for weight in self.weights]
        self.optimizer = edition.optimizer()
        self.updates = self.optimizer.updates(variables, K.gradients(self.training[0], variables))

    def output(self, x, training):
        """The last layer's output."""
        for layer in self.layers:
            x = layer.call(x, training)
        return x

    @property
    def dropouts(self):
        """The layers that drop out."""
        return [layer for layer in self.layers if isinstance(layer, Dropout)]

    @property
    def parameters(self):
        """Number of trainable weights."""
        return sum(K.count_params(weight.variable) for weight in self.weights)

    @property
    def state(self):
        """All variables that training changes."""
        return [variable for variable, _ in self.updates]

    def switch_dropout(self, on):
        """Drops out in training from now on, or no longer."""
        for layer in self.dropouts:
            layer.switch(on)

    def train_function(self):
        """[x, y] -> [loss, accuracy], and one step of the optimizer."""
        return K.function(self.inputs, list(self.training), self.updates)

    def test_function(self):
        """[x, y] -> [loss, accuracy]."""
        return K.function(self.inputs, list(self.evaluation))

    def forward_function(self):
        """[x] -> [output], in learning phase 0."""
        return K.function(self.inputs[:1], [self.prediction])


def per_sample(workload, edition):
    """{train_per_sample, evaluation_per_sample}: operations of a whole batch, shared out among its samples.

    A training step is forward, backward and update. They are counted in the model's graph, made once more for batches
    of one size. None: the graph cannot be counted.
    """
    batch = edition.batch_size
    model = Model(workload, edition, np.random.RandomState(0), batch=batch)
    step = list(model.training) + [new for _, new in model.updates]
    try:
        counts = {
            "train_per_sample": flop_count.count(step),
            "evaluation_per_sample": flop_count.count(model.evaluation),
        }
    except flop_count.Uncountable:
        return None
    return {name: count / batch for name, count in counts.items()}
