"""What a library that compiles for long compiles in the tests, where all else is interpreted.

Every operation is compiled in a case at least, and whatever exists only as compiled code in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.orchestrator.suites.conformance.answers import Answer
from harness.worker.conformance.case_list import all_cases

CASES = {case.name: case for case in all_cases()}
SMALL = 18  # operations; a scan's least case with gradients has so many
COMPILED_ONLY = "convolution"  # Theano computes it in C alone
FUSED = "state-training-"  # optimizer steps that an engine makes by code of its own
# what an optimizer may fold away, and integers that compiled code may take for doubles
FOLDED = ("nan-", "infinities-", "large_integers-", "corners-")
DRAWN = "draws-random_normal"  # interpreted, a generator draws many thousand numbers one by one

Lines = Mapping[str, Mapping[str, Any]]  # case -> its line of a report


def compiled(lines: Lines) -> list[str]:
    """Names of the cases that are compiled."""
    chosen = set(covering(lines))
    return [
        name
        for name, line in lines.items()
        if name in chosen or name.startswith((FUSED, DRAWN, *FOLDED)) or COMPILED_ONLY in line["operations"]
    ]


def covering(lines: Lines) -> list[str]:
    """Cases that hold between them every operation: first small ones with gradients, then whatever is left.

    None of the dtypes, if another has the operation: their types are the same in every run.
    """
    held: set[str] = set()
    chosen = []
    for name in sorted(lines, key=lambda name: cost(name, lines[name]["size"])):
        if set(lines[name]["operations"]) - held:
            held |= set(lines[name]["operations"])
            chosen.append(name)
    return chosen


def cost(name: str, size: int) -> tuple[bool, bool, int]:
    """What a case is worse by than others."""
    return name.startswith("dtypes-"), not CASES[name].wrt or size > SMALL, size


def joined(*answers: Answer) -> Answer:
    """The answers to parts of the cases as one to all; the settings are those of the first."""
    results = {name: results for answer in answers for name, results in answer.results.items()}
    lines = {name: line for answer in answers for name, line in answer.cases.items()}
    first = answers[0]
    order = [name for name in CASES if name in lines]
    return Answer(
        {name: results[name] for name in order},
        {name: lines[name] for name in order},
        first.functions,
        first.settings,
        first.versions,
    )
