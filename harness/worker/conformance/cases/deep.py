"""Graphs of hundreds of operations one behind another, as loops build them."""

import numpy as np

from harness.worker.conformance.forms import Expression, draw

TERMS = 500
SEVERAL = 300  # each of them several nodes of a library's graph, and as many of its gradient
FEW = 120


def sums(K, x):
    """One tensor again and again, before and behind; others with numbers of their own; differences."""
    same = before = weighted = less = x
    for number in range(TERMS):
        same, before = same + x, x + before
        weighted, less = weighted + x * (number / TERMS), less - x * 0.5
    return {"same": same, "before": before, "weighted": weighted, "less": less}


def products(K, x):
    """Factors, quotients and both with sums between them."""
    multiplied = divided = mixed = x
    factor = x * 0.1 + 0.95
    for _ in range(SEVERAL):
        multiplied, divided = multiplied * factor, divided / factor
        mixed = mixed * 0.99 + 0.01
    return {"multiplied": multiplied, "divided": divided, "mixed": mixed}


def functions(K, x):
    """Functions of functions, comparisons and choices."""
    smooth = rectified = limited = chosen = x
    above = x > 0.2
    for number in range(SEVERAL):
        smooth = (K.tanh, K.sin, K.sigmoid, K.cos)[number % 4](smooth)
        rectified, limited = K.relu(rectified), K.clip(limited, -1.0, 1.0)
        chosen = K.switch(above, chosen * 1.001, chosen)
    return {"smooth": smooth, "rectified": rectified, "limited": limited, "chosen": chosen}


def layers(K, x, w, b):
    """Layers that share their weights, and their gradients' sums; sizes; what is pooled behind many of them."""
    hidden, turned, rows = x, x, K.shape(x)[0]
    for _ in range(FEW):
        hidden = K.relu(K.dot(hidden, w) + b)
        turned = K.concatenate([turned[:, 1:], turned[:, :1]], 1)
        rows = rows + 1
    images = K.reshape(x, (-1, 2, 3, 1))
    for _ in range(FEW):
        images = K.relu(images + 0.01)
    pooled = K.pool2d(images, (2, 3), (2, 3), dim_ordering="tf")
    return {"hidden": hidden, "turned": turned, "pooled": pooled, "rows": rows}


def recurrence(K, x, h):
    """A long one that is unrolled, and a long step."""

    def step(now, states):
        state = K.tanh(now + states[0])
        return state, [state]

    def long_step(now, states):
        state = now
        for _ in range(FEW):
            state = state * 0.9 + states[0] * 0.01
        return state, [state]

    unrolled = K.rnn(step, K.tile(x, (1, FEW // 2, 1)), [h], unroll=True)[0]
    return {"unrolled": unrolled, "step": K.rnn(long_step, x, [h])[0]}


def case(label, build, wrt, **inputs):
    """A case of this family; hundreds of roundings add up."""
    return Expression("deep-" + label, inputs, lambda K, P, **named: build(K, **named), wrt, tolerance=1e-4)


ROWS = draw(2, 3, low=0.1, high=0.6, seed=950)
LAYERS = {"x": draw(4, 6, low=0.1, high=0.6, seed=951), "w": np.eye(6) * 0.98, "b": draw(6, low=0.0, seed=952)}
RECURRENCE = {"x": draw(2, 2, 3, seed=953), "h": draw(2, 3, seed=954)}
CASES = [
    case("sums", sums, ("x",), x=ROWS),
    case("products", products, ("x",), x=ROWS),
    case("functions", functions, ("x",), x=ROWS),
    case("layers", layers, ("x", "w", "b"), **LAYERS),
    case("recurrence", recurrence, ("x", "h"), **RECURRENCE),
]
