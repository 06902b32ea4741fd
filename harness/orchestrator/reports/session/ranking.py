"""Who is fastest, in one sentence and as a table: places, ratios to the fastest with their intervals, ties."""

from __future__ import annotations

import math
from collections.abc import Sequence

from harness.orchestrator.analysis.contrasts import Contrast
from harness.orchestrator.analysis.ranking import MOST_ROUNDS, Overall, Place, Ranking, TaskRanking
from harness.orchestrator.analysis.verdict import INCONCLUSIVE, SAME, SLOWER
from harness.orchestrator.core.formatting import ABSENT, counted, significant
from harness.orchestrator.reports.table import RankingTable

HEADERS = ("Task", "Place", "Backend", "Epoch (s)", "Times the fastest", "Against the one above")
ALL_TASKS = "geometric mean"
# In the place of a number: as fast as the one above; not known whether it is slower than that one.
TIE, OPEN = "=", "?"
LEGEND = (
    "ranking: ratios of the training epoch with their 95 % intervals; a round is a sample. = is a tie, within 2 %; ? "
    "is an order that is not settled. At most 1 % of sessions settle a wrong order."
)


def ranking_table(ranking: Ranking) -> RankingTable:
    """The table of a ranking."""
    groups = [task_lines(task) for task in ranking.tasks]
    if len(ranking.tasks) > 1 and ranking.overall:
        groups.append([overall_line(one) for one in ranking.overall])
    lines = [line for group in groups for line in group]
    ends = [sum(map(len, groups[:number])) - 1 for number in range(1, len(groups) + 1)]
    title = f"Ranking by the training epoch, after {counted(ranking.rounds, 'round')}"
    return RankingTable(ranking, answer(ranking), title, HEADERS, tuple(lines), tuple(ends))


def task_lines(task: TaskRanking) -> list[tuple[str, ...]]:
    """A line for each backend of a task, those without a figure last."""
    ranked = [
        (number(place, position), place.backend, significant(place.epoch_s), times(place.ratio), beside(place))
        for position, place in enumerate(task.places, 1)
    ]
    absent = [(ABSENT, backend, status, "", "") for backend, status in task.absent.items()]
    return [(task.workload, *line) for line in (*ranked, *absent)]


def overall_line(one: Overall) -> tuple[str, ...]:
    """A backend over all tasks."""
    ratio = "1" if one.low is None else bounded(one.ratio, one.low, one.high)
    return ALL_TASKS, "", one.backend, "", ratio, ""


def number(place: Place, position: int) -> str:
    """A place in the order, TIE or OPEN."""
    return {SAME: TIE, INCONCLUSIVE: OPEN}.get(place.verdict, str(position))


def times(ratio: Contrast | None) -> str:
    """A ratio to the fastest, with its interval if two rounds or more give one."""
    return "1" if ratio is None else bounded(ratio.ratio, *ratio.bounds)


def bounded(ratio: float, low: float, high: float) -> str:
    """A ratio with its interval, if there is one."""
    shown = significant(ratio)
    return shown if math.isinf(high) else f"{shown} ({significant(low)}–{significant(high)})"


def beside(place: Place) -> str:
    """What is said of a place and the one above."""
    if place.verdict != INCONCLUSIVE:
        return {SLOWER: "slower", SAME: "tie"}.get(place.verdict, "")
    wanted = f"over {MOST_ROUNDS} rounds" if place.more is None else f"+{counted(place.more, 'round')}"
    return f"inconclusive ({wanted})"


def answer(ranking: Ranking) -> str:
    """Which backend is fastest, by how much, how surely."""
    said = [fastest(ranking), ratios(ranking), state(ranking)]
    return "; ".join(filter(None, said)) + "."


def fastest(ranking: Ranking) -> str:
    """At how many tasks each backend is known to be fastest; after one round, was."""
    tasks = [task for task in ranking.tasks if len(task.places) > 1]
    if ranking.rounds == 1:
        names = [f"{task.places[0].backend} led" for task in tasks]
    else:
        names = [winners(task.fastest) for task in tasks]
    of_name = {name: [task for task, own in zip(tasks, names, strict=True) if own == name] for name in names}
    said = sorted(of_name.items(), key=lambda entry: -len(entry[1]))
    return ", ".join(f"{name} on {share(of_one, tasks)}" for name, of_one in said)


def winners(backends: Sequence[str]) -> str:
    """Those that are fastest at a task, in words."""
    if not backends:
        return "no backend is known to be fastest"
    return f"{backends[0]} is fastest" if len(backends) == 1 else f"{' and '.join(backends)} tie for the fastest"


def share(some: Sequence[TaskRanking], tasks: Sequence[TaskRanking]) -> str:
    """Some of all tasks, by name if they are not all."""
    names = ", ".join(task.workload for task in some)
    if len(tasks) == 1:
        return names
    return f"{len(some)} of {len(tasks)} tasks" + ("" if len(some) == len(tasks) else f" ({names})")


def ratios(ranking: Ranking) -> str:
    """How many times as long the others take, in the geometric mean over the tasks."""
    first, *others = ranking.overall or (None,)
    words = [f"{one.backend} {bounded(one.ratio, one.low, one.high)}" for one in others[1:]]
    if not others:
        return ""
    second = others[0]
    interval = bounded(second.ratio, second.low, second.high).partition(" ")[2]
    longest = f"{second.backend} takes {significant(second.ratio)} times as long as {first.backend} {interval}".rstrip()
    return ", ".join([longest, *words])


def state(ranking: Ranking) -> str:
    """Whether the order of all tasks is known."""
    rounds = counted(ranking.rounds, "round")
    if ranking.settled:
        return f"settled in {rounds}"
    return "one round settles nothing" if ranking.rounds == 1 else f"not settled after {rounds}"
