"""The reference of a start: its outputs in float64, and its first steps, where rounding cannot change them much.

Where an activation lies almost on a kink (of relu, of a maximum), rounding alone decides on which side; the gradient
of that sample then changes by far more than rounding, and float32 may differ from float64 without any mistake. So the
steps are made again from weights that are off by as much as float32 rounds, and a place where a figure follows by more
than its tolerance is passed over. A backend whose rounding finds a kink all the same has the other places to prove
itself.
"""

import numpy as np

from harness.backends import api as K
from harness.worker import inference, parity

DISTURBANCE = 1.2e-7  # of each weight, relative: the distance between neighbouring numbers of float32
DISTURBANCES = 2
PLACES = 3
STRIDE = 61  # samples from a place that is no good to the next; a prime, so that data of any number are walked through
MOST_TRIED = 60


class IllConditioned(ArithmeticError):
    """Rounding changes the first steps wherever they are made."""


def make(trainer):
    """The reference, protocol.REFERENCE.

    Parameters
    ----------
    trainer : Trainer       compiled, in its first state

    Raises
    ------
    IllConditioned          too few places are good enough
    """
    outputs = inference.outputs(trainer)
    state = K.batch_get_value(trainer.model.state)
    places, offset = [], 0
    # Places share no sample, if there are enough: a sample on a kink would affect all places that use it.
    looked_at = sum(map(len, parity.picks(trainer.data.samples["train"], trainer.batch_size, 0)))
    for _ in range(MOST_TRIED):
        place = _place(trainer, state, offset)
        places += [] if place is None else [place]
        if len(places) == PLACES:
            return {"places": places, "outputs": outputs}
        offset += STRIDE if place is None else looked_at
    raise IllConditioned(
        "too few well-conditioned first steps. Expected %d places in the data where no figure changes by more than its "
        "tolerance when the weights change by %.1e. Received %d of %d. Use another seed."
        % (PLACES, DISTURBANCE, len(places), MOST_TRIED)
    )


def _place(trainer, state, offset):
    """The first steps at a place, None if the disturbances change them by more than the tolerance."""
    steps = _steps(trainer, state, offset)
    largest = dict.fromkeys(parity.FIGURES, 0.0)
    for seed in range(DISTURBANCES):
        found = parity.deviations(_steps(trainer, state, offset, np.random.RandomState(seed)), steps)
        largest = {figure: max(largest[figure], found[figure]) for figure in found}
        if parity.excess(largest, trainer.model.tolerance)[1] > 1.0:
            return None
    return {"offset": offset, "steps": steps, "sensitivity": largest}


def _steps(trainer, state, offset, rng=None):
    """The first steps from `state`, its weights disturbed if there is an rng."""
    weights = {weight.variable for weight in trainer.model.weights}
    for variable, value in zip(trainer.model.state, state):
        off = 0.0 if rng is None or variable not in weights else rng.uniform(-DISTURBANCE, DISTURBANCE, value.shape)
        K.set_value(variable, value * (1.0 + off))
    return trainer.first_steps(offset)
