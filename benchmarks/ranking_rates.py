"""How often a ranking settles a wrong order, and how many rounds a true ratio takes, from recorded rounds.

usage: python -m benchmarks.ranking_rates [--collect SESSION_FOLDER ...]

The rounds in ranking_rounds.csv are those of sessions of `harness run`, in which the backends of a task are
interleaved. Each backend's mean is taken off, so that what is left is noise: as it is between backends, with its slow
spells, and more on one backend than on another. A session is as many of these rounds as it takes, drawn with
replacement, with the ratios that are asked for put in. It is judged as `harness run` judges, after each round, and gets
further rounds of what is undecided. docs/design/ranking.md shows what this prints.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click
import numpy as np
import pandas as pd

from harness.orchestrator.analysis.contrasts import Contrasts
from harness.orchestrator.analysis.contrasts import contrasts as contrasts_of
from harness.orchestrator.analysis.ranking import by_task, verdicts
from harness.orchestrator.analysis.verdict import INCONCLUSIVE, SLOWER
from harness.orchestrator.reports.markdown import grid
from harness.orchestrator.results.record import read_records

ROUNDS = Path(__file__).with_name("ranking_rounds.csv")
MOST = 12  # rounds of a session, beyond which it is left undecided
RATIOS = (1.02, 1.05, 1.1, 1.2, 1.5, 2.0)

Noise = dict[str, np.ndarray]  # task -> (round, backend) logarithms without the backends' means


@click.command()
@click.option("--collect", "folders", multiple=True, type=click.Path(exists=True, path_type=Path), help="Record these.")
@click.option("--sessions", type=click.IntRange(20), default=2000, show_default=True, help="Drawn for each figure.")
def ranking_rates(folders: tuple[Path, ...], sessions: int) -> None:
    """Print the error rates of the ranking, from the rounds of session FOLDERS or from those recorded before."""
    if folders:
        collect(folders)
    noise = recorded()
    click.echo(about(noise))
    click.echo(spread_table(noise))
    click.echo(rates_table(noise, sessions))


def collect(folders: tuple[Path, ...]) -> None:
    """Write the rounds of sessions: a row for each run, its figure beside those of its round."""
    rows = []
    for folder in folders:
        for records in by_task(read_records(folder)[0]).values():
            workload, session = records[0]["case"]["workload"], records[0]["session"]["id"]
            for number, block in enumerate(contrasts_of(records).blocks):
                rows += [(session, number, workload, backend, figure) for backend, figure in block.items()]
    table = pd.DataFrame(rows, columns=["session", "round", "workload", "backend", "log_figure"])
    table.to_csv(ROUNDS, index=False, float_format="%.6g")


def recorded() -> Noise:
    """The noise of each task's complete rounds."""
    table, noise = pd.read_csv(ROUNDS), {}
    for workload, rows in table.groupby("workload", sort=False):
        wide = rows.pivot_table(index=["session", "round"], columns="backend", values="log_figure").dropna()
        noise[workload] = (wide - wide.mean()).to_numpy()
    return noise


def session(noise: Noise, ratio: float, rng: np.random.Generator) -> tuple[bool, int | None]:
    """Whether a drawn session settles an order that is not so, and after how many rounds all of it is settled."""
    outcomes = [task(each, len(noise), ratio, rng) for each in noise.values()]
    rounds = [needed for _, needed in outcomes]
    return any(wrong for wrong, _ in outcomes), None if None in rounds else max(rounds)


def task(noise: np.ndarray, tasks: int, ratio: float, rng: np.random.Generator) -> tuple[bool, int | None]:
    """The same of one task; each backend takes `ratio` times as long as the one before."""
    names = [str(place) for place in range(noise.shape[1])]
    truth = dict(zip(names, rng.permutation(len(names)) * np.log(ratio), strict=True))
    blocks, wrong, going = [], False, set(names)
    for number in range(1, MOST + 1):
        drawn = dict(zip(names, noise[rng.integers(len(noise))], strict=True))
        blocks.append({name: truth[name] + drawn[name] for name in going})
        if number == 1:
            continue
        said = verdicts(Contrasts(blocks), tasks)
        wrong = wrong or any_wrong(said, truth)
        going = undecided(said)
        if not going:
            return wrong, number
    return wrong, None


def any_wrong(said: dict, truth: dict[str, float]) -> bool:
    """Whether a backend is called slower than one that takes as long as it or longer."""
    return any(said[after][0] == SLOWER and truth[after] <= truth[before] for before, after in pairwise(said))


def undecided(said: dict) -> set[str]:
    """The backends of pairs whose order is open."""
    return {name for pair in pairwise(said) if said[pair[1]][0] == INCONCLUSIVE for name in pair}


def about(noise: Noise) -> str:
    """What was recorded."""
    return "\n".join(f"{task}: {len(rows)} rounds of {rows.shape[1]} backends" for task, rows in noise.items())


def spread_table(noise: Noise) -> str:
    """How much the ratio of two backends differs between rounds: standard deviations of the logarithm."""
    lines = [["Task", "median pair", "noisiest pair"]]
    for name, rows in noise.items():
        pairs = [(rows[:, a] - rows[:, b]).std(ddof=1) for a in range(rows.shape[1]) for b in range(a)]
        lines.append([name, f"{100 * np.median(pairs):.1f} %", f"{100 * max(pairs):.1f} %"])
    return grid(lines)


def rates_table(noise: Noise, sessions: int) -> str:
    """Wrong orders and rounds needed, by the true ratio of neighbours."""
    lines = [["True ratio", "Sessions", "Wrong order settled", "Settled", "Rounds (10 %, median, 90 %)"]]
    return grid([*lines, *(rates(noise, ratio, sessions) for ratio in (1.0, *RATIOS))])


def rates(noise: Noise, ratio: float, sessions: int) -> list[str]:
    """A line of that table."""
    rng = np.random.default_rng(0)
    outcomes = [session(noise, ratio, rng) for _ in range(sessions)]
    settled = sorted(rounds for _, rounds in outcomes if rounds is not None)
    wrong = np.mean([wrong for wrong, _ in outcomes])
    tenths = quantiles([rounds or MOST + 1 for _, rounds in outcomes])
    return [f"{ratio:g}", f"{sessions}", f"{100 * wrong:.2f} %", f"{100 * len(settled) / sessions:.0f} %", tenths]


def quantiles(rounds: list[int]) -> str:
    """The rounds within which a tenth, half and nine tenths of sessions are settled."""
    shown: Iterator[int] = (int(np.quantile(rounds, share, method="higher")) for share in (0.1, 0.5, 0.9))
    return ", ".join(str(number) if number <= MOST else f"over {MOST}" for number in shown)


if __name__ == "__main__":
    sys.exit(ranking_rates())
