"""As if each thread had run alone, or one after the other."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.threads import CALLS, THREADS


def of_graphs():
    w = np.arange(1.0, THREADS + 1)[:, None, None] * np.ones((THREADS, 4, 2))
    x, losses, gradients = np.ones((2, 4)), [], []
    for _ in range(2):
        y = x @ w
        losses.append((y**2).sum(axis=(1, 2)))
        gradients.append(x.T @ (2 * y))
        w = w - 0.01 * gradients[-1]
    return {
        "value/losses": np.stack(losses, axis=1),
        "gradient/gradients": np.stack(gradients, axis=1),
        "value/uids": np.arange(1, THREADS + 1),
    }


ORACLES = {
    "threads-one_function": lambda: {
        "value/right": np.full(THREADS * CALLS, True),
        "value/counted": np.arange(0.0, THREADS * CALLS),
        "update/count": np.array(1.0 * THREADS * CALLS),
    },
    "threads-of_one_variable": lambda: {
        "value/whole": np.full(CALLS, True),
        "update/total": np.array(1.0 * CALLS * (3 + 3 - 1)),
    },
    "threads-of_graphs": of_graphs,
}
