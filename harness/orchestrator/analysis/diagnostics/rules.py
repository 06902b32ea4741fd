"""What the facts of records say against their own times: pure functions of records, so old ones are judged as well.

RULES is the closed list. Each diagnostic has the code of its rule and one sentence: which runs, what was seen, what was
expected, what to try next. Each thing found is said once, with how many runs it was found in. docs/design/measuring.md
lists them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol

from harness.orchestrator.analysis.comparability import IDENTITY
from harness.orchestrator.analysis.diagnostics import clocks, competition, libraries, pace
from harness.orchestrator.analysis.diagnostics.diagnostic import Diagnostic, Rule, Sign
from harness.orchestrator.core.cases import case_name
from harness.orchestrator.core.formatting import counted
from harness.orchestrator.core.names import check_names


class Coded(Protocol):
    """What a rule found."""

    @property
    def code(self) -> str: ...


RULES: tuple[Rule, ...] = (*competition.RULES, *clocks.RULES, *libraries.RULES, *pace.RULES)
CODES = tuple(rule.code for rule in RULES)
# Statuses of what was never started.
NOT_RUN = ("unsupported", "skipped")
Signs = dict[int, Sign]


def diagnostics(records: list[dict]) -> list[Diagnostic]:
    """All that is found in records, in the order of RULES."""
    made = [place for place, record in enumerate(records) if record.get("status") not in NOT_RUN]
    return [
        Diagnostic(rule.code, sentence_on(rule, signs, records, made), tuple(signs))
        for rule in RULES
        for signs in together(rule, looked(rule, records, made), records)
    ]


def check_codes(silence: Iterable[str]) -> None:
    """Raises ConfigError for a name that is no diagnostic's."""
    check_names("diagnostic", silence, CODES)


def silenced_line(found: Iterable[Coded], silence: Collection[str]) -> str | None:
    """Which diagnostics are not shown, in one line; None if all are."""
    codes = [one.code for one in found if one.code in silence]
    if not codes:
        return None
    return f"{counted(len(codes), 'diagnostic')} silenced: {', '.join(dict.fromkeys(codes))}."


def looked(rule: Rule, records: list[dict], made: list[int]) -> Signs:
    """What a rule sees, by the place of the record."""
    signs: Signs = {}
    for places in of_cases(records, made):
        signs |= {places[at]: sign for at, sign in rule.look([records[place] for place in places]).items()}
    return dict(sorted(signs.items()))


def of_cases(records: list[dict], made: list[int]) -> list[list[int]]:
    """Places of the records of each case."""
    cases: dict[tuple, list[int]] = {}
    for place in made:
        case, side = records[place]["case"], (records[place].get("run") or {}).get("side")
        cases.setdefault((*(case.get(key) for key in IDENTITY), side), []).append(place)
    return list(cases.values())


def together(rule: Rule, signs: Signs, records: list[dict]) -> list[Signs]:
    """The signs that one sentence tells."""
    groups: dict[tuple, Signs] = {}
    for place, sign in signs.items():
        backend = None if rule.of_machine else records[place]["case"]["backend"]
        groups.setdefault((backend, sign.sentence if sign.weight is None else None), {})[place] = sign
    return list(groups.values())


def sentence_on(rule: Rule, signs: Signs, records: list[dict], made: list[int]) -> str:
    """A diagnostic in words: of which runs, and the worst of what was seen."""
    worst = max(signs.values(), key=lambda sign: sign.weight or 0.0)
    figures = ["figures of the worst"] if len({sign.sentence for sign in signs.values()}) > 1 else []
    subject = of_machine if rule.of_machine else of_backend
    return f"{subject(list(signs), records, made, figures)} {worst.sentence}"


def of_machine(places: list[int], records: list[dict], made: list[int], figures: list[str]) -> str:
    """Which runs of all there are."""
    cases = ", ".join(dict.fromkeys(case_name(records[place]["case"]) for place in places))
    names = [] if len(places) == len(made) else [cases]
    brackets = f" ({'; '.join([*names, *figures])})" if names or figures else ""
    return f"{len(places)} of {counted(len(made), 'run')}{brackets}"


def of_backend(places: list[int], records: list[dict], made: list[int], figures: list[str]) -> str:
    """A backend with its workloads, and how many of their runs, if not all."""
    case = records[places[0]]["case"]
    workloads = list(dict.fromkeys(records[place]["case"]["workload"] for place in places))
    of_these = [place for place in made if belongs(records[place], case["backend"], workloads)]
    count = [f"{len(places)} of {len(of_these)} runs"] if len(places) < len(of_these) else []
    return f"{case['backend']} ({'; '.join([', '.join(workloads), *count, *figures])})"


def belongs(record: dict, backend: str, workloads: list[str]) -> bool:
    """Whether a record is of a backend on one of some workloads."""
    return record["case"]["backend"] == backend and record["case"]["workload"] in workloads
