"""Exporters: each writes a report in one format, and is found by name in the room of the view that it shows."""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import pkgutil
import zlib
from collections.abc import Callable, Iterable, Mapping
from csv import DictWriter
from dataclasses import dataclass, field, replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.orchestrator.core.errors import RecordError
from harness.orchestrator.core.working_line import working
from harness.orchestrator.results.record import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PNG_END = 12  # bytes of the chunk that ends a PNG


@dataclass(frozen=True)
class View:
    """All that a report shows; each kind of report adds its own fields.

    name: of its files, without suffix
    pictures: names of the picture files beside a text
    """

    name: str
    pictures: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Exporter:
    """A format. A module declares its exporter as EXPORTER, in the package of the view that it shows.

    suffix: of its files
    render: content of a file, from a view
    files: what each file shows, by its name without suffix, from a view; no files where there is nothing to show
    on_request: written only when it is asked for by name
    drawn_from: of a picture, all that it shows: one that is there and shows the same is not drawn again
    """

    name: str
    suffix: str
    render: Callable[[Any], bytes]
    files: Callable[[Any], Mapping[str, View]] = lambda view: {view.name: view}
    on_request: bool = False
    drawn_from: Callable[[Any], object] | None = None

    @property
    def is_picture(self) -> bool:
        """Whether texts show its files."""
        return self.suffix in (".png", ".svg")


def exporters(kind: type[View]) -> dict[str, Exporter]:
    """The exporters of a kind of view by name, from the modules beside it."""
    package = importlib.import_module(kind.__module__.rpartition(".")[0])
    modules = [
        importlib.import_module(f"{package.__name__}.{one.name}") for one in pkgutil.iter_modules(package.__path__)
    ]
    declared = [module.EXPORTER for module in modules if hasattr(module, "EXPORTER")]
    return {exporter.name: exporter for exporter in declared}


def png(figure: Figure) -> bytes:
    """A figure as the content of a file, whatever backend matplotlib is set to."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    picture = BytesIO()
    FigureCanvasAgg(figure).print_png(picture)
    return picture.getvalue()


def csv(rows: Iterable[dict]) -> bytes:
    """Rows as comma-separated values, with the columns that any of them has; an empty field is a missing one."""
    lines = list(rows)
    text = StringIO()
    table = DictWriter(text, dict.fromkeys(column for line in lines for column in line), lineterminator="\n")
    table.writeheader()
    table.writerows(lines)
    return text.getvalue().encode("utf-8")


def exported(view: View, name: str) -> str:
    """A view in the text format of this name."""
    return exporters(type(view))[name].render(view).decode("utf-8")


def write(view: View, folder: Path) -> Path:
    """Write a view in all formats that are not for request only; returns the path of the Markdown.

    Raises:
        RecordError: the disk is full, or the folder may not be written.
    """
    working("writing the report")
    chosen = [exporter for exporter in exporters(type(view)).values() if not exporter.on_request]
    pictures = parts_of([exporter for exporter in chosen if exporter.is_picture], view)
    texts = parts_of([exporter for exporter in chosen if not exporter.is_picture], replace(view, pictures=(*pictures,)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordError(f"{folder} could not be made: {error.strerror}. Expected a writable folder.") from error
    for name, (exporter, part) in {**pictures, **texts}.items():
        write_part(folder / name, exporter, part)
    return folder / f"{view.name}.md"


def parts_of(chosen: list[Exporter], view: View) -> dict[str, tuple[Exporter, View]]:
    """What each file shows that exporters make of a view, by the file's name."""
    return {
        f"{name}{exporter.suffix}": (exporter, part)
        for exporter in chosen
        for name, part in exporter.files(view).items()
    }


def write_part(path: Path, exporter: Exporter, part: View) -> None:
    """Write a file; a picture that is there already stays: drawing takes longer than all the rest of a report."""
    if exporter.drawn_from is None:
        write_whole(path, exporter.render(part))
        return
    digest = picture_digest(exporter.drawn_from(part))
    if not (path.is_file() and digest in path.read_bytes()):
        write_whole(path, with_text(exporter.render(part), digest))


def picture_digest(shown: object) -> bytes:
    """What tells a picture from others: all that it shows, how reports are made, and what draws it."""
    found = hashlib.sha256(f"{shown!r} {importlib.metadata.version('matplotlib')}".encode())
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        found.update(source.read_bytes())
    return found.hexdigest().encode()


def with_text(picture: bytes, text: bytes) -> bytes:
    """A PNG with a comment, a chunk before the last one: https://www.w3.org/TR/png-3/#11tEXt."""
    chunk = b"tEXtComment\0" + text
    body = (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    return picture[:-PNG_END] + body + picture[-PNG_END:]
