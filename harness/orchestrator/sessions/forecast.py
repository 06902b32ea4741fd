"""How long a session will still take: from the runs that it has finished, else from the limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean

from harness.orchestrator.core.cases import Case
from harness.orchestrator.core.clock import duration


class Forecast:
    """Learns from finished runs."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self.took_s: dict[str, list[float]] = defaultdict(list)

    def learn(self, workload: str, wall_s: float) -> None:
        """Note what a run took."""
        self.took_s[workload].append(wall_s)

    def run_s(self, case: Case) -> float | None:
        """What a run of the case may take: the mean of its workload's runs, else of all, None before the first."""
        known = self.took_s.get(case.workload) or [wall_s for all_s in self.took_s.values() for wall_s in all_s]
        return fmean(known) if known else None

    def left(self, waiting: Iterable[Case], current: Case | None, elapsed_s: float) -> str:
        """The time left in words."""
        cases = [*waiting, *([current] if current else [])]
        estimates = [self.run_s(case) for case in cases]
        if None in estimates:
            return f"at most {duration(self.limit_s * len(cases))} left"
        overrun_s = max(0.0, elapsed_s - estimates[-1]) if current else 0.0
        return f"about {duration(max(0.0, sum(estimates) - (elapsed_s - overrun_s if current else 0.0)))} left"
