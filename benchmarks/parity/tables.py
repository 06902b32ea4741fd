"""The tables of docs/design/parity.md, from rows of deviations."""

from __future__ import annotations

import pandas as pd

from harness.orchestrator.core.formatting import scientific
from harness.orchestrator.reports.markdown import backend_grid
from harness.orchestrator.reports.table import Cell, Row

# weight_norms are left out: a change is the smaller number, so that a mistake shows there first.
FIGURES = ("loss", "gradient_norms", "change_norms")
ROUNDING = 1e-4  # gradient norms that deviate by less have met no kink


def tables(rows: pd.DataFrame) -> str:
    """Both tables as Markdown, each if there are rows for it."""
    asked = set(rows["question"])
    return "\n\n".join(make(rows[rows["question"] == name]) for name, make in TABLES.items() if name in asked)


def of_seeds(rows: pd.DataFrame) -> str:
    """The largest deviation of each figure over all seeds, and its tolerance."""
    backends = list(rows["backend"].unique())
    lines = [
        row(f"{workload} {figure.replace('_', ' ')}", of_figure(rows, workload, figure, backends))
        for workload in rows["workload"].unique()
        for figure in FIGURES
    ]
    return backend_grid("Largest deviation", [*backends, "tolerance"], tuple(lines))


def of_figure(rows: pd.DataFrame, workload: str, figure: str, backends: list[str]) -> list[float]:
    """A figure's largest deviation on each backend, then its tolerance."""
    found = rows[(rows["workload"] == workload) & (rows["figure"] == figure)]
    largest = found.groupby("backend")["deviation"].max()
    return [*largest[backends], found["tolerance"].iloc[0]]


def of_places(rows: pd.DataFrame) -> str:
    """How often rounding meets a kink, and how much that changes."""
    backends = list(rows["backend"].unique())
    cells = [wide(rows[rows["backend"] == backend]) for backend in backends]
    steady = [cell[cell["steady"]] for cell in cells]
    lines = {
        f"places of {len(cells[0])} where the gradient norms deviate by less than {ROUNDING:.0e}": [
            int((cell["gradient_norms"] < ROUNDING).sum()) for cell in cells
        ],
        "median deviation of the gradient norms": [cell["gradient_norms"].median() for cell in cells],
        "largest at places that pass the disturbance test": [cell["gradient_norms"].max() for cell in steady],
        "largest deviation of the loss at these": [cell["loss"].max() for cell in steady],
    }
    return backend_grid(
        rows["workload"].iloc[0], backends, tuple(row(label, values) for label, values in lines.items())
    )


def wide(rows: pd.DataFrame) -> pd.DataFrame:
    """One backend's places, a row each with its figures."""
    return rows.pivot(index=["seed", "offset", "steady"], columns="figure", values="deviation").reset_index()


def row(label: str, values: list[float]) -> Row:
    """A line of counts or deviations."""
    texts = (str(value) if isinstance(value, int) else scientific(value) for value in values)
    return Row(label, "", "", tuple(Cell(text) for text in texts))


TABLES = {"seeds": of_seeds, "places": of_places}
