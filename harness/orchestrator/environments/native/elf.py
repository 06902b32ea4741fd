"""Reads the dynamic symbols of ELF files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection


@dataclass(frozen=True)
class Symbols:
    """Names that a file needs from, and gives to, others; and the libraries that it names."""

    undefined: frozenset[str]
    defined: frozenset[str]
    needed: frozenset[str]


def read_symbols(path: Path) -> Symbols | None:
    """The dynamic symbols of `path`, None if it is no ELF file or has none."""
    try:
        with path.open("rb") as stream:
            file = ELFFile(stream)
            table, dynamic = file.get_section_by_name(".dynsym"), file.get_section_by_name(".dynamic")
            if not isinstance(table, SymbolTableSection) or not isinstance(dynamic, DynamicSection):
                return None
            tags = [str(tag.needed) for tag in dynamic.iter_tags("DT_NEEDED")]
            symbols = list(table.iter_symbols())
    except (ELFError, OSError):
        return None
    undefined = frozenset(symbol.name for symbol in symbols if not _is_defined(symbol))
    defined = frozenset(symbol.name for symbol in symbols if _is_defined(symbol))
    return Symbols(undefined, defined, frozenset(tags))


def _is_defined(symbol: Any) -> bool:
    return bool(symbol["st_shndx"] != "SHN_UNDEF")


def users_of(packages: Path, libraries: frozenset[str]) -> Iterator[Symbols]:
    """The symbols of every shared library below `packages` that names one of `libraries` as needed."""
    for path in sorted(packages.rglob("*.so*")):
        symbols = read_symbols(path) if path.is_file() else None
        if symbols is not None and symbols.needed & libraries:
            yield symbols
