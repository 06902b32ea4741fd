"""How long a session will still take: from runs that have ended, in it or before it, and from how far one is."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np

from harness.orchestrator.core.cases import Case, Run
from harness.orchestrator.core.config import Config
from harness.orchestrator.results.journal import Story, read_journal
from harness.orchestrator.results.store import sessions

# Settings that must be alike for the runs of an earlier session to tell how long those of this one take.
ALIKE = ("edition", "data", "epochs", "warmup_epochs", "floatx", "compile_cache", "workload_settings", "data_settings")
EARLIER_SESSIONS, LOOKED_AT = 5, 20  # the latest that are alike, of so many at most
# A case that is not known is guessed from others: the larger, the nearer to their mean.
RIDGE = 0.1
TRAINING = ("warmup", "epoch", "validation")
TRAINING_SHARE = 0.9  # of an epoch, before its validation
# Epochs after which their pace is known: of a run, of one whose case was seen before, of several that take turns.
PACE_FROM, PACE_FROM_IF_SEEN, PACE_FROM_BY_TURNS = 0.2, 1.0, 4.0
LEAVING_S = 1.5  # from the last epoch to the end of a run, until one has shown it
LEAST_SHARE = 0.1  # of an estimate: what is left of that which takes longer


class RunClock:
    """The times of a run that has begun, seconds of one clock."""

    def __init__(self, epochs: int, began_s: float) -> None:
        self.epochs, self.began_s = epochs, began_s
        self.training_s: float | None = None  # when the first epoch began
        self.trained_s: float | None = None  # when the last one ended
        self.event_s, self.epochs_done = began_s, 0.0  # as the latest event says

    def event(self, event: dict, now_s: float) -> None:
        """Note a phase that begins, or progress in one."""
        if event["phase"] in TRAINING:
            self.training_s = now_s if self.training_s is None else self.training_s
            self.event_s, self.epochs_done = now_s, max(self.epochs_done, position(event))
        elif self.training_s is not None and self.trained_s is None:
            self.trained_s = self.event_s = now_s

    def training_left_s(self, least: float) -> float | None:
        """Seconds from the latest event to the end of the last epoch, at the pace so far.

        None before `least` epochs, for which there is no pace.
        """
        if self.trained_s is not None:
            return 0.0
        if self.epochs_done < least:
            return None
        return (self.epochs - self.epochs_done) * (self.event_s - self.training_s) / self.epochs_done


def position(event: dict) -> float:
    """Epochs that have passed when an event comes."""
    share = event.get("step", 0) / event["steps"] if event.get("steps") else 0.0
    if event["phase"] == "validation":
        return event["index"] + TRAINING_SHARE + (1 - TRAINING_SHARE) * share
    return event["index"] + TRAINING_SHARE * share


class Forecast:
    """What runs take, learned from those that ended well."""

    def __init__(self, earlier: Iterable[tuple[Case, float]] = ()) -> None:
        """Begin with what runs of earlier sessions took."""
        self.earlier: dict[Case, list[float]] = defaultdict(list)
        self.here: dict[Case, list[float]] = defaultdict(list)
        self.after_start_s: dict[Case, float] = {}  # from its first epoch to its end
        self.leaving_s: list[float] = []  # from the last epoch to the end of a run
        for case, seconds in earlier:
            self.earlier[case].append(seconds)

    def learn(
        self, cases: Sequence[Case], seconds: float, clock: RunClock, weights: Mapping[Case, float] | None = None
    ) -> None:
        """Runs of these cases, made at once, have ended well: each took its share, by `weights` if there are any."""
        end_s = clock.began_s + seconds
        total = sum(weights[case] for case in cases) if weights else 0.0
        for case in cases:
            share = weights[case] / total if total else 1 / len(cases)
            self.here[case].append(share * seconds)
            if clock.training_s is not None:
                self.after_start_s[case] = share * (end_s - clock.training_s)
        if clock.trained_s is not None:
            self.leaving_s.append(end_s - clock.trained_s)

    def run_s(self, case: Case) -> float | None:
        """What a run of the case takes; None if no run of its workload, or none of its backend, is known."""
        known = self.here[case] if case in self.here else self.earlier.get(case)
        if known:
            return median(known)
        others = {one: median(seconds) for one, seconds in (self.earlier | self.here).items()}
        seen = {part for one in others for part in parts_of(one)}
        return guess_s(others, case) if seen.issuperset(parts_of(case)) else None

    def left_s(self, cases: Sequence[Case], clock: RunClock, now_s: float) -> float | None:
        """What runs that have begun, at once, still take; more than nothing until they have ended."""
        wholes_s = [self.run_s(case) for case in cases]
        training_s = clock.training_left_s(self.pace_from(cases, None not in wholes_s))
        if training_s is not None:
            return remaining(training_s + median(self.leaving_s or [LEAVING_S]), now_s - clock.event_s)
        if None in wholes_s:
            return None
        after_start_s = sum(self.after_start_s.get(case, 0.0) for case in cases) if clock.training_s is None else 0.0
        return max(remaining(sum(wholes_s), now_s - clock.began_s), after_start_s)

    def pace_from(self, cases: Sequence[Case], estimated: bool) -> float:
        """Epochs after which the pace of runs counts more than what was known of their cases, if that is estimated."""
        if len(cases) > 1:
            return PACE_FROM_BY_TURNS if estimated else PACE_FROM_IF_SEEN
        return PACE_FROM_IF_SEEN if cases[0] in self.here or cases[0] in self.earlier else PACE_FROM


def remaining(estimate_s: float, passed_s: float) -> float:
    """What is left of an estimate; never nothing, for what it was made for has not ended."""
    return max(estimate_s - passed_s, LEAST_SHARE * estimate_s)


def guess_s(known: Mapping[Case, float], case: Case) -> float:
    """What a case takes that is not known: its workload's share times that of all else that makes a case.

    The logarithms of what is known are fitted by a sum of both.
    """
    parts: dict[object, int] = {}
    terms = [[parts.setdefault(part, len(parts)) for part in parts_of(one)] for one in [*known, case]]
    rows = np.zeros((len(terms), len(parts)))
    for row, numbers in zip(rows, terms, strict=True):
        row[numbers] = 1.0
    logs = np.log([max(seconds, 1e-3) for seconds in known.values()])
    centre = logs.mean()
    system = rows[:-1].T @ rows[:-1] + RIDGE * np.eye(len(parts))
    return math.exp(centre + rows[-1] @ np.linalg.solve(system, rows[:-1].T @ (logs - centre)))


def parts_of(case: Case) -> tuple[str, Case]:
    """Workload, and all else that makes a case."""
    return case.workload, replace(case, workload="")


def earlier_runs(results: Path, config: Config) -> Iterator[tuple[Case, float]]:
    """Cases and seconds of runs of the machine's latest sessions, the folders in `results`, with settings alike."""
    folders = [folder for folder in reversed(sessions(results.parent)) if folder.parent == results]
    wanted = config.model_dump(mode="json")
    stories = (read_journal(folder) for folder in folders[:LOOKED_AT])
    alike = (story for story in stories if all(story.config.get(key) == wanted[key] for key in ALIKE))
    for story in islice(alike, EARLIER_SESSIONS):
        yield from timed_runs(story)


def timed_runs(story: Story) -> Iterator[tuple[Case, float]]:
    """Cases and seconds of a session's runs that are ok; those that ran interleaved share the time evenly."""
    cases = {run["name"]: Run.from_json(run).case for run in story.planned}
    open_s: dict[str, float] = {}  # run -> when it began
    ended: set[str] = set()
    for what, name, time_s in story.times:
        if what == "resume":
            open_s, ended = {}, set()  # what was interrupted begins again
        elif what == "begin":
            open_s[name] = time_s
        else:
            ended.add(name)
        if open_s and ended >= open_s.keys():
            each_s = (time_s - min(open_s.values())) / len(open_s)
            yield from ((cases[one], each_s) for one in open_s if one in story.ok)
            open_s, ended = {}, set()
