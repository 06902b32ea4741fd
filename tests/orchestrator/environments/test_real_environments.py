"""The environments of the table: built, verified, and with the libraries that their figures rest on.

A backend that is missing fails here; `harness doctor` says what it needs.
"""

from __future__ import annotations

import subprocess

import pytest

from harness.orchestrator.environments import build, provision
from harness.orchestrator.environments.description import specification
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.sessions.compile_cache import compiled


@pytest.fixture(scope="module")
def built() -> dict[str, Environment]:
    results = provision.ensure(specification.known_backends(), "cpu")
    assert all(isinstance(result, Environment) for result in results.values()), results
    return results


def run(environment: Environment, script: str) -> str:
    variables = {"PATH": "/usr/bin:/bin", "HOME": "/tmp"} | environment.variables("tuned", 2)
    command = [environment.python, "-I", "-c", script]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("backend", specification.known_backends())
def test_framework_imports_in_the_locked_version(built: dict[str, Environment], backend: str) -> None:
    environment = built[backend]
    answer = build.check(environment)
    assert answer.versions == environment.versions
    assert answer.versions[environment.specification.probe.module]


def test_theano_compiles_and_links_a_blas(built: dict[str, Environment]) -> None:
    script = """
import theano
from theano import tensor
x = tensor.fmatrix()
function = theano.function([x], tensor.dot(x, x))
print(theano.config.cxx, theano.config.base_compiledir)
maps = [line.split()[-1] for line in open("/proc/self/maps") if "/cache/theano/" in line]
import subprocess
for path in sorted(set(maps)):
    print(subprocess.check_output(["readelf", "-d", path]).decode())
"""
    environment = built["theano"]
    output = run(environment, script)
    assert str(environment.compile_cache) in output
    assert "openblas" in output
    # Theano looks for the name: its convolutions then keep OpenBLAS from starting threads below theirs
    assert "openblas" in environment.info["facts"]["linked with"]


def test_cntk_computes_a_gradient(built: dict[str, Environment]) -> None:
    script = """
import cntk, numpy
x = cntk.input_variable(3, needs_gradient=True)
print((x * x).grad({x: numpy.array([[1, 2, 3]], dtype="float32")}).tolist())
"""
    assert run(built["cntk"], script).strip().endswith("[[2.0, 4.0, 6.0]]")


def test_probe_leaves_the_compile_cache_alone(built: dict[str, Environment]) -> None:
    environment = built["theano"]
    assert environment.compile_cache is not None
    before = compiled(environment.compile_cache)
    build.check(environment)
    assert compiled(environment.compile_cache) == before
