"""Exporters: each writes a report in one format, and is found by name in the room of the view that it shows."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.orchestrator.core.errors import RecordError
from harness.orchestrator.core.working_line import working
from harness.orchestrator.results.record import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
    """

    name: str
    suffix: str
    render: Callable[[Any], bytes]
    files: Callable[[Any], Mapping[str, View]] = lambda view: {view.name: view}
    on_request: bool = False

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
    """Rows as comma-separated values; an empty field is a missing one."""
    import pandas

    return pandas.DataFrame(rows).convert_dtypes().to_csv(index=False).encode("utf-8")


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
    pictures = files_of([exporter for exporter in chosen if exporter.is_picture], view)
    texts = files_of(
        [exporter for exporter in chosen if not exporter.is_picture], replace(view, pictures=tuple(pictures))
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordError(f"{folder} could not be made: {error.strerror}. Expected a writable folder.") from error
    for name, content in {**pictures, **texts}.items():
        write_whole(folder / name, content)
    return folder / f"{view.name}.md"


def files_of(chosen: list[Exporter], view: View) -> dict[str, bytes]:
    """The content of each file that exporters make of a view, by its name."""
    return {
        f"{name}{exporter.suffix}": exporter.render(part)
        for exporter in chosen
        for name, part in exporter.files(view).items()
    }
