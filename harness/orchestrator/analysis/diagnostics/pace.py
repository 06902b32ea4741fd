"""Whether a run kept its pace, and the first round that of the others. Medians throughout: a slow step says nothing."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from harness.orchestrator.analysis.diagnostics.diagnostic import Rule, Sign, of_each
from harness.orchestrator.core.formatting import counted, percent, significant

# Pieces of a run that are compared, and steps that each must have for its median to mean something.
PIECES = 10
PIECE_STEPS = 5
# Of 74 runs of nine cases on a machine that others used as well, 7 scattered and 5 drifted by more than a tenth; the 9
# runs of a session that had it alone stayed below 0.03 and 0.04.
SCATTER = 0.1
DRIFT = 0.1
# A change of pace that the worker tells of, see CHANGE in harness/worker/steadiness.py.
CHANGE = 0.05
# From the median absolute deviation to the standard deviation, where errors are normal.
NORMAL = 1.4826
# The first round against at least so many others, all of which it must exceed by so much.
OTHER_ROUNDS = 4
FIRST_EXCESS = 0.1


def pieces(record: dict) -> list[float] | None:
    """The median step, in seconds, of each piece of the timed epochs; None if they have too few steps."""
    steps = [step for epoch in record.get("epochs") or [] if not epoch["warmup"] for step in epoch.get("step_s") or []]
    if len(steps) < PIECES * PIECE_STEPS:
        return None
    bounds = [place * len(steps) // PIECES for place in range(PIECES + 1)]
    return [median(steps[begin:end]) for begin, end in pairwise(bounds)]


def scatter(record: dict) -> Sign | None:
    steps_s = pieces(record)
    if steps_s is None:
        return None
    middle = median(steps_s)
    deviation = NORMAL * median(abs(step_s - middle) for step_s in steps_s) / middle
    if deviation <= SCATTER:
        return None
    return Sign(
        f"has steps whose length scatters by {percent(deviation)} between tenths of the run (1.4826 x median absolute "
        f"deviation). Expected at most {percent(SCATTER)}. Look for what else runs, and use more rounds.",
        deviation,
    )


def unsteady(record: dict) -> Sign | None:
    """The worker's own test, harness/worker/steadiness.py: more epochs to warm up did not help, or were not allowed."""
    found = record.get("steadiness") or {}
    if found.get("steady") is not False:
        return None
    ratio, extra = found["ratio"], found["extra_warmup_epochs"]
    advice = "Look for heat, a falling clock or a competitor" if ratio > 1 else "Let more epochs warm up"
    added = f", after {counted(extra, 'epoch')} added to warm up" if extra else ""
    return Sign(
        f"changed its pace in its timed epochs{added}: behind {percent(found['change_at'])} of the steps one takes "
        f"{significant(ratio)} times as long as before. Expected {1 / (1 + CHANGE):.2f} to {1 + CHANGE:.2f}. {advice}, "
        "and run again.",
        max(ratio, 1 / ratio),
    )


def drift(record: dict) -> Sign | None:
    """Every tenth of one half is slower than every one of the other: by chance once in 126 runs.

    Of records whose worker did not test the pace itself.
    """
    steps_s = None if record.get("steadiness") else pieces(record)
    if steps_s is None:
        return None
    first, last = steps_s[: PIECES // 2], steps_s[PIECES // 2 :]
    ratio = median(last) / median(first)
    disjoint = min(last) > max(first) or max(last) < min(first)
    if not disjoint or max(ratio, 1 / ratio) <= 1 + DRIFT:
        return None
    advice = "Look for heat, a falling clock or a competitor" if ratio > 1 else "Let more epochs warm up"
    return Sign(
        f"has steps that take {significant(ratio)} times as long in the second half of the run as in the first. "
        f"Expected {1 / (1 + DRIFT):.2f} to {1 + DRIFT:.2f}. {advice}, and run again.",
        max(ratio, 1 / ratio),
    )


def first_round(records: list[dict]) -> dict[int, Sign]:
    """The first round of a case beside its others."""
    timed = {at: record for at, record in enumerate(records) if (record.get("metrics") or {}).get("epoch_s")}
    others = [record["metrics"]["epoch_s"] for record in timed.values() if record["run"]["round"] > 1]
    first = next((at for at, record in timed.items() if record["run"]["round"] == 1), None)
    if first is None or len(others) < OTHER_ROUNDS:
        return {}
    epoch_s = timed[first]["metrics"]["epoch_s"]
    if epoch_s <= (1 + FIRST_EXCESS) * max(others):
        return {}
    ratio = epoch_s / median(others)
    return {
        first: Sign(
            f"took {significant(ratio)} times as long an epoch in its first round as in the median of {len(others)} "
            f"others. Expected at most {1 + FIRST_EXCESS:.2f} times the longest of them. Leave that round out, or look "
            "what was still running when the session began.",
            ratio,
        )
    }


RULES = (
    Rule("scatter", of_each(scatter)),
    Rule("unsteady", of_each(unsteady)),
    Rule("drift", of_each(drift)),
    Rule("first_round", first_round),
)
