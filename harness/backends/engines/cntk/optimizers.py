"""Optimizer steps by CNTK's own learners: one pass over a weight, where a graph makes one for each operation.

A learner keeps the accumulators of its weight to itself; they are read and set through its checkpoint. CNTK's RMSprop
is not among them: another algorithm, and where bounds make it equal, slower than the graph (7 ns an element against 5).
"""

import abc

import cntk as C
import numpy as np

FIRST_RATE = 1.0  # until the first step
TINY = 1e-30  # Adam's own epsilon in a step of RMSprop
NO_RATE = 1e-50  # 0 in float32; at 0 itself a learner would leave its accumulators as they are, too


def _rate(value):
    """A learning rate for gradients of a mean: a reference size of 1 has CNTK not divide by a batch size again."""
    return C.learning_parameter_schedule(value, minibatch_size=1)


def _momentum(value):
    """A factor of decay for each step."""
    return C.momentum_schedule(value, minibatch_size=C.learners.IGNORE)


def _adam(parameter, b1, b2, epsilon):
    """CNTK's Adam."""
    return C.adam([parameter], _rate(FIRST_RATE), _momentum(b1), True, _momentum(b2), epsilon=epsilon)


def _apply(learner, parameter, gradient):
    """One step, with the gradient as a CNTK array."""
    C.cntk_py.Learner._update(learner, {parameter: gradient}, 1, False)


def identity(step):
    """What two steps share if one learner makes both."""
    return step.name, step.p, tuple(step.accumulators), tuple(sorted(step.numbers.items()))


class Learned(abc.ABC):
    """A weight that a learner trains, and its accumulators, whose values the learner keeps.

    Parameters
    ----------
    step : FusedStep
    parameter : CNTK parameter of its weight
    starts : list of array            values of its accumulators
    """

    order = ()  # at which place of what a learner keeps the formula's accumulators are

    def __init__(self, step, parameter, starts):
        self.parameter, self.numbers = parameter, step.numbers
        self.identity = identity(step)
        self.places = {each.operation: place for each, place in zip(step.accumulators, self.order)}
        self._renew()
        for accumulator, start in zip(step.accumulators, starts):
            if start.any():
                self.write(accumulator.operation, start)

    @staticmethod
    def computes(numbers):
        """Whether CNTK computes the formula with these numbers."""
        return True

    def _renew(self):
        """Takes a fresh learner, whose accumulators are zeros."""
        self.learner = None  # two at once would be the peak of a run's memory
        self.learner = self._made()
        self.steps, self.rate = 0, FIRST_RATE
        self.unsaved = {}  # place -> what was written there and not handed on yet; None for zeros

    @abc.abstractmethod
    def _made(self):
        """A learner of CNTK's."""

    def advance(self, gradient, lr):
        """One step; `gradient` is a CNTK array, `lr` a number."""
        self.steps += 1
        wanted = lr * self._correction() or NO_RATE
        if wanted != self.rate:
            self.rate = wanted
            self.learner.reset_learning_rate(_rate(wanted))
        _apply(self.learner, self.parameter, gradient)

    def _correction(self):
        """What undoes the factor by which the learner corrects the rate at this step."""
        return 1.0

    def _kept_for(self, value):
        """What the learner keeps for a value of an accumulator."""
        return value

    def _value_of(self, kept):
        """The value of an accumulator for which the learner keeps this."""
        return kept

    def _kept(self):
        """The checkpoint, and of what the learner keeps for each element the arrays, writable."""
        checkpoint = self.learner.create_checkpoint()
        (kept,) = checkpoint["smoothed_gradients"]
        return checkpoint, np.array(kept).reshape((-1,) + self.parameter.shape)

    def read(self, operation):
        """The value of an accumulator."""
        self.hand_on()
        return self._value_of(self._kept()[1][self.places[operation]])

    def write(self, operation, value):
        """Sets an accumulator; the learner gets it once all are set, or when it is needed."""
        self.unsaved[self.places[operation]] = np.array(value) if value.any() else None
        if len(self.unsaved) == len(self.places):
            self.hand_on()

    def hand_on(self):
        """Gives the learner what was written: a fresh one for zeros, since CNTK never frees a changed checkpoint."""
        if len(self.unsaved) == len(self.places) and all(value is None for value in self.unsaved.values()):
            self._renew()
        elif self.unsaved:
            self._change()

    def _change(self):
        """Sets accumulators through the checkpoint."""
        checkpoint, kept = self._kept()
        for place, value in self.unsaved.items():
            kept[place] = self._kept_for(0.0 if value is None else value)
        whole = kept.reshape(np.shape(checkpoint["smoothed_gradients"][0]))
        held = C.cntk_py.DictionaryValueFromNDArrayView(C.NDArrayView.from_dense(whole))
        checkpoint["smoothed_gradients"] = C.cntk_py.DictionaryValue([held])
        self.learner.restore_from_checkpoint(checkpoint)
        self.unsaved = {}


class Adadelta(Learned):
    """As the formula."""

    order = (0, 1)

    def _made(self):
        at = self.numbers
        return C.adadelta([self.parameter], _rate(FIRST_RATE), rho=at["rho"], epsilon=at["epsilon"])


class Adam(Learned):
    """With unit gain m' = b1 m + (1 - b1) g; CNTK corrects the rate for its bias."""

    order = (1, 0)

    def _made(self):
        at = self.numbers
        return _adam(self.parameter, at["b1"], at["b2"], at["epsilon"])

    def _correction(self):
        at = self.numbers
        return (1.0 - at["b1"] ** self.steps) / np.sqrt(1.0 - at["b2"] ** self.steps)


class RMSprop(Learned):
    """RMSprop by CNTK's Adam, which knows no epsilon within the root: a step of its own brings it there.

    Without momentum Adam keeps v' = b v + (1 - b) g^2 and moves the weight by rate g / sqrt(v'). RMSprop moves it by
    lr g / sqrt(a' + epsilon), a' = rho a + (1 - rho) g^2. Two steps of Adam make one of RMSprop, with
    v = s (a + epsilon):

        with rate 0 and the same gradient c for every element     v1 = b v + (1 - b) c^2
        with the gradient g and the rate sqrt(s) lr               v2 = b v1 + (1 - b) g^2

    where b = sqrt(rho), s = (1 - b) / (1 - rho), and c^2 = epsilon / b makes up for what decays of epsilon. Each is one
    pass over the weight, where a graph makes nine.

    Attributes
    ----------
    epsilon, decay, scale : float      epsilon, b as float32 has it, s
    constant : CNTK array              c for every element
    """

    order = (0,)

    def __init__(self, step, parameter, starts):
        rho, self.epsilon = step.numbers["rho"], step.numbers["epsilon"]
        self.decay = float(np.float32(np.sqrt(rho)))
        self.scale = (1.0 - self.decay) / (1.0 - rho)
        lost = self.scale * self.epsilon * (1.0 - self.decay**2)  # of s epsilon, in a step of RMSprop
        self.constant = _filled(parameter.shape, np.sqrt(lost / (self.decay * (1.0 - self.decay))))
        super(RMSprop, self).__init__(step, parameter, starts)

    @staticmethod
    def computes(numbers):
        return 0.0 < numbers["rho"] < 1.0

    def _renew(self):
        super(RMSprop, self)._renew()
        first = np.sqrt(self.scale * self.epsilon / (1.0 - self.decay))
        super(RMSprop, self).advance(_filled(self.parameter.shape, first), NO_RATE)

    def _made(self):
        return _adam(self.parameter, 0.0, self.decay, TINY)

    def _correction(self):
        return 1.0 / np.sqrt(1.0 - self.decay**self.steps)

    def advance(self, gradient, lr):
        super(RMSprop, self).advance(self.constant, NO_RATE)
        super(RMSprop, self).advance(gradient, np.sqrt(self.scale) * lr)

    def _kept_for(self, value):
        return self.scale * (value + self.epsilon)

    def _value_of(self, kept):
        return np.maximum(kept / self.scale - self.epsilon, 0.0)


def _filled(shape, number):
    return C.NDArrayView.from_dense(np.full(shape, number, dtype=np.float32))


LEARNED = {"adadelta": Adadelta, "adam": Adam, "rmsprop": RMSprop}


def accepted(step):
    """Whether CNTK has a learner that computes the step: the arrays that they are given here are float32."""
    fits = step.name in LEARNED and step.p.ndim > 0 and step.p.dtype == "float32"
    return fits and LEARNED[step.name].computes(step.numbers)


def learned(step, parameter, starts):
    """The Learned that makes the step, see there."""
    return LEARNED[step.name](step, parameter, starts)
