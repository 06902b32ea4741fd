"""What the search for a native library gets and gives."""

from __future__ import annotations

import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from harness.orchestrator.environments.description.environment import LibraryMissing
from harness.orchestrator.environments.toolchain.clean_subprocess import clean_environment
from harness.orchestrator.environments.toolchain.compilers import compiler_remedy
from harness.orchestrator.environments.toolchain.interpreters import Interpreter

COMPILE_LIMIT_S = 60


@dataclass(frozen=True)
class Site:
    """The environment that needs a library."""

    path: Path
    packages: Path  # its site-packages
    interpreter: Interpreter

    @property
    def folder(self) -> Path:
        """Where links and stand-ins are put."""
        return self.path / "native"


@dataclass(frozen=True)
class Provided:
    """How a native library was got."""

    kind: str
    way: str  # one sentence part, for people
    files: list[str] = field(default_factory=list)  # what it rests on; gone means the environment is broken
    folders: list[str] = field(default_factory=list)  # for the library search path
    substitutes: dict[str, str] = field(default_factory=dict)  # placeholder -> text, for the environment's files

    def as_record(self) -> dict[str, Any]:
        """For the info file and the records."""
        return asdict(self)


def link(site: Site, name: str, target: Path) -> str:
    """Links `target` as `name` into the environment's own library folder."""
    site.folder.mkdir(exist_ok=True)
    path = site.folder / name
    path.unlink(missing_ok=True)
    path.symlink_to(target)
    return str(target)


def compile_library(compiler: str, source: str, library: Path) -> None:
    """Compiles C `source` to the shared library `library`, which is also the name it tells the loader.

    Raises: LibraryMissing.
    """
    library.parent.mkdir(exist_ok=True)
    library.unlink(missing_ok=True)  # it may be a link, whose target must not be written to
    command = [compiler, "-shared", "-fPIC", "-O1", f"-Wl,-soname,{library.name}", "-o", str(library), "-xc", "-"]
    result = subprocess.run(
        command,
        input=source,
        capture_output=True,
        text=True,
        timeout=COMPILE_LIMIT_S,
        env=clean_environment(),
        check=False,
    )
    if result.returncode != 0:
        reason = f"the stand-in for {library.name} does not compile with {compiler}: {result.stderr.strip()[-300:]}"
        raise LibraryMissing(reason, compiler_remedy("c"))
