"""What `make speed` found, as a Markdown page with its table, its plot and its raw figures beside it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from benchmarks.speed.entrants import ENTRANTS, OURS
from benchmarks.speed.plot import draw
from benchmarks.speed.ratios import LEVEL, ratio
from harness.orchestrator.core.formatting import ABSENT, significant
from harness.orchestrator.reports.markdown import backend_grid
from harness.orchestrator.reports.table import Cell, Row

OTHERS = [entrant.name for entrant in ENTRANTS if entrant.name != OURS]
# figure -> title and the factor that makes its unit
SECTIONS = {
    "epoch_s": ("Training epoch (s)", 1.0),
    "compile_s": ("Compilation (s; with a cold cache where the library has one)", 1.0),
    "max_rss_bytes": ("Peak resident memory (MB)", 1e-6),
}
INTRODUCTION = """# What the layer costs

`make speed` writes this page. It compares four ways to train each workload: through our layer, written by hand in the
library's own idiom (`benchmarks/native`), through Keras with our settings of the library, and through Keras as it
installs (`benchmarks/keras`). Every run is a separate process; all start from the same weights and train on the same
batches. A block is one run of each way, interleaved: one epoch at a time, in random order. A cell gets more blocks, up
to a limit, until the interval of ours / native is narrow.

A block's figure is the geometric mean of its epochs, a cell's the median over the blocks. A ratio is the geometric mean
of the blocks' ratios, with its {level:.0%} interval; below 1, ours is smaller.

All ways train and none validates. Our runs also prove their first steps, which no figure includes, and report progress
twice a second, which their epochs include.

Machine: {cpu}, {cores} cores; {os}; commit {commit}. Figures of every run: [speed.csv](speed.csv).
"""


def table(rows: pd.DataFrame) -> str:
    """All figures and ratios as Markdown."""
    return "\n\n".join(f"## {SECTIONS[figure][0]}\n\n{section(rows, figure)}" for figure in SECTIONS)


def section(rows: pd.DataFrame, figure: str) -> str:
    """One figure: a line for each cell."""
    headers = ["Blocks", OURS, *OTHERS, *(f"{OURS} / {other}" for other in OTHERS)]
    lines = tuple(row(cell, figure, *names) for names, cell in rows.groupby(["backend", "workload"], sort=False))
    return backend_grid("Cell", headers, lines)


def row(cell: pd.DataFrame, figure: str, backend: str, workload: str) -> Row:
    """One cell's medians and ratios."""
    told = of_blocks(cell, figure)
    medians = told.groupby("entrant")[figure].median() * SECTIONS[figure][1]
    texts = [str(told["block"].nunique())]
    texts += [significant(medians[name]) if name in medians else ABSENT for name in (OURS, *OTHERS)]
    texts += [str(ratio(told, figure, OURS, other) or ABSENT) for other in OTHERS]
    return Row(f"{backend} {workload}", workload, figure, tuple(Cell(text) for text in texts))


def of_blocks(cell: pd.DataFrame, figure: str) -> pd.DataFrame:
    """The runs that tell of a figure: of compilation the cold ones, if there are any; of all else the others."""
    cold = cell[cell["cold"]]
    return cold if figure == "compile_s" and len(cold) else cell[~cell["cold"]]


def keep(path: Path, rows: pd.DataFrame) -> None:
    """Write the figures there are so far beside the page, so that they outlast a session that does not end."""
    rows.to_csv(path.with_suffix(".partial.csv"), index=False, float_format="%.6g")


def write(path: Path, rows: pd.DataFrame, machine: dict) -> None:
    """Write the page, its plot and its figures; what was kept so far becomes these."""
    picture = path.with_suffix(".png")
    draw(picture, rows[~rows["cold"]])
    keep(path, rows)
    path.with_suffix(".partial.csv").replace(path.with_suffix(".csv"))
    introduction = INTRODUCTION.format(
        level=LEVEL,
        cpu=machine["cpu"],
        cores=machine["available_cores"],
        os=machine["os"],
        commit=(machine["harness"]["commit"] or "unknown")[:12],
    )
    shown = f"![Ratios of a training epoch]({picture.name})"
    path.write_text(f"{introduction}\n{shown}\n\n{table(rows)}\n", encoding="utf-8")
