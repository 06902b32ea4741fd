"""Native libraries, with a real compiler: a small library plays the wheel, and others play OpenMPI and MPICH."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.orchestrator.environments.description.environment import LibraryMissing
from harness.orchestrator.environments.description.specification import Blas, Mpi, PythonLibrary
from harness.orchestrator.environments.native import blas, mpi, provided, python_library, search
from harness.orchestrator.environments.native.elf import read_symbols
from harness.orchestrator.environments.native.provided import Site
from harness.orchestrator.environments.toolchain.interpreters import Interpreter

LIBRARIES = {"libmpi.so.12": "libmpi.so.40", "libmpi_cxx.so.1": "libmpi_cxx.so.40"}
WANTED = Mpi(kind="mpi", libraries=LIBRARIES)

# What CNTK's wheel does: takes the address of a handle when loaded, calls functions only when told to.
WHEEL = """
extern char ompi_mpi_comm_world[];
extern int MPI_Init_thread(void), MPI_Comm_rank(void), ompi_mpi_cxx_op_intercept(void);
extern int _ZN3MPI3Win4FreeEv(void);
void *handle = ompi_mpi_comm_world;
int quiet(void) { return handle != 0; }
int loud(void) { return MPI_Comm_rank() + MPI_Init_thread() + ompi_mpi_cxx_op_intercept() + _ZN3MPI3Win4FreeEv(); }
int ompi_of_its_own(void) { return 1; }
"""

SYMBOLS = frozenset(
    {
        "ompi_mpi_comm_world",
        "MPI_Init_thread",
        "MPI_Comm_rank",
        "ompi_mpi_cxx_op_intercept",
        "_ZN3MPI3Win4FreeEv",
    }
)

OPENMPI = "\n".join(
    f"char {name}[8];" if name == "ompi_mpi_comm_world" else f"int {name}(void) {{ return 7; }}"
    for name in sorted(SYMBOLS)
)

MPICH = "int MPI_Init_thread(void) { return 7; } int MPI_Comm_rank(void) { return 7; }"


def compiled(source: str, library: Path, *flags: str) -> Path:
    library.parent.mkdir(parents=True, exist_ok=True)
    command = [
        "cc",
        "-shared",
        "-fPIC",
        f"-Wl,-soname,{library.name}",
        "-o",
        str(library),
        "-xc",
        "-",
        "-xnone",
        *flags,
    ]
    subprocess.run(command, input=source, text=True, check=True)
    return library


@pytest.fixture(autouse=True)
def machine_without_mpi(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test puts on LD_LIBRARY_PATH is there."""
    monkeypatch.setattr(search, "FOLDERS", ())
    monkeypatch.setattr(search, "_loader_cache", dict)
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)


def an_interpreter(**different: object) -> Interpreter:
    fields = {
        "path": sys.executable,
        "version": "3.6.15",
        "found": "test",
        "platform": "linux-x86_64",
        "library_folder": None,
        "headers": True,
    }
    return Interpreter(**(fields | different))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An environment with one wheel that is linked with both MPI libraries, as CNTK's is."""
    packages = tmp_path / "environment/packages"
    links = [str(compiled("", tmp_path / "link" / name)) for name in LIBRARIES]
    compiled(WHEEL, packages / "wheel/libwheel.so", "-Wl,--no-as-needed", *links)
    (packages / "wheel/broken.so").write_bytes(b"\x7fELF but not really")
    return Site(tmp_path / "environment", packages, an_interpreter())


def run_wheel(site: Site, folders: list[str], function: str) -> subprocess.CompletedProcess:
    script = f"import ctypes; print(ctypes.CDLL({str(site.packages / 'wheel/libwheel.so')!r}).{function}())"
    environment = {"LD_LIBRARY_PATH": ":".join(folders)}
    return subprocess.run(
        [sys.executable, "-I", "-c", script], env=environment, capture_output=True, text=True, check=False
    )


def test_undefined_symbols_of_mpi_are_read_from_the_wheel(site: Site) -> None:
    assert mpi.undefined_mpi_symbols(site.packages, frozenset(LIBRARIES)) == SYMBOLS


@pytest.mark.parametrize(
    ("name", "belongs"),
    [
        ("MPI_Bcast", True),
        ("PMPI_Bcast", True),
        ("ompi_op_set_cxx_callback", True),
        ("_ZTIN3MPI4CommE", True),
        ("_ZNK3MPI4Comm8Get_rankEv", True),
        ("_ZN4CNTK15MPICommunicatorEmb", False),
        ("_ZN9Microsoft3MSR4CNTK7Globals25m_mpiPackThresholdInBytesE", False),
        ("MKL_MPI", False),
    ],
)
def test_symbol_belongs_to_mpi_by_its_name(name: str, belongs: bool) -> None:
    assert bool(mpi.MPI_SYMBOL.fullmatch(name)) is belongs


def test_stand_in_loads_and_stays_silent_until_it_is_called(site: Site) -> None:
    found = mpi.provide(WANTED, site)
    assert f"single-process stand-in for {len(SYMBOLS)} symbols" in found.way
    assert found.folders == [str(site.folder)]
    result = run_wheel(site, found.folders, "quiet")
    assert (result.returncode, result.stdout.strip(), result.stderr) == (0, "1", "")


def test_call_into_the_stand_in_aborts_with_a_sentence(site: Site) -> None:
    result = run_wheel(site, mpi.provide(WANTED, site).folders, "loud")
    assert result.returncode == -6
    assert "was called in the single-process MPI stand-in" in result.stderr
    assert "Install OpenMPI 1.10 (libmpi.so.12) and rebuild the environment" in result.stderr
    assert result.stderr.count("\n") == 1


def test_openmpi_of_the_right_names_is_preferred(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for names in LIBRARIES.items():
        for name in names:
            compiled(OPENMPI, tmp_path / "openmpi" / name)
    monkeypatch.setenv("LD_LIBRARY_PATH", f"/gone:{tmp_path / 'openmpi'}")
    found = mpi.provide(WANTED, site)
    assert found.way == f"OpenMPI 1.10 in {tmp_path / 'openmpi'}"
    assert run_wheel(site, found.folders, "loud").stdout.strip() == "28"


def test_newer_openmpi_is_linked_under_the_old_names(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for newer in LIBRARIES.values():
        compiled(OPENMPI, tmp_path / "openmpi4" / newer)
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path / "openmpi4"))
    found = mpi.provide(WANTED, site)
    assert found.way == f"links to libmpi.so.40, libmpi_cxx.so.40 in {tmp_path / 'openmpi4'}"
    assert run_wheel(site, found.folders, "loud").stdout.strip() == "28"


def test_mpich_with_the_same_name_is_not_taken_for_openmpi(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in LIBRARIES:
        compiled(MPICH, tmp_path / "mpich" / name)
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path / "mpich"))
    found = mpi.provide(WANTED, site)
    assert "stand-in" in found.way
    assert run_wheel(site, found.folders, "quiet").stdout.strip() == "1"


def test_openmpi_that_does_not_load_is_passed_over_and_left_unharmed(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = compiled("int below(void) { return 1; }", tmp_path / "below/libopen-pal.so.40")
    for newer in LIBRARIES.values():
        compiled(OPENMPI, tmp_path / "openmpi4" / newer, "-Wl,--no-as-needed", str(missing))
    missing.unlink()
    before = (tmp_path / "openmpi4/libmpi.so.40").read_bytes()
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path / "openmpi4"))
    found = mpi.provide(WANTED, site)
    assert "stand-in" in found.way
    assert run_wheel(site, found.folders, "quiet").stdout.strip() == "1"
    assert (tmp_path / "openmpi4/libmpi.so.40").read_bytes() == before


def test_nothing_and_no_compiler_is_said_with_a_command(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mpi, "find_compiler", lambda language: None)
    with pytest.raises(
        LibraryMissing, match=r"^needs libmpi\.so\.12 and libmpi_cxx\.so\.1 .*or a C compiler"
    ) as caught:
        mpi.provide(WANTED, site)
    assert caught.value.remedy


def test_compiler_that_fails_is_said_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match=r"stand-in for libx\.so does not compile with cc: .*error"):
        provided.compile_library("cc", "this is no C", tmp_path / "libx.so")


# Plays an interpreter that was linked with -rdynamic, or without: it loads a module that wants libpython.
STATIC_PYTHON = """
#include <dlfcn.h>
#include <stdio.h>
int PyModule_Create2(void) { return 42; }
int main(int count, char **words) {
    void *module = dlopen(words[count - 1], RTLD_NOW);
    if (!module) { puts(dlerror()); return 1; }
    printf("%d\\n", ((int (*)(void)) dlsym(module, "use"))());
    return 0;
}
"""
EXTENSION = "extern int PyModule_Create2(void); int use(void) { return PyModule_Create2(); }"


def static_python(folder: Path, *flags: str) -> Path:
    command = ["cc", "-o", str(folder / "python"), "-xc", "-", "-xnone", *flags, "-ldl"]
    subprocess.run(command, input=STATIC_PYTHON, text=True, check=True)
    return folder / "python"


def test_static_interpreter_gets_an_empty_library_that_satisfies_an_extension(tmp_path: Path) -> None:
    executable = static_python(tmp_path, "-rdynamic")
    site = Site(tmp_path / "environment", tmp_path, an_interpreter(path=str(executable)))
    site.path.mkdir()
    found = python_library.provide(PythonLibrary(kind="python_library"), site)
    assert found.way.startswith("empty stand-in")
    link = compiled("", tmp_path / "link/libpython3.6m.so.1.0")
    extension = compiled(EXTENSION, tmp_path / "extension.so", "-Wl,--no-as-needed", str(link))
    without = subprocess.run([executable, extension], env={}, capture_output=True, text=True, check=False)
    assert "libpython3.6m.so.1.0: cannot open shared object file" in without.stdout
    variables = {"LD_LIBRARY_PATH": found.folders[0]}
    result = subprocess.run([executable, extension], env=variables, capture_output=True, text=True, check=True)
    assert result.stdout == "42\n"


def test_interpreters_own_library_is_preferred_and_linked_alone(tmp_path: Path) -> None:
    library = compiled("", tmp_path / "lib/libpython3.6m.so.1.0")
    compiled("", tmp_path / "lib/libstdc++.so.6")
    site = Site(tmp_path / "environment", tmp_path, an_interpreter(library_folder=str(library.parent)))
    site.path.mkdir()
    found = python_library.provide(PythonLibrary(kind="python_library"), site)
    assert found.files == [str(library)]
    assert [path.name for path in site.folder.iterdir()] == ["libpython3.6m.so.1.0"]


def test_interpreter_that_exports_nothing_takes_the_library_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable = static_python(tmp_path)
    site = Site(tmp_path / "environment", tmp_path, an_interpreter(path=str(executable)))
    site.path.mkdir()
    monkeypatch.setattr(python_library, "candidates", lambda wanted: iter(()))
    with pytest.raises(
        LibraryMissing, match=r"^needs libpython3\.6m\.so\.1\.0, and CPython 3\.6\.15 was built without"
    ):
        python_library.provide(PythonLibrary(kind="python_library"), site)
    library = compiled("", tmp_path / "other/libpython3.6m.so.1.0")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(library.parent))
    assert python_library.provide(PythonLibrary(kind="python_library"), site).files == [str(library)]


@pytest.mark.parametrize(("version", "name"), [("3.6.15", "libpython3.6m.so.1.0"), ("3.8.1", "libpython3.8.so.1.0")])
def test_python_library_has_its_series_name(version: str, name: str) -> None:
    assert python_library.soname(an_interpreter(version=version)) == name


def test_blas_of_numpy_is_preferred_and_can_be_linked(tmp_path: Path) -> None:
    packages = tmp_path / "environment/packages"
    compiled("int sgemm_(void) { return 5; }", packages / "numpy.libs/libopenblasp-r0-1.so")
    site = Site(tmp_path / "environment", packages, an_interpreter())
    found = blas.provide(Blas(kind="blas", symbol="sgemm_"), site)
    assert found.way == "libopenblasp-r0-1.so of the NumPy wheel"
    program = "int sgemm_(void); int main(void) { return sgemm_(); }"
    command = ["cc", "-o", str(tmp_path / "program"), "-xc", "-", "-xnone", found.substitutes["blas"]]
    variables = {"PATH": "/usr/bin:/bin", "LIBRARY_PATH": found.folders[0]}
    subprocess.run(command, input=program, text=True, check=True, env=variables)
    run = subprocess.run([tmp_path / "program"], env={"LD_LIBRARY_PATH": found.folders[0]}, check=False)
    assert run.returncode == 5


def test_blas_of_another_kind_is_passed_over_for_the_system_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "environment/packages"
    compiled("int sgemm_64_(void) { return 5; }", packages / "numpy.libs/libopenblas64_p.so")
    site = Site(tmp_path / "environment", packages, an_interpreter())
    none = blas.provide(Blas(kind="blas", symbol="sgemm_"), site)
    assert (none.way, none.substitutes, none.folders) == ("none found: NumPy's dot is used", {"blas": ""}, [])
    system = compiled("int sgemm_(void) { return 5; }", tmp_path / "system/libblas.so.3")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(system.parent))
    assert blas.provide(Blas(kind="blas", symbol="sgemm_"), site).way == f"libblas.so.3 in {system.parent}"


def test_symbols_of_what_is_no_library_are_none(tmp_path: Path) -> None:
    (tmp_path / "text.so").write_text("INPUT(libreal.so)", encoding="utf-8")
    assert read_symbols(tmp_path / "text.so") is None
    assert read_symbols(tmp_path / "gone.so") is None
    symbols = read_symbols(Path(shutil.which("sh") or "/bin/sh"))
    assert symbols is not None
    assert "libc.so.6" in symbols.needed


def test_loader_knows_the_c_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    path = search.find_library("libc.so.6")
    assert path is not None
    assert search.folders_beside([path]) == []
    assert search.loads(sys.executable, ["libc.so.6"], [])
    assert not search.loads(sys.executable, ["libdoes-not-exist.so.1"], [])
