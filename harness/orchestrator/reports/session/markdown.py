"""A session as Markdown, in the form of the table of December 2015."""

from __future__ import annotations

from harness.orchestrator.reports.session.table import Cell, Row, Table, tables


def render(name: str, records: list[dict], plot: str | None = None) -> str:
    """The report of a session.

    Args:
        name: of the session.
        records: those of its runs.
        plot: file name of the picture beside the report, if there is one.
    """
    parts = [f"# Session {name}", *(section(table) for table in tables(records))]
    if plot:
        parts.append(f"![Compilation and runtime per epoch of each backend]({plot})")
    return "\n\n".join(parts) + "\n"


def section(table: Table) -> str:
    """One table with all that belongs to it."""
    parts = [f"## {table.conditions}", grid("Task", table.headers, table.rows)]
    parts.append(f"Best in bold. Coverage: {table.coverage}.")
    if table.reasons:
        parts.append("\n".join(f"{number}. {reason}" for number, reason in enumerate(table.reasons, 1)))
    for title, rows in {**table.agreement, **table.efficiency}.items():
        parts += [f"{title}:", grid("Task", table.headers, rows)]
    lines = [*(f"**Finding**: {finding}" for finding in table.findings), *table.peaks, *table.facts]
    parts.append("\n".join(f"- {line}" for line in lines))
    return "\n\n".join(parts)


def grid(corner: str, headers: list[str], rows: tuple[Row, ...]) -> str:
    """Rows below their headers."""
    return padded([[corner, *headers], *([row.label, *(written(cell) for cell in row.cells)] for row in rows)])


def padded(lines: list[list[str]]) -> str:
    """Lines of cells, the first one the header, padded so that the source reads as a table too."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = [f":{'-' * (widths[0] - 1)}", *(f"{'-' * (width - 1)}:" for width in widths[1:])]
    filled = [[line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in (filled[0], rule, *filled[1:]))


def written(cell: Cell) -> str:
    """A cell's text: bold if best, with the numbers of its reasons."""
    text = f"**{cell.text}**" if cell.best else cell.text
    return text + "".join(f" [{number}]" for number in cell.notes)
