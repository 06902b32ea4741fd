"""Computes with every layer of layers.py on one backend. Python 3.6 syntax; run in its environment.

usage: python -I layer_driver.py BACKEND PACKAGES OUTPUT TRAINED

BACKEND and PACKAGES as driver.py has them; Keras itself computes what it can. Writes into OUTPUT, an .npz,
"<layer>|predictions" and, if TRAINED is "trained", "<layer>|losses": of a test, and of two training steps unless they
draw random numbers. Optimizers and losses take turns.
"""

import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = 8
OPTIMIZERS = ("sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamax", "nadam")
LOSSES = ("mse", "mae", "mape", "msle", "squared_hinge", "hinge", "poisson", "cosine_proximity")
# Keras's own backend: wants a compiler for convolutions, which it is run without, and does not separate them.
NOT_OF_KERAS_ITSELF = ("conv", "atrous", "pooling", "up_sampling", "borders", "dropout_", "separable")


def compute(index, make, shape, trained):
    """Results of one model, label -> array."""
    from layers import WORDS

    rng = np.random.RandomState(5)
    x = rng.randint(0, 10, (SAMPLES,) + shape) if shape == WORDS else rng.uniform(0.1, 1, (SAMPLES,) + shape)
    model = make()
    model.compile(OPTIMIZERS[index % len(OPTIMIZERS)], LOSSES[index % len(LOSSES)])
    model.set_weights([rng.uniform(0.05, 0.3, array.shape) for array in model.get_weights()])
    results = {"predictions": model.predict(x, batch_size=SAMPLES)}
    assert results["predictions"].shape[1:] == model.output_shape[1:]
    if trained:
        y = rng.uniform(0.1, 1, results["predictions"].shape)
        losses = [model.test_on_batch(x, y)]
        losses += [] if model.uses_learning_phase else [model.train_on_batch(x, y) for _ in range(2)]
        results["losses"] = np.array(losses, dtype="float64")
    return results


def main(backend, packages, output, trained):
    sys.path[:0] = [packages, HERE]
    from driver import KERAS_ITSELF, begin_anew, import_keras

    import_keras(backend)
    from layers import LAYERS

    results = {}
    for index, (name, (make, shape)) in enumerate(sorted(LAYERS.items())):
        if backend == KERAS_ITSELF and any(part in name for part in NOT_OF_KERAS_ITSELF):
            continue
        begin_anew()
        found = compute(index, make, shape, trained == "trained")
        results.update({name + "|" + label: array for label, array in found.items()})
    np.savez(output, **results)


if __name__ == "__main__":
    main(*sys.argv[1:])
