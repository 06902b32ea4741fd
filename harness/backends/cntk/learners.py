"""CNTK's own learners as optimizer steps: one pass over a weight, where a graph makes one for each operation.

A learner keeps the accumulators of its weight to itself; they are read and set through its checkpoint. CNTK's RMSprop
is not among them: another algorithm, and where bounds make it equal, slower than the graph (7 ns an element against 5).
"""

import cntk as C
import numpy as np

FIRST_RATE = 1.0  # until the first step; at 0 a learner would do nothing


def accepted(step):
    """Whether CNTK has a learner that computes the step (of update_formulas)."""
    return step.name in LEARNERS and step.p.ndim > 0


def rate(value):
    """A learning rate for gradients of a mean: a reference size of 1 has CNTK not divide by a batch size again."""
    return C.learning_parameter_schedule(value, minibatch_size=1)


def _momentum(value):
    """A factor of decay for each step."""
    return C.momentum_schedule(value, minibatch_size=C.learners.IGNORE)


def adadelta(parameter, numbers):
    """As the formula."""
    return C.adadelta([parameter], rate(FIRST_RATE), rho=numbers["rho"], epsilon=numbers["epsilon"])


def adam(parameter, numbers):
    """With unit gain m' = b1 m + (1 - b1) g. It corrects the rate for its bias, which `Learned` takes back."""
    decays = (_momentum(numbers["b1"]), True, _momentum(numbers["b2"]))
    return C.adam([parameter], rate(FIRST_RATE), *decays, epsilon=numbers["epsilon"])


LEARNERS = {"adadelta": adadelta, "adam": adam}
# At which place of what a learner keeps the formula's accumulators are.
KEPT = {"adadelta": (0, 1), "adam": (1, 0)}


def apply(learner, parameter, gradient):
    """One step, with the gradient as a CNTK array."""
    C.cntk_py.Learner._update(learner, {parameter: gradient}, 1, False)


def identity(step):
    """What two steps share if one learner makes both."""
    return step.name, step.p, tuple(step.accumulators), tuple(sorted(step.numbers.items()))


class Learned(object):
    """A weight that a learner trains, and its accumulators, whose values the learner keeps.

    Parameters
    ----------
    step : FusedStep
    parameter : CNTK parameter of its weight
    starts : list of array            values of its accumulators
    """

    def __init__(self, step, parameter, starts):
        self.name, self.parameter, self.numbers = step.name, parameter, step.numbers
        self.identity = identity(step)
        order = KEPT[step.name]
        self.places = {each.operation: place for each, place in zip(step.accumulators, order)}
        self._renew()
        for accumulator, start in zip(step.accumulators, starts):
            if start.any():
                self.write(accumulator.operation, start)

    def _renew(self):
        """Takes a fresh learner, whose accumulators are zeros."""
        self.learner = None  # two at once would be the peak of a run's memory
        self.learner = LEARNERS[self.name](self.parameter, self.numbers)
        self.steps, self.rate = 0, FIRST_RATE
        self.written = {}  # place -> what was written there and not handed on yet; None for zeros

    def advance(self, gradient, lr):
        """One step; `gradient` is a CNTK array, `lr` a number."""
        self.steps += 1
        wanted = lr * self._correction()
        if wanted != self.rate:
            self.rate = wanted
            self.learner.reset_learning_rate(rate(wanted))
        apply(self.learner, self.parameter, gradient)

    def _correction(self):
        """What undoes the factor by which CNTK's Adam corrects the rate; 1 for the others."""
        if "b1" not in self.numbers:
            return 1.0
        return (1.0 - self.numbers["b1"] ** self.steps) / np.sqrt(1.0 - self.numbers["b2"] ** self.steps)

    def _kept(self):
        """The checkpoint, and of what the learner keeps for each element the arrays, writable."""
        checkpoint = self.learner.create_checkpoint()
        (kept,) = checkpoint["smoothed_gradients"]
        return checkpoint, np.array(kept).reshape((-1,) + self.parameter.shape)

    def read(self, operation):
        """The value of an accumulator."""
        self.hand_on()
        return self._kept()[1][self.places[operation]]

    def write(self, operation, value):
        """Sets an accumulator; the learner gets it once all are set, or when it is needed."""
        self.written[self.places[operation]] = np.array(value) if value.any() else None
        if len(self.written) == len(self.places):
            self.hand_on()

    def hand_on(self):
        """Gives the learner what was written: a fresh one for zeros, since CNTK never frees a changed checkpoint."""
        if len(self.written) == len(self.places) and all(value is None for value in self.written.values()):
            self._renew()
        elif self.written:
            self._change()

    def _change(self):
        """Sets accumulators through the checkpoint."""
        checkpoint, kept = self._kept()
        for place, value in self.written.items():
            kept[place] = 0.0 if value is None else value
        whole = kept.reshape(np.shape(checkpoint["smoothed_gradients"][0]))
        held = C.cntk_py.DictionaryValueFromNDArrayView(C.NDArrayView.from_dense(whole))
        checkpoint["smoothed_gradients"] = C.cntk_py.DictionaryValue([held])
        self.learner.restore_from_checkpoint(checkpoint)
        self.written = {}
