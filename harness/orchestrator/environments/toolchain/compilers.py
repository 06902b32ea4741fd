"""The C and C++ compilers of this machine."""

from __future__ import annotations

import shutil

NAMES = {"c": ("cc", "gcc", "clang"), "c++": ("g++", "clang++")}  # Theano knows these two C++ compilers only

PACKAGES = {"c": "gcc", "c++": "g++"}


def find_compiler(language: str) -> str | None:
    """Full path of the compiler of `language` (c or c++), None if there is none."""
    paths = (shutil.which(name) for name in NAMES[language])
    return next((path for path in paths if path is not None), None)


def compiler_remedy(language: str) -> str:
    """The command that installs a compiler with the package manager that is here."""
    package = PACKAGES[language]
    if shutil.which("apt-get"):
        return f"sudo apt-get install {package}"
    if shutil.which("dnf"):
        return f"sudo dnf install {'gcc-c++' if language == 'c++' else package}"
    if shutil.which("pacman"):
        return "sudo pacman -S gcc"
    return "conda install --yes gxx_linux-64 gcc_linux-64"
