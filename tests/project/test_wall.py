"""The wall: what runs in a backend's interpreter keeps to Python 3.6, its library, NumPy and one framework."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.environments.provision import ensure
from harness.orchestrator.execution.process import worker_variables
from tests.project.inside_modules import FRAMEWORKS, ROOT, framework_of, imported, inside_files, name_of, outside_files

INSIDE = inside_files()
ids = [str(path.relative_to(ROOT)) for path in INSIDE]
each_inside_file = pytest.mark.parametrize("path", INSIDE, ids=ids)


def test_inside_files_are_found():
    assert len(INSIDE) > 30


@each_inside_file
def test_inside_parses_as_python_3_6(path):
    tree = ast.parse(path.read_text(), feature_version=(3, 6))
    futures = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    assert not futures, "Python 3.6 has no postponed annotations"


@each_inside_file
def test_inside_imports_only_stdlib_numpy_inside_and_its_framework(path):
    allowed = {"numpy", framework_of(path)} | set(sys.stdlib_module_names)
    for name in imported(path):
        if name.startswith("harness"):
            assert name.split(".")[1] in ("backend", "backends", "workloads", "worker"), f"{path} imports {name}"
        else:
            assert name.split(".")[0] in allowed, f"{path} imports {name}"


def test_inside_uses_nothing_newer_than_python_3_6():
    vermin = Path(sys.executable).with_name("vermin")
    command = [vermin, "--target=3.6-", "--violations", "--no-tips", *map(str, INSIDE)]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("path", outside_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_outside_imports_of_the_inside_only_the_protocol(path):
    shared = ("harness.worker.protocol", "harness.worker.conformance.case_list")
    for name in imported(path):
        assert name.split(".")[0] not in FRAMEWORKS.values(), f"{path} imports {name}"
        if name.startswith(("harness.backends", "harness.workloads", "harness.worker")):
            assert name.startswith(shared) or name == "harness.worker", f"{path} imports {name}"


@pytest.fixture(scope="module", params=["numpy", *FRAMEWORKS])
def environment(request):
    found = ensure([request.param], "cpu")[request.param]
    assert isinstance(found, Environment), f"{request.param}: {found}"
    return found


def inside(environment: Environment, script: str, *arguments: str) -> str:
    """What a script prints in an environment's interpreter, isolated as a worker is."""
    answer = subprocess.run(
        [environment.python, "-I", "-c", script, *arguments],
        capture_output=True,
        text=True,
        env=worker_variables(environment.variables("stock", 1)),
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


IMPORT_ALL = """
import importlib, json, runpy, sys
runpy.run_path(sys.argv[1])["install"]()
for name in sys.argv[2:]:
    importlib.import_module(name)
files = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
print(json.dumps({"path": sys.path, "files": files, "modules": sorted(sys.modules)}))
"""
# They act: the user's entry, a script, and what stands for the package.
NOT_FOR_IMPORT = ("harness.backend", "harness.worker.__main__", "harness.worker.scripts.on_path.harness")


def test_inside_imports_for_real_in_every_environment(environment):
    """Every module but the other backends'; nothing of the orchestrator comes along."""
    own = (None, FRAMEWORKS.get(environment.backend))
    names = [name_of(path) for path in INSIDE if framework_of(path) in own and name_of(path) not in NOT_FOR_IMPORT]
    printed = inside(environment, IMPORT_ALL, str(ROOT / "harness" / "worker" / "bootstrap.py"), *names)
    seen = json.loads(printed.splitlines()[-1])
    assert str(ROOT) not in seen["path"]
    assert not [name for name in seen["modules"] if name.startswith("harness.orchestrator")]
    assert not [file for file in seen["files"] if file.startswith(sysconfig.get_path("purelib"))]


COMPILE_ALL = """
import sys
assert sys.version_info[:2] == (3, 6), sys.version
for path in sys.argv[1:]:
    compile(open(path).read(), path, "exec")
"""


def test_inside_compiles_with_python_3_6():
    environment = ensure(["cntk"], "cpu")["cntk"]
    assert isinstance(environment, Environment), environment
    inside(environment, COMPILE_ALL, *map(str, INSIDE))
