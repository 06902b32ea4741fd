"""Tables are plain text where stdout is no terminal, and fit a terminal without broken cells from 100 columns on."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Column

from harness.orchestrator.cli import main
from harness.orchestrator.core.paths import ROOT
from harness.orchestrator.reports.terminal import right, show_grid

EXAMPLES = ROOT / "docs" / "examples"
BOX = re.compile("[\u2500-\u257f]")  # box drawing
COLUMNS = [Column("Task"), right("tensorflow\n2.21.0"), right("theano\n1.0.5"), Column("Verdict")]
LINES = [
    ["mnist_mlp: runtime/epoch (s)", "[bold green]1.06[/]", "2.07 \\[1]", "same"],
    ["imdb_lstm: runtime/epoch (s)", "21.0", "", "inconclusive (+12)"],
]


def shown(width: int | None = None, **settings: object) -> list[str]:
    """What is printed on a terminal of this width; on none where there is no width."""
    shape = {"width": width, "force_terminal": True} if width else {}
    console = Console(file=StringIO(), color_system=None, **shape)
    show_grid(console, COLUMNS, LINES, **settings)
    return console.file.getvalue().splitlines()


def test_plain_table_has_a_line_for_each_row_and_no_empty_cell() -> None:
    lines = shown()
    assert [re.split("  +", line) for line in lines] == [
        ["Task", "tensorflow 2.21.0", "theano 1.0.5", "Verdict"],
        ["mnist_mlp: runtime/epoch (s)", "1.06", "2.07 [1]", "same"],
        ["imdb_lstm: runtime/epoch (s)", "21.0", "–", "inconclusive (+12)"],
    ]
    assert lines[1].index("1.06") + len("1.06") == lines[2].index("21.0") + len("21.0")


def test_plain_table_is_never_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    assert len(shown()) == 3


def test_plain_table_has_no_colour_even_if_some_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    console = Console(file=StringIO(), color_system="truecolor")
    show_grid(console, COLUMNS, LINES)
    assert "\x1b" not in console.file.getvalue()


def test_terminal_has_the_widest_shape_that_fits() -> None:
    framed, compact, broken, stacked = shown(100), shown(72), shown(60), shown(40)
    assert BOX.search(framed[0])
    assert not any(map(BOX.search, [*compact, *broken, *stacked]))
    assert len(compact) == 4  # two of headers
    assert len(broken) > 4
    assert broken[2].startswith("mnist_mlp: runtime/epoch (s) ")
    assert stacked[0].rstrip() == "mnist_mlp: runtime/epoch (s)"
    assert [line.split()[0] for line in stacked[1:4]] == ["tensorflow", "theano", "Verdict"]
    for width, lines in ((100, framed), (72, compact), (60, broken), (40, stacked)):
        assert max(map(len, lines)) <= width


def test_nothing_is_broken_from_100_columns_on() -> None:
    """What does not fit is stacked."""
    columns = [Column("Case"), *(right(f"backend {number}") for number in range(9))]
    console = Console(file=StringIO(), color_system=None, width=100, force_terminal=True)
    show_grid(console, columns, [["a case of many words", *["12.3 (11.2–14.5)"] * 9]])
    lines = console.file.getvalue().splitlines()
    assert len(lines) == 10
    assert all("12.3 (11.2–14.5)" in line for line in lines[1:])


def test_no_colour_is_respected_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=StringIO(), width=100, force_terminal=True)
    show_grid(console, COLUMNS, LINES)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", console.file.getvalue())


@pytest.mark.parametrize(
    "arguments",
    [
        ["report", str(EXAMPLES / "20261122-112427")],
        ["compare", *[str(EXAMPLES / "20261122-112427")] * 2],
        ["history", "--results", "RESULTS", "--only", "*"],
        ["ops", "--show", str(EXAMPLES / "ops-20261122-200752")],
        ["env", "list"],
        ["doctor", "numpy"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_commands_print_no_frames_off_a_terminal(
    arguments: list[str], tmp_path: Path, cache: Path, capsys: pytest.CaptureFixture
) -> None:
    machine = tmp_path / "machine"
    machine.mkdir()
    (machine / "20261122-112427").symlink_to(EXAMPLES / "20261122-112427")
    given = [str(tmp_path) if word == "RESULTS" else word for word in arguments]
    writes = ["--reports", str(tmp_path)] if arguments[0] in ("report", "compare", "history") else []
    main.execute([*given, *writes])
    said = capsys.readouterr().out
    assert len(said.splitlines()) > 3
    assert not BOX.search(said)
    assert "\x1b" not in said
