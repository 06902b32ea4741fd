"""What reports on the terminal are made of: tables, and sentences that only a terminal needs broken.

Where stdout is no terminal, a table is plain text that grep, awk and cut read: a line for each row, at least two spaces
between columns, no frame, no broken cell and no empty one. On a terminal it is the widest shape that fits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Column
from rich.table import Table as Grid
from rich.text import Text

from harness.orchestrator.core.formatting import ABSENT
from harness.orchestrator.reports.table import Cell, RankingTable, Row, Table

GAP = "  "  # between columns of plain text; a cell has single spaces only
UNBROKEN = 100  # columns of a terminal from which on no cell is broken
MARK = "*"  # of the best figure where nothing can be bold


def say(console: Console, line: str, style: str = "default") -> None:
    """Print a sentence, its lines broken if this is a terminal."""
    console.print(escape(line), highlight=False, style=style, soft_wrap=not console.is_terminal)


def say_all(console: Console, lines: Iterable[str], style: str) -> None:
    """Print a list."""
    for line in lines:
        say(console, f"- {line}", style)


def say_reasons(console: Console, reasons: Iterable[str]) -> None:
    """Print the reasons that cells refer to by their numbers."""
    for number, reason in enumerate(reasons, 1):
        say(console, f"[{number}] {reason}", "yellow")


def say_written(console: Console, *paths: object) -> None:
    """Print where reports are."""
    console.print(f"Written to {' and '.join(map(str, paths))}", highlight=False, markup=False, soft_wrap=True)


def show_table(console: Console, table: Table, compact: bool = False, brief: bool = False) -> None:
    """Print a table of backends with its reasons and, unless it is brief, with its facts."""
    console.print()
    if table.ranking is not None:
        say(console, table.ranking.answer, "bold green")
    show_rows(console, table.title, table, table.rows, compact)
    best = "in bold" if console.is_terminal else f"marked {MARK}"
    console.print(f"Best {best}. Coverage: {table.coverage}.", highlight=False)
    say_reasons(console, table.reasons)
    if table.ranking is not None:
        show_ranking(console, table.ranking)
    if brief:
        return
    for title, rows in table.agreement.items():
        show_rows(console, title, table, rows, compact)
    say_all(console, (f"Diagnostic: {one.sentence}" for one in table.diagnostics), "yellow")
    say_all(console, filter(None, (table.silenced, *table.facts)), "dim")


def show_ranking(console: Console, ranking: RankingTable) -> None:
    """Print a ranking, a block for each task."""
    say(console, ranking.title, "bold")
    figures = [right(header) for header in ranking.headers[3:-1]]
    task, place, backend = map(Column, ranking.headers[:3])
    lines = [[escape(cell) for cell in line] for line in ranking.lines]
    show_grid(console, [task, place, backend, *figures, Column(ranking.headers[-1])], lines, ends=ranking.ends)


def show_rows(console: Console, title: str, table: Table, rows: Sequence[Row], compact: bool = False) -> None:
    """Print rows below a title that is not broken at their width, as one of rich's own would be."""
    say(console, title, "bold")
    columns = [Column(table.corner), *(right(header.replace(" ", "\n", 1)) for header in table.headers)]
    several = len({row.metric for row in rows}) > 1
    ends = [place for place, row in enumerate(rows) if several and row.metric == rows[-1].metric]
    lines = [[escape(row.label), *(marked(cell, console.is_terminal) for cell in row.cells)] for row in rows]
    show_grid(console, columns, lines, compact, ends)


def right(header: str) -> Column:
    """A column of figures."""
    return Column(header, justify="right")


def show_grid(
    console: Console,
    columns: Sequence[Column],
    lines: Iterable[Sequence[str]],
    compact: bool = False,
    ends: Collection[int] = (),
) -> None:
    """Print lines of cells in markup.

    Args:
        compact: without a frame, even where there is room for one.
        ends: places of the lines that end a section of a framed table.
    """
    cells = [list(line) for line in lines]
    if not console.is_terminal:
        for line in plain_lines([column.header for column in columns], cells, [c.justify == "right" for c in columns]):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        return
    shapes = [grid(columns, cells, shape, ends) for shape in ((True,) if compact else (False, True))]
    fitting = next((shape for shape in shapes if width_of(shape, console).maximum <= console.width), None)
    if fitting is None and console.width < UNBROKEN:
        narrow = grid(columns, cells, compact=True, broken=True)
        fitting = narrow if width_of(narrow, console).minimum <= console.width else None
    if fitting is not None:
        console.print(fitting)
        return
    for first, *others in cells:
        names = [str(column.header).replace("\n", " ") for column in columns[1:]]
        show_pairs(console, first.replace("\n", " "), list(zip(names, others, strict=True)))


def grid(
    columns: Iterable[Column],
    lines: Iterable[Sequence[str]],
    compact: bool = False,
    ends: Collection[int] = (),
    broken: bool = False,
) -> Grid:
    """A table; compact: without a frame; broken: cells but the first are broken at spaces, otherwise none is."""
    shape = {"box": None, "padding": (0, 1, 0, 0)} if compact else {}
    rows = list(lines)
    first, *others = columns
    widest = max((Text.from_markup(row[0]).cell_len for row in rows), default=0)
    whole = [Column(one.header, justify=one.justify, no_wrap=not broken) for one in others]
    label = Column(first.header, justify=first.justify, no_wrap=True, min_width=widest if broken else None)
    shown = Grid(label, *whole, header_style="bold", **shape)
    for place, row in enumerate(rows):
        shown.add_row(*row, end_section=place in ends)
    return shown


def width_of(shape: Grid, console: Console) -> Measurement:
    """The columns of a terminal that a table needs if its cells are broken, and if they are not."""
    return Measurement.get(console, console.options.update(width=10_000), shape)


def show_pairs(console: Console, heading: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Print a heading and named values below each other; one that is too long goes on below itself."""
    console.print(heading, style="bold", highlight=False, overflow="fold")
    shown = Grid(Column(no_wrap=True), Column(overflow="fold"), box=None, padding=(0, 2, 0, 2), show_header=False)
    for name, value in pairs:
        shown.add_row(escape(name), value)
    console.print(shown)


def plain_lines(headers: Sequence[str], lines: Iterable[Sequence[str]], rights: Sequence[bool]) -> list[str]:
    """A table as plain text, a header first."""
    rows = [[plain(cell) for cell in line] for line in ([escape(str(header)) for header in headers], *lines)]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return [GAP.join(map(padded, row, widths, rights)).rstrip() for row in rows]


def plain(cell: str) -> str:
    """A cell in markup as a word or words with single spaces between them."""
    return " ".join(Text.from_markup(cell).plain.split()) or ABSENT


def padded(text: str, width: int, at_right: bool) -> str:
    """A text in a column."""
    space = " " * (width - cell_len(text))
    return space + text if at_right else text + space


def marked(cell: Cell, bold: bool = True) -> str:
    """A cell in markup: if best bold or with MARK, coloured if it is no figure."""
    style = "bold green" if cell.best else "default" if cell.ok else "yellow"
    notes = "".join(f" [{number}]" for number in cell.notes)
    return f"[{style}]{escape(cell.text)}{MARK if cell.best and not bold else ''}[/]{escape(notes)}"
