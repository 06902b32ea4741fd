"""What was sampled during a run, and its form as a table."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

from harness.orchestrator.monitoring.telemetry.sensor import Kind, Value

# Columns before those of the sensors.
HEAD = ("t_s", "phase", "index")
# Enough for seconds since boot with microseconds and for bytes of a terabyte.
DIGITS = 15


@dataclass
class Samples:
    """Rows as they were taken: HEAD, then what each sensor gave; one that gave nothing has left its columns out."""

    interval_s: float
    sensors: list[str] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)
    columns: dict[str, Kind] = field(default_factory=dict)
    rows: list[dict[str, Value | None]] = field(default_factory=list)
    cost_s: float = 0.0
    orchestrator_cpu_s: float | None = None
    wall_s: float | None = None

    def of(self, kind: Kind) -> list[str]:
        """The columns of a kind."""
        return [name for name, its in self.columns.items() if its is kind]

    def csv(self) -> str:
        """The table; an empty field is a missing value. `pandas.read_csv` reads it."""
        text = io.StringIO()
        writer = csv.DictWriter(text, [*HEAD, *self.columns], lineterminator="\n")
        writer.writeheader()
        for row in self.rows:
            writer.writerow({name: written(value) for name, value in row.items()})
        return text.getvalue()


def file_of(run: str) -> str:
    """The table's name beside the record of a run."""
    return f"{run}.telemetry.csv"


def written(value: Value | None) -> Value | None:
    """A number without the digits that it has from being halved."""
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else value
