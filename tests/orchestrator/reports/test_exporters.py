"""Formats are found by name beside the view that they show, and their files are written pictures first."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from harness.orchestrator.analysis.comparison import compare
from harness.orchestrator.cli import main
from harness.orchestrator.core.errors import RecordError
from harness.orchestrator.core.paths import ROOT
from harness.orchestrator.reports import exporters as module
from harness.orchestrator.reports.comparison.view import ComparisonView, view_of
from harness.orchestrator.reports.exporters import View, exported, exporters, write
from harness.orchestrator.reports.history.view import HistoryView
from harness.orchestrator.reports.noise.floors import NoiseView
from harness.orchestrator.reports.session import plot
from harness.orchestrator.reports.session.table import SessionView
from harness.orchestrator.suites.conformance.table import Table
from harness.orchestrator.suites.ops.table import OpsView
from tests.orchestrator.sample_records import broken, sample, session

EXAMPLE = ROOT / "docs" / "examples" / "20261122-112427"


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (SessionView, {"csv", "markdown", "plot", "pytest-benchmark"}),
        (ComparisonView, {"csv", "markdown", "plot", "junit"}),
        (HistoryView, {"csv", "markdown", "plot"}),
        (NoiseView, {"markdown"}),
        (OpsView, {"csv", "markdown"}),
        (Table, {"markdown"}),
    ],
)
def test_each_kind_of_report_has_its_formats(kind: type[View], names: set[str]) -> None:
    assert names <= set(exporters(kind))


ROOM = {
    "__init__": "",
    "view": """
from dataclasses import dataclass
from harness.orchestrator.reports.exporters import View

@dataclass(frozen=True)
class Greeting(View):
    words: str
""",
    "html": """
from harness.orchestrator.reports.exporters import Exporter
EXPORTER = Exporter("html", ".html", lambda view: f"<p>{view.words}{view.pictures}</p>".encode())
""",
    "drawing": """
from harness.orchestrator.reports.exporters import Exporter
EXPORTER = Exporter("drawing", ".svg", lambda view: b"<svg/>", lambda view: {"one": view, "two": view})
""",
    "asked": """
from harness.orchestrator.reports.exporters import Exporter
EXPORTER = Exporter("asked", ".txt", lambda view: view.words.encode(), on_request=True)
""",
}


@pytest.fixture
def greeting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> View:
    """A view in a room of its own, each of whose formats is one file."""
    room = tmp_path / "greeting_room"
    room.mkdir()
    for name, source in ROOM.items():
        (room / f"{name}.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    from greeting_room.view import Greeting

    yield Greeting("hello", "hi")
    for name in [name for name in sys.modules if name.startswith("greeting_room")]:
        del sys.modules[name]


def test_a_format_is_added_by_one_file(greeting: View) -> None:
    assert set(exporters(type(greeting))) == {"html", "drawing", "asked"}
    assert exported(greeting, "html") == "<p>hi()</p>"


def test_files_are_written_pictures_first_and_texts_name_them(
    greeting: View, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, write_whole = [], module.write_whole

    def noted(path: Path, content: bytes) -> None:
        order.append(path.name)
        write_whole(path, content)

    monkeypatch.setattr(module, "write_whole", noted)
    write(greeting, tmp_path / "new" / "reports")
    assert order == ["one.svg", "two.svg", "hello.html"]
    assert (tmp_path / "new" / "reports" / "hello.html").read_text() == "<p>hi('one.svg', 'two.svg')</p>"


def test_folder_that_cannot_be_made_is_told(greeting: View, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RecordError, match="could not be made"):
        write(greeting, tmp_path / "file" / "reports")


def test_session_is_written_as_the_latest_too(tmp_path: Path) -> None:
    assert write(SessionView("s", session()), tmp_path) == tmp_path / "s.md"
    assert {"latest.md", "s.csv", "s.md", "s.png"} <= {path.name for path in tmp_path.iterdir()}
    assert (tmp_path / "latest.md").read_text() == (tmp_path / "s.md").read_text()
    assert "](s.png)" in (tmp_path / "s.md").read_text()


def comparison(b: list[dict]) -> ComparisonView:
    a = [sample("cntk", "mnist_mlp", number=number) for number in range(1, 7)]
    return view_of("a-b", "b against a", ("a", a), ("b", b), compare(a, b))


def test_comparison_without_a_ratio_has_no_picture(tmp_path: Path) -> None:
    write(comparison([broken("cntk", "mnist_mlp", "failed", "crash")]), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-b.csv", "a-b.md"]
    assert "![" not in (tmp_path / "a-b.md").read_text()


def test_junit_has_a_test_for_each_line_and_an_error_for_what_is_missing() -> None:
    same = comparison([sample("cntk", "mnist_mlp", number=number) for number in range(1, 7)])
    (suite,) = ElementTree.fromstring(exported(same, "junit")).iter("testsuite")
    assert int(suite.get("tests")) == len(same.lines) > 1
    gone = comparison([broken("cntk", "mnist_mlp", "failed", "crash")])
    (suite,) = ElementTree.fromstring(exported(gone, "junit")).iter("testsuite")
    assert (suite.get("tests"), suite.get("errors")) == ("1", "1")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the pictures that are drawn, in order."""
    names: list[str] = []
    draw = plot.draw

    def noted(name: str, table: object) -> object:
        names.append(name)
        return draw(name, table)

    monkeypatch.setattr(plot, "draw", noted)
    return names


def test_picture_that_shows_the_same_is_not_drawn_again(drawn: list[str], tmp_path: Path) -> None:
    write(SessionView("s", session()), tmp_path)
    first = (tmp_path / "s.png").read_bytes()
    write(SessionView("s", session(), silence=("slow_products",)), tmp_path)  # of which a picture shows nothing
    assert drawn == ["s"]
    assert (tmp_path / "s.png").read_bytes() == first


def test_picture_of_other_figures_is_drawn_again(drawn: list[str], tmp_path: Path) -> None:
    write(SessionView("s", session()), tmp_path)
    write(SessionView("s", [*session()[:-1], sample("tensorflow", "mnist_cnn", 0.8, 20.0)]), tmp_path)
    (tmp_path / "s.png").write_bytes(b"torn")
    write(SessionView("s", session()), tmp_path)
    assert drawn == ["s", "s", "s"]


def test_picture_is_drawn_again_by_other_code(
    drawn: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(SessionView("s", session()), tmp_path)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "plot.py").write_text("changed")
    monkeypatch.setattr(module, "__file__", str(tmp_path / "reports" / "exporters.py"))
    write(SessionView("s", session()), tmp_path)
    assert drawn == ["s", "s"]


def test_picture_that_is_there_needs_no_library_to_be_kept(tmp_path: Path) -> None:
    """`harness report` takes a fifth of the time without matplotlib, and pandas and pydantic are not needed at all."""
    given = ["report", str(EXAMPLE), "--reports", str(tmp_path)]
    assert main.execute(given) == 0
    program = (
        f"import sys\nfrom harness.orchestrator.cli import main\ncode = main.execute({given})\n"
        "heavy = {'matplotlib', 'pandas', 'pydantic', 'scipy.stats'} & set(sys.modules)\n"
        "sys.exit(code or ', '.join(sorted(heavy)) or 0)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_comment_is_a_part_of_the_picture(tmp_path: Path) -> None:
    from PIL import Image

    write(SessionView("s", session()), tmp_path)
    with Image.open(tmp_path / "s.png") as picture:
        picture.load()
        assert re.fullmatch("[0-9a-f]{64}", picture.text["Comment"])
