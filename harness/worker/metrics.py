"""The figures of a run, from the raw times that it kept."""

import numpy as np


def summary(epochs, train_samples):
    """The epoch metrics of protocol.RESULT.

    Parameters
    ----------
    epochs : list of protocol.EPOCH, the first epoch of all first; one at least is no warm-up
    train_samples : int, samples in an epoch
    """
    timed = [epoch for epoch in epochs if not epoch["warmup"]]
    epoch_s = float(np.median([epoch["train_s"] for epoch in timed]))
    return {
        "first_epoch_s": epochs[0]["train_s"],
        "epoch_s": epoch_s,
        "epoch_2015_s": float(np.median([epoch["total_s"] for epoch in timed])),
        "samples_per_s": train_samples / epoch_s,
    }
