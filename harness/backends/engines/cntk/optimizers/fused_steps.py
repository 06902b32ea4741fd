"""Which optimizer steps of update_formulas CNTK's learners make."""

from harness.backends.engines.cntk.optimizers.learners import Adadelta, Adam
from harness.backends.engines.cntk.optimizers.rmsprop import RMSprop

LEARNED = {"adadelta": Adadelta, "adam": Adam, "rmsprop": RMSprop}


def accepted(step):
    """Whether CNTK has a learner that computes the step: the arrays that they are given here are float32."""
    fits = step.name in LEARNED and step.p.ndim > 0 and step.p.dtype == "float32"
    return fits and LEARNED[step.name].computes(step.numbers)


def learned(step, parameter, starts):
    """The Learned that makes the step, see there."""
    return LEARNED[step.name](step, parameter, starts)
