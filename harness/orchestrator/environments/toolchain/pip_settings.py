"""pip's settings of where packages come from, given to uv, which reads neither pip's variables nor its files.

Standard library only: `bootstrap.py` uses it before any package of the harness is installed.
"""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

SECTIONS = ("global", "install")  # as pip does: what is said of a command counts more than what is said of all

# pip's setting -> uv's variable, separator of a list, and variables that say the same and so count more.
TO_UV = {
    "index-url": ("UV_DEFAULT_INDEX", " ", ("UV_INDEX_URL",)),
    "extra-index-url": ("UV_INDEX", " ", ("UV_EXTRA_INDEX_URL",)),
    "find-links": ("UV_FIND_LINKS", ",", ()),
    "trusted-host": ("UV_INSECURE_HOST", " ", ()),
    "cert": ("SSL_CERT_FILE", " ", ()),
    "client-cert": ("SSL_CLIENT_CERT", " ", ()),
    "proxy": ("ALL_PROXY", " ", ("HTTPS_PROXY", "https_proxy", "all_proxy")),
}


def uv_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """uv's variables that say what pip is set to, but for those that `environ` has already.

    pip takes the best version over all its indexes; so does uv then, wherever it looks for one.
    """
    settings, variables = pip_settings(environ), {}
    for name, (variable, separator, alike) in TO_UV.items():
        values = settings.get(name, "").split()
        if name == "find-links":
            values = _reachable(values)
        if values and not any(other in environ for other in (variable, *alike)):
            variables[variable] = separator.join(values)
    if "UV_INDEX" in variables and "UV_INDEX_STRATEGY" not in environ:
        variables["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return variables


def uv_options(environ: Mapping[str, str]) -> list[str]:
    """What of pip's settings `uv pip` takes as an option only."""
    return ["--no-index"] if pip_settings(environ).get("no-index", "").lower() in ("1", "true", "yes", "on") else []


def pip_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """name -> value, as pip would find them for its command install: in its files, then in its variables."""
    files = [_sections(path) for path in _files(environ)]
    found = {name: value for section in SECTIONS for file in files for name, value in file.get(section, {}).items()}
    found |= {_name(name[4:]): value for name, value in environ.items() if name.startswith("PIP_")}
    return {name: value for name, value in found.items() if value}


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    """Where pip looks for settings, those that count most last; nowhere if PIP_CONFIG_FILE is the null device."""
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    home = Path(environ.get("HOME") or Path.home())
    for folder in environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep):
        yield Path(folder, "pip", "pip.conf")
    yield Path("/etc/pip.conf")
    if not (named and Path(named).exists()):
        yield home / ".pip" / "pip.conf"
        yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config", "pip", "pip.conf")
    yield Path(sys.prefix, "pip.conf")
    if named:
        yield Path(named)


def _sections(path: Path) -> dict[str, dict[str, str]]:
    """section -> name -> value; none of a file that is not there, or that pip could not read either."""
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return {}
    return {
        section: {_name(name): value for name, value in parser[section].items()}
        for section in SECTIONS
        if parser.has_section(section)
    }


def _name(written: str) -> str:
    return written.lower().replace("_", "-").removeprefix("--")


def _reachable(links: list[str]) -> list[str]:
    """Links without the folders that are not there, which pip passes over and uv stops at."""
    return [link for link in links if "://" in link or Path(link).exists()]
