"""The forward function, compiled by itself: proved against the reference, then timed with one sample and with a batch.

It gives the model's output in learning phase 0, from the first weights. The first calls, which warm up, are those that
are proved: a batch, and single samples of it. Of all outputs the largest difference from NumPy's in float64 counts,
relative to the largest output. It may be as large as the tolerance of the loss, which is made from these outputs alone.
"""

import time

import numpy as np

from harness.worker.parity import NotEqual
from harness.worker.trainer import Picker, seconds, steady_cost

# The same for all backends: calls until so many are made or so much time is spent, but a few in any case.
MOST_CALLS = {"latency": 500, "batch": 100}
SPENT_S = {"latency": 0.4, "batch": 0.3}
LEAST_CALLS = 3
WARM_CALLS = 5  # with one sample, of as many different ones
SINGLES = 32  # samples that the timed calls go round


def first_batch(trainer):
    """Indices of the training samples of which the outputs are proved."""
    return np.arange(min(trainer.batch_size, trainer.data.samples["train"]))


def outputs(trainer):
    """What REFERENCE keeps of the forward function, in the state that the model is in."""
    (found,) = trainer.model.forward_function()([trainer.data.train[0][first_batch(trainer)]])
    return np.asarray(found, dtype="float64").tolist()


def measure(trainer, expected, reporter):
    """The phase; protocol.INFERENCE.

    Parameters
    ----------
    trainer : Trainer           in its first state
    expected : list             REFERENCE's outputs
    Raises
    ------
    NotEqual                    the outputs are not the reference's
    """
    reporter.begin("inference")
    x, picked = trainer.data.train[0], first_batch(trainer)
    batch, singles = Picker(x)(picked), [Picker(x)(picked[i : i + 1]) for i in range(min(SINGLES, len(picked)))]
    begin_s = time.monotonic()
    forward = trainer.model.forward_function()
    steady_s = steady_cost(forward, [[batch], [singles[0]]])
    compile_s = time.monotonic() - begin_s - steady_s
    proof = prove(forward, batch, singles[:WARM_CALLS], np.asarray(expected), trainer.model.tolerance["loss"])
    return dict(
        proof,
        compile_s=compile_s,
        batch_size=len(batch),
        latency_call_s=timed(forward, singles, "latency"),
        batch_call_s=timed(forward, [batch], "batch"),
    )


def prove(forward, batch, singles, expected, tolerance):
    """`deviation` and `tolerance` of the outputs, of a batch and of single samples.

    Raises
    ------
    NotEqual    the deviation is larger, or an output has another shape
    """
    found = deviation(forward([batch])[0], expected)
    for place, single in enumerate(singles):
        found = max(found, deviation(forward([single])[0], expected[place : place + 1], np.abs(expected).max()))
    if not found <= tolerance:
        raise NotEqual(
            "the outputs of the forward function are not those of NumPy in float64. Expected every output within %.1e "
            "of the largest one. Received a deviation of %.1e." % (tolerance, found)
        )
    return {"deviation": found, "tolerance": tolerance}


def deviation(values, expected, largest=None):
    """The largest difference, relative to the largest expected output; infinite where an output is no number."""
    values = np.asarray(values, dtype="float64")
    if values.shape != expected.shape:
        raise NotEqual(
            "the outputs of the forward function have another shape. Expected %s. Received %s."
            % (expected.shape, values.shape)
        )
    found = np.abs(values - expected).max() / (np.abs(expected).max() if largest is None else largest)
    return float(found) if np.isfinite(found) else float("inf")


def timed(forward, batches, kind):
    """Seconds of each call, with one of the batches after the other, as many as the budget of this kind allows."""
    call_s = []
    while len(call_s) < MOST_CALLS[kind] and (sum(call_s) < SPENT_S[kind] or len(call_s) < LEAST_CALLS):
        call_s.append(seconds(forward, [batches[len(call_s) % len(batches)]]))
    return call_s
