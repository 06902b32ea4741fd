"""MPI for wheels that are linked with OpenMPI 1.10: that one, a newer one, or a stand-in for a single process."""

from __future__ import annotations

import re
from pathlib import Path

from harness.orchestrator.environments.description.environment import LibraryMissing
from harness.orchestrator.environments.description.specification import Mpi
from harness.orchestrator.environments.native.elf import read_symbols, users_of
from harness.orchestrator.environments.native.provided import Provided, Site, compile_library, link
from harness.orchestrator.environments.native.search import find_library, folders_beside, loads
from harness.orchestrator.environments.toolchain.compilers import compiler_remedy, find_compiler

# C functions and data of MPI, and the C++ binding's mangled names: members and type data of namespace MPI.
MPI_SYMBOL = re.compile(r"P?MPI_\w+|ompi_\w+|_Z(TV|TI|TS)?NK?3MPI\w+")

# Predefined handles, and the C++ type data, whose address is taken: data. The one function that begins like a
# handle is named. An undefined symbol does not say what it is, so the name has to.
DATA_SYMBOL = re.compile(r"ompi_mpi_(?!cxx_op_intercept)\w+|_ZT[VIS]\w+")

# More than any predefined handle of OpenMPI occupies.
DATA_BYTES = 1024

STAND_IN_HEAD = r"""
#include <stdio.h>
#include <stdlib.h>
static void harness_refuse(const char *name) {
    fprintf(stderr, "%s was called in the single-process MPI stand-in, which cannot communicate. Install OpenMPI "
            "1.10 (libmpi.so.12) and rebuild the environment, or run one process without distributed training.\n",
            name);
    fflush(stderr);
    abort();
}
"""


def provide(wanted: Mpi, site: Site) -> Provided:
    """The libraries of `wanted`, in the best way this machine has.

    Raises: LibraryMissing.
    """
    symbols = undefined_mpi_symbols(site.packages, frozenset(wanted.libraries))
    for way in (_installed, _newer, _stand_in):
        provided = way(wanted, site, symbols)
        if provided is not None and loads(site.interpreter.path, list(wanted.libraries), provided.folders):
            return provided
    names = " and ".join(wanted.libraries)
    reason = f"needs {names} (OpenMPI 1.10), or OpenMPI 4, or a C compiler to make a stand-in"
    raise LibraryMissing(reason, compiler_remedy("c"))


def _installed(wanted: Mpi, _site: Site, symbols: frozenset[str]) -> Provided | None:
    """The libraries under their own names."""
    files = _fitting(list(wanted.libraries), symbols)
    if not files:
        return None
    way = f"OpenMPI 1.10 in {files[0].parent}"
    return Provided("mpi", way, [str(path) for path in files], folders_beside(files))


def _newer(wanted: Mpi, site: Site, symbols: frozenset[str]) -> Provided | None:
    """Links of the old names to a newer OpenMPI."""
    files = _fitting(list(wanted.libraries.values()), symbols)
    if not files:
        return None
    linked = [link(site, name, path) for name, path in zip(wanted.libraries, files, strict=True)]
    way = f"links to {', '.join(path.name for path in files)} in {files[0].parent}"
    return Provided("mpi", way, linked, [str(site.folder), *folders_beside(files)])


def _fitting(names: list[str], symbols: frozenset[str]) -> list[Path]:
    """The files of `names`, if all are here and hold every datum among `symbols`; else none.

    MPICH and Intel MPI use the name libmpi.so.12 too, but have none of OpenMPI's handles. A missing function would
    only matter when called, a missing datum stops the wheel from loading.
    """
    files = [path for path in map(find_library, names) if path is not None]
    defined = {name for library in map(read_symbols, files) if library for name in library.defined}
    data = {name for name in symbols if DATA_SYMBOL.fullmatch(name)}
    return files if len(files) == len(names) and data <= defined else []


def _stand_in(wanted: Mpi, site: Site, symbols: frozenset[str]) -> Provided | None:
    """Libraries of those names that hold every MPI symbol the wheel asks for; calling one aborts with a sentence."""
    compiler = find_compiler("c")
    if compiler is None:
        return None
    names = list(wanted.libraries)
    for name in names:  # every symbol in the first; the others only need to exist
        source = stand_in_source(symbols if name == names[0] else frozenset())
        compile_library(compiler, source, site.folder / name)
    way = f"single-process stand-in for {len(symbols)} symbols, compiled with {compiler}"
    return Provided("mpi", way, [str(site.folder / name) for name in names], [str(site.folder)])


def undefined_mpi_symbols(packages: Path, libraries: frozenset[str]) -> frozenset[str]:
    """The MPI names that the shared libraries below `packages` expect `libraries` to give."""
    undefined = {name for symbols in users_of(packages, libraries) for name in symbols.undefined}
    return frozenset(name for name in undefined if MPI_SYMBOL.fullmatch(name))


def stand_in_source(symbols: frozenset[str]) -> str:
    """C code that defines every one of `symbols`: functions that abort, and data for the predefined handles."""
    lines = [STAND_IN_HEAD]
    for name in sorted(symbols):
        if DATA_SYMBOL.fullmatch(name):
            lines.append(f"char {name}[{DATA_BYTES}] __attribute__((aligned(16)));")
        else:
            lines.append(f'void {name}(void) {{ harness_refuse("{name}"); }}')
    return "\n".join(lines) + "\n"
