"""K.rnn as loops over the times."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.rnn import CASES, FACTORS, UNITS
from tests.conformance.oracles.inputs import oracles_of


def loop(step, x, states, backwards=False, prefix=""):
    """The results of a step (element, states) -> (output, states) over the times."""
    outputs = []
    for time in list(range(x.shape[1]))[:: -1 if backwards else 1]:
        output, states = step(x[:, time], states)
        outputs.append(output)
    results = {f"value/{prefix}last": outputs[-1], f"value/{prefix}outputs": np.stack(outputs, 1)}
    return results | {f"value/{prefix}state_{place}": state for place, state in enumerate(states)}


def tanh_layer(kernel, factor=1.0):
    """h' = tanh(x + h W), a multiple of it as output."""

    def step(element, states):
        new = np.tanh(element + states[0] @ kernel)
        return factor * new, [new]

    return step


def constants(name, x, h, kernel, scale, shift):
    """The constants at their places in the formula."""

    def step(element, states):
        new = np.tanh(element * scale + states[0] @ kernel * FACTORS[0] + shift * FACTORS[1])
        return new, [new]

    return loop(step, x, [h])


def of_each_other(name, x, h, kernel):
    """As if the step computed all of it."""

    def step(element, states):
        (state,) = states
        new = element * kernel[0] - state / (kernel[0] + 2) + np.tanh(state @ kernel) @ kernel.T
        return new, [new]

    return loop(step, x, [h])


def no_states(name, x):
    """Squares in both orders."""
    back = x[:, ::-1] ** 2
    forth = {"value/forth_last": x[:, -1] ** 2, "value/forth_outputs": x**2}
    return forth | {"value/back_last": back[:, -1], "value/back_outputs": back}


def mixed_states(name, x, h, cube, n):
    """A matrix, a volume and a count."""

    def step(element, states):
        state, volume, count = states
        pairs = volume + np.einsum("bj,bi->bij", element, state)
        return pairs.sum(axis=(1, 2)), [np.tanh(state + volume.sum(axis=2)), pairs, count + np.int32(1)]

    return loop(step, x, [h, cube, n], name.endswith("backwards"))


def ways(name, x, h, kernel):
    """Unrolled or not is all the same."""
    results = {}
    for prefix in ("loop_", "unrolled_", "loop_back_", "unrolled_back_"):
        results |= loop(tanh_layer(kernel, 3.0), x, [h], "back" in prefix, prefix)
    return results


def matrices(name, x, h, kernel):
    """A product of the last axis."""
    return loop(tanh_layer(kernel), x, [h])


def images(name, x, h, kernel):
    """A convolution with a zero behind each row and below each column, as 'same' has it for two places."""

    def step(element, states):
        padded = np.pad(states[0][..., 0], ((0, 0), (0, 1), (0, 1)))
        rows, columns = element.shape[1:3]
        parts = [padded[:, i : i + rows, j : j + columns] * kernel[i, j, 0, 0] for i in range(2) for j in range(2)]
        new = np.tanh(element + sum(parts)[..., None])
        return new, [new]

    return loop(step, x, [h])


def layer(name, x, h, kernel):
    """Twice the state as output."""
    return loop(tanh_layer(kernel, 2.0), x, [h], name.endswith("backwards"))


def sums(name, x, total):
    """Sums of integers, and twice as much."""
    running = total[:, None] + np.cumsum(x, axis=1, dtype="int32")
    return {"value/last": 2 * running[:, -1], "value/outputs": 2 * running, "value/state_0": running[:, -1]}


def gru(name, x, h, kernel, recurrent):
    """Update gate, reset gate, candidate."""

    def step(element, states):
        (state,) = states
        inputs = np.split(element @ kernel, 3, axis=1)
        matrices = np.split(recurrent, 3, axis=1)
        z, r = (1 / (1 + np.exp(-inputs[gate] - state @ matrices[gate])) for gate in (0, 1))
        new = z * state + (1 - z) * np.tanh(inputs[2] + (r * state) @ matrices[2])
        return new, [new]

    assert h.shape[1] == UNITS
    return loop(step, x, [h])


def both_directions(name, x, h, kernel):
    """The one that goes backwards in the order of the times."""
    below = loop(tanh_layer(kernel), x, [h])["value/outputs"]
    forth, back = (loop(tanh_layer(kernel), below, [h], backwards)["value/outputs"] for backwards in (False, True))
    return {"value/joined": np.concatenate([forth, back[:, ::-1]], axis=2)}


def own_start(name, x, kernel):
    """From zeros."""
    return loop(tanh_layer(kernel), x, [np.zeros((len(x), UNITS))])


def of_case(name: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
    """The results of a case, from the function that has its name."""
    return globals()[name.split("-")[1]](name, **inputs)


ORACLES = oracles_of(CASES, of_case)
