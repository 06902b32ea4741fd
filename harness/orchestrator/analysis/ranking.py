"""Which backend is fastest at each task, by how much, how surely; docs/design/ranking.md measures how often it errs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import median

import numpy as np
from scipy.special import stdtrit

from harness.orchestrator.analysis.comparability import identity_of
from harness.orchestrator.analysis.contrasts import Contrast, Contrasts, contrasts
from harness.orchestrator.analysis.metrics import MEDIAN, METRICS
from harness.orchestrator.analysis.statistics import FEWEST, LEVEL, holm
from harness.orchestrator.analysis.verdict import INCONCLUSIVE, SAME, SLOWER

# Of sessions in which no backend is faster than another, at most this share call any order settled, however often the
# rounds so far are looked at.
ERRORS = 0.01
MOST_ROUNDS = 99  # more are never proposed
THRESHOLD = METRICS[MEDIAN].threshold

Task = tuple[str, ...]
Chances = dict[tuple[str, str], float]
Verdict = tuple[str | None, int | None]


@dataclass(frozen=True)
class Place:
    """A backend's place at a task.

    epoch_s: median of its runs
    ratio: to the fastest; None of the fastest itself
    verdict: against the place before, SLOWER, SAME or INCONCLUSIVE; None of the first
    more: about how many more rounds would settle that; None where it is settled, or MOST_ROUNDS are not enough
    """

    backend: str
    epoch_s: float
    rounds: int
    ratio: Contrast | None = None
    verdict: str | None = None
    more: int | None = None


@dataclass(frozen=True)
class TaskRanking:
    """The order of the backends at a task, fastest first; `absent` have no figure: backend -> its runs' status."""

    workload: str
    places: tuple[Place, ...]
    absent: dict[str, str]
    model: Contrasts

    @property
    def rounds(self) -> int:
        """The most that a backend has."""
        return max((place.rounds for place in self.places), default=0)

    @property
    def undecided(self) -> list[tuple[Place, Place]]:
        """Neighbours whose order is not known."""
        return [pair for pair in pairwise(self.places) if pair[1].verdict == INCONCLUSIVE]

    @property
    def fastest(self) -> list[str]:
        """Those that are known to be faster than all others, or to tie with such; none where that is not known."""
        ties = [self.places[0].backend] if self.places else []
        for place in self.places[1:]:
            if place.verdict != SAME:
                return ties if place.verdict == SLOWER else []
            ties.append(place.backend)
        return ties


@dataclass(frozen=True)
class Overall:
    """A backend over all tasks: the geometric mean of its ratios to the one that has the least.

    low, high: interval at LEVEL; None of the least itself, and infinite where a task has one round
    """

    backend: str
    ratio: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Ranking:
    """Tasks under the same conditions; `overall` has the backends with a figure at each task, least first."""

    tasks: tuple[TaskRanking, ...]
    overall: tuple[Overall, ...]

    @property
    def rounds(self) -> int:
        """The most that a task has."""
        return max((task.rounds for task in self.tasks), default=0)

    @property
    def settled(self) -> bool:
        """Whether every order is known."""
        return not any(task.undecided for task in self.tasks)


def task_of(record: dict) -> Task:
    """What names a record's task: all that names its case but the backend."""
    return tuple(part for field, part in identity_of(record["case"]).items() if field != "backend")


def by_task(records: Iterable[dict]) -> dict[Task, list[dict]]:
    """Records by their task."""
    found: dict[Task, list[dict]] = {}
    for record in records:
        found.setdefault(task_of(record), []).append(record)
    return found


def ranking(records: Sequence[dict], looked_at: int | None = None) -> Ranking | None:
    """The ranking of records that share all conditions; None if no task has figures of two backends.

    Args:
        looked_at: number of tasks of the whole session, which share ERRORS; by default those of the records.
    """
    of_tasks = by_task(records)
    tasks = [task_ranking(runs, looked_at or len(of_tasks)) for runs in of_tasks.values()]
    if not any(len(task.places) > 1 for task in tasks):
        return None
    return Ranking(tuple(tasks), tuple(overall(tasks)))


def task_ranking(records: list[dict], looked_at: int) -> TaskRanking:
    """The order of a task's backends."""
    model = contrasts(records)
    said = verdicts(model, looked_at)
    runs = {backend: [r for r in records if r["case"]["backend"] == backend] for backend in backends(records)}
    absent = {backend: statuses(of_one) for backend, of_one in runs.items() if backend not in said}
    places = [place(backend, runs[backend], model, own, first=next(iter(said))) for backend, own in said.items()]
    return TaskRanking(records[0]["case"]["workload"], tuple(places), absent, model)


def backends(records: Iterable[dict]) -> list[str]:
    """The backends of records, each once."""
    return list(dict.fromkeys(record["case"]["backend"] for record in records))


def statuses(records: Iterable[dict]) -> str:
    """How runs ended, each way once."""
    return ", ".join(dict.fromkeys(record["status"] for record in records))


def place(backend: str, runs: list[dict], model: Contrasts, said: Verdict, first: str) -> Place:
    """A backend's place; `first` is the fastest."""
    found = [METRICS[MEDIAN].of(run) for run in runs if run["status"] == "ok"]
    epoch_s, rounds = median(filter(None, found)), sum(backend in block for block in model.blocks)
    return Place(backend, epoch_s, rounds, None if backend == first else model.between(first, backend), *said)


def verdicts(model: Contrasts, looked_at: int) -> dict[str, Verdict]:
    """Each backend in order: the verdict against the one before, and how many more rounds would settle it."""
    order = model.order()
    chances, found = adjusted_chances(order, model), dict.fromkeys(order[:1], (None, None))
    for before, backend in pairwise(order):
        contrast = model.between(before, backend)
        verdict = judge(contrast, chances[before, backend], looked_at)
        more = None if verdict != INCONCLUSIVE else more_rounds(contrast, len(chances), looked_at)
        found[backend] = verdict, more
    return found


def adjusted_chances(order: list[str], model: Contrasts) -> Chances:
    """Of each two backends the probability of their ratio by chance alone, adjusted for all pairs of the task."""
    pairs = list(combinations(order, 2))
    return dict(zip(pairs, holm([model.between(*pair).p for pair in pairs]), strict=True))


def more_rounds(found: Contrast, pairs: int, looked_at: int) -> int | None:
    """About how many more rounds would settle a ratio; None if more than MOST_ROUNDS."""
    for rounds in range(max(found.rounds + 1, 2), MOST_ROUNDS + 1):
        then = found.after(rounds)
        if judge(then, pairs * then.p, looked_at) != INCONCLUSIVE:
            return rounds - found.rounds
    return None


def judge(found: Contrast, adjusted: float, looked_at: int) -> str:
    """SLOWER if improbable by chance and surely beyond the threshold; SAME only if surely within it."""
    low, high = found.bounds
    if adjusted <= allowed(found.rounds, looked_at) and low > 1 + THRESHOLD:
        return SLOWER
    if found.rounds >= FEWEST and low >= 1 / (1 + THRESHOLD) and high <= 1 + THRESHOLD:
        return SAME
    return INCONCLUSIVE


def allowed(rounds: int, looked_at: int) -> float:
    """The probability by chance alone at which an order is settled after so many rounds.

    All looks of a task, after 2, 3, 4, ... rounds, and all tasks together use up ERRORS: 1/2 + 1/6 + 1/12 + ... = 1.
    """
    return ERRORS / looked_at / (rounds * (rounds - 1)) if rounds > 1 else 0.0


def overall(tasks: Sequence[TaskRanking]) -> list[Overall]:
    """The geometric means of those that have a figure at every task with one, the least first."""
    ranked = [task for task in tasks if task.places]
    complete = [b for b in backends_of(ranked) if all(b in task.model.backends for task in ranked)]
    if not complete:
        return []
    first = complete[0]
    distances = {b: math.fsum(task.model.between(first, b).distance for task in ranked) for b in complete[1:]}
    order = sorted(complete, key=lambda backend: distances.get(backend, 0.0))
    return [Overall(order[0], 1.0), *(mean_ratio(order[0], backend, ranked) for backend in order[1:])]


def backends_of(tasks: Iterable[TaskRanking]) -> list[str]:
    """All backends that have a place, each once."""
    return list(dict.fromkeys(place.backend for task in tasks for place in task.places))


def mean_ratio(a: str, b: str, tasks: Sequence[TaskRanking]) -> Overall:
    """The geometric mean of b's ratios to a; the degrees of freedom are Welch and Satterthwaite's."""
    found = [task.model.between(a, b) for task in tasks]
    middle = math.fsum(one.distance for one in found) / len(found)
    variances = np.array([one.error**2 for one in found])
    if not np.isfinite(variances).all():
        return Overall(b, math.exp(middle), 0.0, math.inf)
    freedom = variances.sum() ** 2 / np.sum(variances**2 / [one.freedom for one in found])
    reach = float(stdtrit(freedom, (1 + LEVEL) / 2)) * math.sqrt(variances.sum()) / len(found)
    return Overall(b, math.exp(middle), math.exp(middle - reach), math.exp(middle + reach))
