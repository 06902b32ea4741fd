"""What Markdown reports are made of: tables that read as tables in the source too, and lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.orchestrator.reports.table import Cell, Row, Table


def document(parts: Iterable[str]) -> bytes:
    """Parts below each other; empty ones are left out."""
    return ("\n\n".join(filter(None, parts)) + "\n").encode("utf-8")


def section(table: Table) -> str:
    """A table of backends with all that belongs to it."""
    ranking = table.ranking
    parts = [f"## {table.title}", f"**{ranking.answer}**" if ranking else ""]
    parts += [backend_grid(table.corner, table.headers, table.rows)]
    parts += [f"Best in bold. Coverage: {table.coverage}.", numbered(table.reasons)]
    if ranking is not None:
        parts += [f"{ranking.title}:", grid([ranking.headers, *ranking.lines])]
    for title, rows in {**table.agreement, **table.efficiency}.items():
        parts += [f"{title}:", backend_grid(table.corner, table.headers, rows)]
    diagnostics = (f"**Diagnostic**: {one.sentence}" for one in table.diagnostics)
    parts.append(bullets(filter(None, [*diagnostics, table.silenced, *table.peaks, *table.facts])))
    return "\n\n".join(filter(None, parts))


def backend_grid(corner: str, headers: Sequence[str], rows: Iterable[Row]) -> str:
    """Rows with a cell for each backend, below their headers."""
    return grid([[corner, *headers], *([row.label, *map(marked, row.cells)] for row in rows)])


def grid(lines: Sequence[Sequence[str]]) -> str:
    """Lines of cells, the first one the header, in columns of one width each."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = [f":{'-' * (widths[0] - 1)}", *(f"{'-' * (width - 1)}:" for width in widths[1:])]
    filled = [[line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in (filled[0], rule, *filled[1:]))


def marked(cell: Cell) -> str:
    """A cell's text: bold if best, with the numbers of its reasons."""
    text = f"**{cell.text}**" if cell.best else cell.text
    return text + "".join(f" [{number}]" for number in cell.notes)


def bullets(lines: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {line}" for line in lines)


def numbered(lines: Iterable[str]) -> str:
    """A list with numbers that cells refer to."""
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
