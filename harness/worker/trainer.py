"""A model over its data: the steps that compile it, the steps that prove it, and the epochs that are timed."""

import time

import numpy as np

from harness.backends import api as K
from harness.backends.engines import registry
from harness.worker import parity, steadiness


class NotFinite(ArithmeticError):
    """A loss is not a number, or infinite: what was timed is no training."""


class Data(object):
    """The arrays of a run, mapped, in the form that the model takes; `test` is None where none are given."""

    def __init__(self, workload, arrays):
        self.train = self.load(workload, arrays["x_train"], arrays["y_train"])
        self.test = self.load(workload, arrays["x_test"], arrays["y_test"]) if "x_test" in arrays else None

    @staticmethod
    def load(workload, x_path, y_path):
        """(inputs, targets); every page of the map is read once, so that no epoch waits for the disk."""
        x, y = np.load(x_path, mmap_mode="r"), np.load(y_path)
        x.max()
        x = workload.inputs(x)
        return (x if workload.input_dtype else K.cast_to_floatx(x)), workload.targets(y)

    @property
    def samples(self):
        """Number of training and test samples."""
        return {"train": len(self.train[0]), "test": len(self.test[0]) if self.test else 0}


def batches(samples, batch_size):
    """(begin, end) of each batch; the last one holds the rest."""
    return [(begin, min(begin + batch_size, samples)) for begin in range(0, samples, batch_size)]


class Picker(object):
    """Rows of an array, copied into memory that is used again: valid until the next ones are picked.

    It is aligned as libraries want it that take an array as it is: with a new array for each batch TensorFlow's
    mnist_mlp takes 3 per cent longer.
    """

    ALIGNMENT = 64

    def __init__(self, array):
        self.array, self.room = array, {}  # number of rows -> array

    def __call__(self, indices):
        """The rows with these numbers, all of which there are."""
        rows = len(indices)
        if rows not in self.room:
            self.room[rows] = self.make_room((rows,) + self.array.shape[1:])
        # not mode "raise": that one copies twice
        return self.array.take(indices, axis=0, out=self.room[rows], mode="clip")

    def make_room(self, shape):
        """An aligned array of this shape."""
        size = int(np.prod(shape)) * self.array.itemsize
        memory = np.empty(size + self.ALIGNMENT, dtype="uint8")
        begin = -memory.ctypes.data % self.ALIGNMENT
        return memory[begin : begin + size].view(self.array.dtype).reshape(shape)


def sweep(function, x, y, order, batch_size, reporter):
    """Runs `function` over all batches in `order`: (sample-weighted loss, accuracy, seconds of each step)."""
    losses = hits = 0.0
    step_s = []
    pickers = Picker(x), Picker(y)
    spans = batches(len(order), batch_size)
    begin_s = time.monotonic()
    for step, (begin, end) in enumerate(spans):
        picked = order[begin:end]
        loss, accuracy = function([pick(picked) for pick in pickers])
        losses += (end - begin) * float(loss)
        hits += (end - begin) * float(accuracy)
        end_s = time.monotonic()
        step_s.append(end_s - begin_s)
        begin_s = end_s
        reporter.progress(step + 1, len(spans), end_s)
    return losses / len(order), hits / len(order), step_s


def seconds(function, arrays):
    """How long one call takes."""
    begin_s = time.monotonic()
    function(arrays)
    registry.engine().synchronize()
    return time.monotonic() - begin_s


def steady_cost(function, calls):
    """Seconds that calls of a function cost without compiling: each is made twice, see Trainer.warm.

    Parameters
    ----------
    calls : list of lists of arrays     one of every combination of shapes
    """
    steady_s = 0.0
    for arrays in calls:
        first_s, second_s = seconds(function, arrays), seconds(function, arrays)
        steady_s += min(first_s, second_s) + second_s
    return steady_s


class Stopwatch(object):
    """Calls a function, and keeps how long each call took."""

    def __init__(self, function):
        self.function, self.call_s = function, []

    def __call__(self, arrays):
        begin_s = time.monotonic()
        results = self.function(arrays)
        self.call_s.append(time.monotonic() - begin_s)
        return results


def one_of_each(samples, batch_size):
    """Index arrays for one batch of every size that a pass over `samples` has."""
    sizes = {end - begin for begin, end in batches(samples, batch_size)}
    return [np.arange(size) for size in sorted(sizes, reverse=True)]


class Trainer(object):
    """A compiled model over data: its first steps, and epochs with their timings."""

    def __init__(self, model, data, batch_size, rng, reporter):
        self.model, self.data, self.batch_size, self.reporter = model, data, batch_size, reporter
        self.rng = rng  # draws the order of the samples
        self.train = self.test = None

    def compile(self):
        """Makes the two functions; some libraries compile them here, others when a shape first comes."""
        self.train = self.model.train_function()
        self.test = self.model.test_function() if self.data.test else None

    def warm(self):
        """Runs a step of every batch shape twice; the state is not what it was.

        Returns the steady cost of the steps that it ran, seconds: a shape's second step, which compiles nothing, counts
        for both, the first one at most as long as it was.
        """
        pairs = ((self.train, self.data.train), (self.test, self.data.test))
        return sum(
            steady_cost(function, ([x[picked], y[picked]] for picked in one_of_each(len(x), self.batch_size)))
            for function, (x, y) in [pair for pair in pairs if pair[1]]
        )

    def first_steps(self, offset):
        """The parity steps from the sample `offset` on, see parity.py."""
        return parity.observe(self.model, self.train, self.data.train, self.batch_size, offset)

    def epochs(self, warmups, timed, most_extra=0):
        """Epochs to warm up, then timed ones: (a list of protocol.EPOCH, protocol.STEADINESS).

        While the timed ones became faster, another one is made, and the first of them counts as warm-up.
        """
        made = [self.epoch(index, index < warmups) for index in range(warmups + timed)]
        for extra in range(most_extra + 1):
            found = steadiness.judge(self.whole_steps(made[-timed:]))
            if extra == most_extra or not steadiness.warming(found):
                return made, dict(found, extra_warmup_epochs=extra)
            made[-timed]["warmup"] = True
            self.reporter.rename("epoch", made[-timed]["index"], "warmup")
            made.append(self.epoch(len(made), False))

    def whole_steps(self, epochs):
        """Seconds of each training step of a whole batch."""
        whole = max(1, self.data.samples["train"] // self.batch_size)
        return [step_s for epoch in epochs for step_s in epoch["step_s"][:whole]]

    def step_costs(self, steps):
        """`harness_step_s` and `engine_call_s` (protocol.RESULT) of so many training steps of whole batches, if any.

        The first one, for which memory is found, counts if it is the only one. The state is not what it was.
        """
        x, y = self.data.train
        stopwatch, order = Stopwatch(self.train), self.rng.permutation(len(x))[: steps * self.batch_size]
        _, _, step_s = sweep(stopwatch, x, y, order, self.batch_size, self.reporter)
        parts = [(of_step - of_call, of_call) for of_step, of_call in zip(step_s, stopwatch.call_s)]
        harness_step_s, engine_call_s = np.median(parts[1:] or parts, axis=0)
        return {"harness_step_s": float(harness_step_s), "engine_call_s": float(engine_call_s)}

    def epoch(self, index, warmup):
        """Trains over all data once in a new order, then evaluates; see protocol.EPOCH."""
        begin_s = self.reporter.begin("warmup" if warmup else "epoch", index)
        x, y = self.data.train
        order = self.rng.permutation(len(x))
        loss, accuracy, step_s = sweep(self.train, x, y, order, self.batch_size, self.reporter)
        registry.engine().synchronize()
        middle_s = self.reporter.begin("validation", index)
        val_loss, val_accuracy, val_step_s = self.validate()
        end_s = time.monotonic()
        check_finite(index, loss=loss, val_loss=val_loss)
        return {
            "index": index,
            "warmup": warmup,
            "train_s": middle_s - begin_s,
            "validation_s": end_s - middle_s,
            "total_s": end_s - begin_s,
            "step_s": step_s,
            "validation_step_s": val_step_s,
            "loss": loss,
            "accuracy": accuracy,
            "val_loss": val_loss,
            "val_accuracy": val_accuracy,
        }

    def validate(self):
        """(loss, accuracy, seconds of each step) over the test data; without any (None, None, [])."""
        if self.data.test is None:
            return None, None, []
        x, y = self.data.test
        return sweep(self.test, x, y, np.arange(len(x)), self.batch_size, self.reporter)


def check_finite(index, **losses):
    """Raises NotFinite if a loss is nan or infinite; None is one that was not computed."""
    for name, value in losses.items():
        if value is not None and not np.isfinite(value):
            raise NotFinite("epoch %d: %s is not finite. Expected a number. Received %s." % (index, name, value))
