"""Whether the timed epochs kept one pace: a test for a change of it between any two steps; a trend is one as well.

Steps are cut into pieces, each with its median, so that no single slow step counts. For every place between two pieces
the ranks before it are summed, and the sum is standardised as that of Wilcoxon and Mann-Whitney is; the largest one, in
size, is the statistic [A. N. Pettitt: A Non-Parametric Approach to the Change-Point Problem, 1979, of which it is the
form with equal weight at all places]. Its distribution without any change is that of pieces in random order. Neighbours
resemble each other more than that, by what else a machine does, so a change counts only if it is large as well. The
error rates that this gives are measured in docs/design/measuring.md.
"""

import numpy as np

MOST_PIECES = 20
PIECE_STEPS = 2  # ranks do not follow a single slow step far
LEAST_PIECES = 14  # of fewer no order is improbable enough
EDGE = 2  # pieces, at least, on each side of a change
LEVEL = 0.001  # of the orders of pieces, so few differ as clearly
CHANGE = 0.05  # of the median step; less changes a figure by less than what verdicts look for
ORDERS = 4000  # random ones


def judge(step_s):
    """What protocol.STEADINESS says of steps, all of the same batch size; `extra_warmup_epochs` is not told.

    Parameters
    ----------
    step_s : list of float      seconds of each step, in the order in which they were made
    """
    count = min(MOST_PIECES, len(step_s) // PIECE_STEPS)
    if count < LEAST_PIECES:
        return {"steady": None, "steps": len(step_s), "change_at": None, "ratio": None, "p": None}
    pieces = medians(step_s, count)
    p = float(np.mean(of_random_orders(count) >= standardised(ranks(pieces)[None]).max()))
    place = likeliest(pieces)
    ratio = float(np.median(pieces[place:]) / np.median(pieces[:place]))
    steady = p > LEVEL or max(ratio, 1.0 / ratio) <= 1.0 + CHANGE
    return {"steady": steady, "steps": len(step_s), "change_at": place / float(count), "ratio": ratio, "p": p}


def warming(found):
    """Whether what `judge` found is a pace that rises, as warming up has it: what slows down needs no more of it."""
    return found["steady"] is False and found["ratio"] < 1.0


def medians(step_s, count):
    """The median of each of `count` pieces."""
    bounds = [place * len(step_s) // count for place in range(count + 1)]
    return np.array([np.median(step_s[begin:end]) for begin, end in zip(bounds, bounds[1:])])


def likeliest(pieces):
    """How many pieces come before the change: where two paces leave the least (absolute) deviations."""

    def left(place):
        return sum(np.abs(part - np.median(part)).sum() for part in (pieces[:place], pieces[place:]))

    return min(range(EDGE, len(pieces) - EDGE + 1), key=left)


def ranks(values):
    """1 for the smallest; of equal ones the earlier is the smaller."""
    found = np.empty(len(values))
    found[np.argsort(values, kind="mergesort")] = np.arange(1, len(values) + 1)
    return found


def standardised(rows):
    """How many standard deviations the ranks before each place are off, for rows of ranks: (rows, places)."""
    count = rows.shape[1]
    before = np.arange(EDGE, count - EDGE + 1)
    sums = np.cumsum(rows, axis=1)[:, EDGE - 1 : count - EDGE]
    deviation = np.sqrt(before * (count - before) * (count + 1) / 12.0)
    return np.abs(sums - before * (count + 1) / 2.0) / deviation


def of_random_orders(count):
    """The statistic of ORDERS random orders of `count` pieces, the same ones each time."""
    rows = np.argsort(np.random.RandomState(0).rand(ORDERS, count), axis=1) + 1.0
    return standardised(rows).max(axis=1)
