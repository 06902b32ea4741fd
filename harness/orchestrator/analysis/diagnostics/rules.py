"""What the facts of records say against their own times: pure functions of records, so old ones are judged as well.

RULES is the closed list. Each finding has the code of its rule and one sentence: which runs, what was seen, what was
expected, what to try next. docs/design/measuring.md lists them.
"""

from __future__ import annotations

from harness.orchestrator.analysis.diagnostics import clocks, competition, grouping, pace, products, threads
from harness.orchestrator.analysis.diagnostics.diagnostic import Finding, Rule

RULES: tuple[Rule, ...] = (*competition.RULES, *clocks.RULES, *threads.RULES, *products.RULES, *pace.RULES)


def found(records: list[dict]) -> list[Finding]:
    """All that is found in records, in the order of RULES."""
    return grouping.found(records, RULES)


def findings(records: list[dict]) -> list[str]:
    """A sentence for each thing found."""
    return [finding.sentence for finding in found(records)]
