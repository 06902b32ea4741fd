"""The first steps of training, compared with what NumPy computes in float64: nothing is timed before they agree.

The steps are those of the very function that is timed, with the level of every dropout at 0, from the run's own first
weights. A step is looked at through three figures, and through two for each trainable weight:

loss             of the batch, nats
gradient_norms   Euclidean norm of the gradient, read from what the step added to the optimizer's running mean
weight_norms     Euclidean norm of the weight after the step
change_norms     Euclidean norm of the weight's change since the start: what an optimizer did wrong shows here first
"""

import numpy as np

from harness.backends import api as K

# Full batches after the first; between them the smaller batch that ends an epoch, if the data have one.
FULL_BATCHES_AFTER = 2
FIGURES = ("loss", "gradient_norms", "weight_norms", "change_norms")


class NotEqual(ArithmeticError):
    """The backend computes something else than the reference."""


def picks(samples, batch_size, offset):
    """Indices of each step's samples: a full batch, the smaller one that ends an epoch, full ones again.

    `offset` is the index of the first sample; behind the last one comes the first of all.
    """
    full, rest = min(batch_size, samples), samples % batch_size
    sizes = [full] + [rest] * (0 < rest < samples) + [full] * FULL_BATCHES_AFTER
    ends = np.cumsum(sizes)
    return [np.arange(offset + end - size, offset + end) % samples for size, end in zip(sizes, ends)]


def observe(model, train, data, batch_size, offset):
    """The figures of each step: a list of {figure: number or list of numbers}. `model` is left trained.

    Parameters
    ----------
    model : Model                   in its first state
    train : function                [x, y] -> [loss, accuracy], and one step of the optimizer
    data : (x, y)                   training samples
    batch_size, offset : int        see picks
    """
    x, y = data
    model.switch_dropout(False)
    try:
        weights = [weight.variable for weight in model.weights]
        start = [_double(value) for value in K.batch_get_value(weights)]
        picked = picks(len(x), batch_size, offset)
        return [_step(model, weights, start, train, [x[indices], y[indices]]) for indices in picked]
    finally:
        model.switch_dropout(True)


def _step(model, weights, start, train, batch):
    """One step and its figures."""
    means = model.optimizer.running_means
    before = [_double(value) for value in K.batch_get_value(means)]
    loss, _ = train(batch)
    after = [_double(value) for value in K.batch_get_value(means)]
    values = [_double(value) for value in K.batch_get_value(weights)]
    return {
        "loss": float(loss),
        "gradient_norms": [model.optimizer.gradient_norm(*pair) for pair in zip(before, after)],
        "weight_norms": [_norm(value) for value in values],
        "change_norms": [_norm(value - first) for value, first in zip(values, start)],
    }


def _double(array):
    return np.asarray(array, dtype="float64")


def _norm(array):
    return float(np.sqrt(np.sum(np.square(array))))


def deviations(steps, reference):
    """The largest relative deviation of each figure over all steps and weights; infinite where one is no number."""
    return {
        figure: max(_deviation(step[figure], expected[figure]) for step, expected in zip(steps, reference))
        for figure in FIGURES
    }


def _deviation(value, expected):
    value, expected = np.atleast_1d(value), np.atleast_1d(expected)
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.abs(value - expected) / np.abs(expected)
    return float(np.max(np.where(np.isfinite(relative), relative, np.inf)))


def compare(steps, place, tolerance):
    """The report on one place, protocol.PARITY but for `places`.

    Parameters
    ----------
    steps : list of {figure: ...}             of the run
    place : {"steps": ..., "offset": ...}     of the reference
    tolerance : {figure: float}               relative
    """
    expected = place["steps"]
    if len(steps) != len(expected):
        raise NotEqual("%d first steps were made. Expected %d, as in the reference." % (len(steps), len(expected)))
    found = deviations(steps, expected)
    return {"offset": place["offset"], "steps": steps, "deviations": found, "tolerance": tolerance}


def excess(found, tolerance):
    """(figure, its deviation in units of its tolerance) of the figure that is furthest off."""
    figure = max(found, key=lambda name: found[name] / tolerance[name])
    return figure, found[figure] / tolerance[figure]


def equal(report):
    """Whether every figure is within its tolerance."""
    return excess(report["deviations"], report["tolerance"])[1] <= 1.0


def check(report):
    """Raises NotEqual for the figure that is furthest beyond its tolerance."""
    if not equal(report):
        figure, _ = excess(report["deviations"], report["tolerance"])
        limit, found = report["tolerance"][figure], report["deviations"][figure]
        raise NotEqual(
            "the first %d training steps are not those of NumPy in float64. Expected %s within %.1e of it. "
            "Received a deviation of %.1e." % (len(report["steps"]), figure.replace("_", " "), limit, found)
        )
