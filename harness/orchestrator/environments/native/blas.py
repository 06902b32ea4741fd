"""A BLAS that code compiled while running can be linked with: NumPy's own, else the system's, else none."""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.environments.description.specification import Blas
from harness.orchestrator.environments.native.elf import read_symbols
from harness.orchestrator.environments.native.provided import Provided, Site, link
from harness.orchestrator.environments.native.search import find_library

SYSTEM_LIBRARIES = ("libopenblas.so.0", "libblas.so.3")


def provide(wanted: Blas, site: Site) -> Provided:
    """The flags that link a BLAS without root; empty flags, and a way that says so, where there is none.

    NumPy's comes first: it is in the process anyway, so no second pool of threads competes with it. The flags hold its
    name without the path, found through LIBRARY_PATH and LD_LIBRARY_PATH: they are split at blanks, and a cache folder
    may have one in its path. The name is its own, since Theano knows an OpenBLAS by it: then the threads of a
    convolution, which share the images among themselves, keep it from starting threads below them.
    """
    bundled = sorted((site.packages / "numpy.libs").glob("lib*blas*.so*"))
    found = (path for path in map(find_library, SYSTEM_LIBRARIES) if path is not None)
    for library in [*bundled, *found]:
        if _exports(library, wanted.symbol):
            way = f"{library.name} {'of the NumPy wheel' if library in bundled else f'in {library.parent}'}"
            files = [link(site, library.name, library)]
            return Provided("blas", way, files, [str(site.folder)], {"blas": f"-l:{library.name}"})
    return Provided("blas", "none found: NumPy's dot is used", substitutes={"blas": ""})


def _exports(library: Path, symbol: str) -> bool:
    symbols = read_symbols(library)
    return symbols is not None and symbol in symbols.defined
