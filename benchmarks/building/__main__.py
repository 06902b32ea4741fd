"""`python -m benchmarks.building`: prints the times, beside the limits that they are to keep."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from benchmarks.building.measure import Cost, calls, chain, function_call, mnist_cnn
from harness.backends.engines import registry

MODEL_LIMIT_S = 0.050
OPERATION_LIMIT_S = 20e-6  # of our own code for each operation that a call makes, as each becomes a native call or more
LENGTHS = (10, 20, 40, 80, 160)


@click.command()
def main() -> None:
    """Measure what K costs before a library sees a graph, and print it beside its limits."""
    registry.use("numpy")
    console = Console()
    model = mnist_cnn()
    console.print(
        f"The graph of mnist_cnn, {model.operations} operations: {model.seconds * 1e3:.1f} ms "
        f"(limit {MODEL_LIMIT_S * 1e3:.0f} ms), its weights drawn."
    )
    console.print(table("Graphs of dense layers: the time of one operation, however many", [chain(n) for n in LENGTHS]))
    console.print(table("Calls of K; limit 20 us for each operation made", [*calls(), function_call()]))


def table(title: str, costs: list[Cost]) -> Table:
    """Name, time, operations and time of each."""
    rows = Table("", "us", "operations", "us each", title=title, title_justify="left")
    for cost in costs:
        each = cost.seconds / max(cost.operations, 1)
        style = "red" if each > OPERATION_LIMIT_S else None
        rows.add_row(cost.name, f"{cost.seconds * 1e6:.1f}", str(cost.operations), f"{each * 1e6:.1f}", style=style)
    return rows


if __name__ == "__main__":
    main()
