"""libpythonX.Y.so for extension modules that are linked with it: the interpreter's own, a stand-in, or another's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from packaging.specifiers import SpecifierSet

from harness.orchestrator.environments.description.environment import LibraryMissing
from harness.orchestrator.environments.description.specification import PythonLibrary
from harness.orchestrator.environments.native.elf import read_symbols
from harness.orchestrator.environments.native.provided import Provided, Site, compile_library, link
from harness.orchestrator.environments.native.search import find_library
from harness.orchestrator.environments.toolchain.compilers import compiler_remedy, find_compiler
from harness.orchestrator.environments.toolchain.interpreters import Interpreter, ask, candidates

# An interpreter that exports this one exports the whole C API: it was linked with -rdynamic.
API_SYMBOL = "PyModule_Create2"


def provide(_wanted: PythonLibrary, site: Site) -> Provided:
    """The shared library of the site's interpreter, linked or made in the environment's own folder.

    Linked one by one, because an interpreter's library folder may hold other libraries (conda's libstdc++, OpenSSL)
    that the framework must not be given.
    Raises: LibraryMissing.
    """
    provided = _own(site) or _stand_in(site) or _of_another(site)
    if provided is None:
        reason = f"needs {soname(site.interpreter)}, and CPython {site.interpreter.version} was built without it"
        raise LibraryMissing(reason, compiler_remedy("c"))
    return provided


def soname(interpreter: Interpreter) -> str:
    """The name a wheel asks for: libpython3.6m.so.1.0, without the m from 3.8 on."""
    major, minor = interpreter.minor.split(".")
    return f"libpython{interpreter.minor}{'m' if int(minor) < 8 and major == '3' else ''}.so.1.0"


def _own(site: Site) -> Provided | None:
    name = soname(site.interpreter)
    library = Path(site.interpreter.library_folder or "") / name
    if not library.is_file():
        return None
    return Provided("python_library", f"{library}", [link(site, name, library)], [str(site.folder)])


def _stand_in(site: Site) -> Provided | None:
    """An empty library of that name: a static interpreter already holds and exports every function."""
    symbols = read_symbols(Path(site.interpreter.path))
    compiler = find_compiler("c")
    if compiler is None or symbols is None or API_SYMBOL not in symbols.defined:
        return None
    library = site.folder / soname(site.interpreter)
    compile_library(compiler, "", library)
    way = f"empty stand-in, since the interpreter itself exports the C API, compiled with {compiler}"
    return Provided("python_library", way, [str(library)], [str(site.folder)])


def _of_another(site: Site) -> Provided | None:
    """The library of another installation of the same series; the interpreter's own functions still come first."""
    name = soname(site.interpreter)
    library = next(_others(site.interpreter.minor, name), None)
    if library is None:
        return None
    return Provided("python_library", f"{library} of another CPython", [link(site, name, library)], [str(site.folder)])


def _others(minor: str, name: str) -> Iterator[Path]:
    known = find_library(name)
    if known is not None:
        yield known
    for found, executable in candidates(SpecifierSet(f"=={minor}.*")):
        other = ask(executable, found)
        if other is not None and other.library_folder and (Path(other.library_folder) / name).is_file():
            yield Path(other.library_folder) / name
