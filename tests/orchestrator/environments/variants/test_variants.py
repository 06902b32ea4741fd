"""Environments with other versions: their packages, lock and interpreter; and a real one beside the plain one."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.orchestrator.cli.env import env_group
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.environments import provision, status
from harness.orchestrator.environments.description import identity, location
from harness.orchestrator.environments.description.environment import (
    Environment,
    InterpreterMissing,
    Obstacle,
    Unavailable,
)
from harness.orchestrator.environments.description.specification import Specification, load
from harness.orchestrator.environments.toolchain import installer
from harness.orchestrator.environments.toolchain.interpreters import Interpreter
from harness.orchestrator.environments.variants import python_versions, variants
from tests.orchestrator.environments.description.test_specification import MINIMAL, written

# What uv 0.13.8 says.
UNKNOWN_VERSION = """error: No solution found when resolving dependencies
  cause: Because there is no version of demo==2.99 and you require demo==2.99, we can conclude that your requirements \
are unsatisfiable.
"""
UNKNOWN_NAME = """error: No solution found when resolving dependencies
  cause: Because tensroflow was not found in the package registry and you require tensroflow==2, we can conclude that \
your requirements are unsatisfiable.
"""
NO_WHEEL = """error: No solution found when resolving dependencies
  cause: Because demo==2.5.0 has no wheels with a matching Python ABI tag (e.g., `cp311`) and you require demo==2.5, \
we can conclude that your requirements are unsatisfiable.

hint: You require CPython 3.11 (`cp311`), but we only found wheels for `demo` (v2.5.0) with the following Python ABI tag
"""
CONFLICT = """error: No solution found when resolving dependencies
  cause: Because demo==2.21.0 depends on numpy>=1.26.0 and you require demo==2.21, we can conclude that you require \
numpy>=1.26.0.
         And because you require numpy<1.20, we can conclude that your requirements are unsatisfiable.
"""
NO_NETWORK = """error: Failed to fetch: http://127.0.0.1:9/simple/demo/
  cause: error sending request for url (http://127.0.0.1:9/simple/demo/)
  cause: client error (Connect)
"""

Asked = list[tuple[str, bool]]  # (series, whether sources were allowed), in the order of the questions


class FakeResolver:
    """Stands for uv: says `refusal` until it is asked for the series that fits."""

    def __init__(self, fits: str | None = "3.6", refusal: str = NO_WHEEL, from_source: bool = False) -> None:
        self.fits, self.refusal, self.from_source = fits, refusal, from_source
        self.near: dict[str, str] = {}
        self.asked: Asked = []

    def __call__(self, packages: Sequence[str], lock: Path, target: Sequence[str], *options: str) -> None:
        if "--no-deps" in options:
            return self.answer(packages[0], lock)
        minor = target[-1].removeprefix("/python")
        sources = "--only-binary" not in options
        self.asked.append((minor, sources))
        if minor != self.fits or (self.from_source and not sources):
            raise installer._failure(("pip", "compile"), self.refusal)
        lock.write_text(lock.read_text(encoding="utf-8") + f"# {', '.join(packages)}\n", encoding="utf-8")
        return None

    def answer(self, package: str, lock: Path) -> None:
        """One package alone: the version of the nearest one."""
        if package not in self.near:
            raise installer._failure(("pip", "compile"), UNKNOWN_VERSION)
        lock.write_text(f"demo=={self.near[package]} --hash=sha256:00\n", encoding="utf-8")


@pytest.fixture
def demo(tmp_path: Path) -> Specification:
    folder = tmp_path / "configs"
    folder.mkdir()
    return load("demo", written(folder, MINIMAL))


@pytest.fixture
def uv(monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeResolver]:
    """Replaces uv; by default a machine with CPython 3.6, 3.9 and 3.11."""

    def replace(*given: object, installed: Sequence[str] = ("3.6", "3.9", "3.11"), **named: object) -> FakeResolver:
        def find(python: Sequence[str], download: bool = True) -> Interpreter:
            found = next((minor for minor in installed if any(minor in specifier for specifier in python)), None)
            if found is None:
                raise InterpreterMissing(python[0], "get it")
            return Interpreter(f"/python{found}", f"{found}.1", "PATH", "linux", None, headers=True)

        resolver = FakeResolver(*given, **named)
        monkeypatch.setattr(python_versions, "find_interpreter", find)
        monkeypatch.setattr(installer, "resolve", resolver)
        return resolver

    return replace


def changed(specification: Specification, *requirements: str) -> Specification:
    return variants.variant(specification, "cpu", variants.parsed(requirements), lambda message: None)


def refusal(specification: Specification, *requirements: str) -> Obstacle:
    with pytest.raises(Obstacle) as caught:
        changed(specification, *requirements)
    return caught.value


@pytest.mark.parametrize("text", ["numpy=2", "numpy 2", "", "==2", "numpy @ https://example.org/numpy-2.whl"])
def test_requirement_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(
        ConfigError, match=r"Expected a package of an index .*such as numpy==2\.3\.1\. Received"
    ) as caught:
        variants.parsed([text])
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("backend", "device", "requirements", "expected"),
    [
        ("tensorflow", "cpu", ["tensorflow==2.20"], {"tensorflow-cpu==2.20"}),
        ("tensorflow", "cpu", ["TensorFlow_CPU==2.20"], {"tensorflow-cpu==2.20"}),
        ("tensorflow", "gpu:0", ["tensorflow==2.20"], {"tensorflow[and-cuda]==2.20"}),
        ("tensorflow", "cpu", ["numpy<2"], {"tensorflow-cpu==2.21.*", "numpy<2"}),
        ("theano", "cpu", ["theano==1.0.4"], {"Theano==1.0.4", "numpy<1.22", "setuptools==59.6.0", "wheel"}),
        ("numpy", "cpu", ["numpy>=2", "numpy<2.3"], {"numpy>=2", "numpy<2.3"}),
    ],
)
def test_requirements_replace_or_join_the_packages(
    backend: str, device: str, requirements: list[str], expected: set[str]
) -> None:
    packages = variants.merged(load(backend), device, variants.parsed(requirements))
    assert set(packages) == expected
    assert len(packages) == len(expected)


@pytest.mark.parametrize(
    ("requirement", "touched"),
    [
        ("tensorflow==2.20", {"tensorflow"}),
        ("tensorflow_cpu==2.20", {"tensorflow"}),
        ("Theano==1.0.4", {"theano"}),
        ("numpy<2", {"numpy", "tensorflow", "theano", "cntk"}),  # each of them installs it
        ("threadpoolctl==3.5", {"numpy", "tensorflow", "theano", "cntk"}),
    ],
)
def test_requirement_touches_its_backend_or_all(requirement: str, touched: set[str]) -> None:
    four = {"numpy", "tensorflow", "theano", "cntk"}
    assert {name for name in four if variants.touches(load(name), requirement)} == touched


def test_variant_is_another_environment_with_its_own_lock(
    cache: Path, demo: Specification, uv: Callable[..., FakeResolver]
) -> None:
    uv()
    other = changed(demo, "demo==2")
    assert other.requirements == ("demo==2",)
    assert other.cpu.packages == ("demo==2",)
    assert other.lock_text("cpu") == demo.lock_text("cpu") + "# demo==2\n"  # uv was given the versions to prefer
    assert other.lock_path("cpu").parent == cache / "locks"
    assert identity.digest(other, "cpu", "3.6.1") != identity.digest(demo, "cpu", "3.6.1")
    assert location.name_of(other, "cpu") == "demo+"
    assert location.name_of(demo, "cpu") == "demo"
    paths = [location.environment_path(location.name_of(one, "cpu"), "0123456789abcdef") for one in (demo, other)]
    assert [path.name for path in paths] == ["demo-0123456789ab", "demo+0123456789ab"]  # equally long


def test_variant_without_requirements_is_the_plain_environment(
    cache: Path, demo: Specification, uv: Callable[..., FakeResolver]
) -> None:
    resolver = uv()
    assert changed(demo) is demo
    assert resolver.asked == []


def test_lock_is_kept_and_asked_for_again_only_when_the_question_changes(
    cache: Path, demo: Specification, uv: Callable[..., FakeResolver]
) -> None:
    resolver = uv()
    first = changed(demo, "demo==2.*", "numpy<2")
    assert changed(demo, "numpy<2", "demo==2.*").lock_path("cpu") == first.lock_path("cpu")
    assert len(resolver.asked) == 1
    (demo.folder / "demo.lock").write_text("demo==1 --hash=sha256:01\n", encoding="utf-8")
    assert changed(demo, "demo==2.*", "numpy<2").lock_path("cpu") != first.lock_path("cpu")
    assert len(resolver.asked) == 2


def test_other_series_are_tried_nearest_first_and_the_one_that_fits_is_written_down(
    cache: Path, demo: Specification, uv: Callable[..., FakeResolver]
) -> None:
    resolver = uv("3.9")
    assert changed(demo, "demo==2.5").python == ("==3.9.*",)
    assert resolver.asked == [("3.6", False), ("3.11", False), ("3.9", False)]


def test_series_of_the_file_come_first_then_what_is_installed_then_the_newest(uv: Callable[..., FakeResolver]) -> None:
    uv(installed=("3.8", "3.11"))
    found = python_versions.targets_for(["==3.9.*", "==3.8.*"])
    assert [target.minor for target in found] == ["3.8", "3.9", "3.11", "3.14", "3.13", "3.12", "3.10", "3.7", "3.6"]
    assert [target.minor for target in found if target.interpreter] == ["3.8", "3.11"]
    assert found[1].options[-2:] == ("--python-version", "3.9")


def test_sources_are_looked_at_when_wheels_fit_no_series(
    cache: Path, demo: Specification, uv: Callable[..., FakeResolver]
) -> None:
    resolver = uv("3.11", from_source=True)
    assert changed(demo, "demo==0.1").python == ("==3.11.*",)
    assert len(resolver.asked) == 9 + 2
    assert [sources for _, sources in resolver.asked] == [False] * 9 + [True] * 2


@pytest.mark.parametrize(
    ("words", "requirement", "sentence"),
    [
        (NO_WHEEL, "demo==2.5", "demo==2.5.0 has no wheels with a matching Python ABI tag (e.g., `cp311`)"),
        (
            CONFLICT,
            "demo==2.21",
            "demo==2.21.0 depends on numpy>=1.26.0 and you require demo==2.21, so you require numpy>=1.26.0; and you "
            "require numpy<1.20",
        ),
    ],
)
def test_what_fits_nowhere_is_refused_with_the_reason(
    cache: Path, demo: Specification, uv: Callable[..., FakeResolver], words: str, requirement: str, sentence: str
) -> None:
    resolver = uv(None, words)
    obstacle = refusal(demo, requirement)
    assert str(obstacle) == f"{requirement} cannot be installed: {sentence}; choose other versions"
    assert obstacle.remedy is None
    assert len(resolver.asked) == 2 * 9
    assert list((cache / "locks").glob("*.lock")) == []


@pytest.mark.parametrize(
    ("near", "words"),
    [
        ({"demo<2.99": "2.21.0", "demo>2.99": "3.0"}, "2.21.0 and 3.0"),
        ({"demo<2.99": "2.21.0"}, "2.21.0"),
        ({}, "none"),
    ],
)
def test_version_that_does_not_exist_is_answered_with_those_near_it(
    cache: Path, demo: Specification, uv: Callable[..., FakeResolver], near: dict[str, str], words: str
) -> None:
    resolver = uv(None, UNKNOWN_VERSION)
    resolver.near = near
    expected = f"demo==2.99 cannot be installed: there is no version of demo==2.99; near it there are {words}"
    assert str(refusal(demo, "demo==2.99")) == expected
    assert len(resolver.asked) == 1


def test_unknown_package_is_asked_for_once(cache: Path, demo: Specification, uv: Callable[..., FakeResolver]) -> None:
    resolver = uv(None, UNKNOWN_NAME)
    obstacle = refusal(demo, "tensroflow==2")
    assert str(obstacle).endswith("tensroflow was not found in the package registry; check its name")
    assert obstacle.remedy is None
    assert len(resolver.asked) == 1


def test_without_network_nothing_is_tried_twice(
    cache: Path, demo: Specification, uv: Callable[..., FakeResolver]
) -> None:
    resolver = uv(None, NO_NETWORK)
    obstacle = refusal(demo, "demo==2")
    assert "Failed to fetch: http://127.0.0.1:9/simple/demo/" in str(obstacle)
    assert obstacle.remedy == installer.INDEX_REMEDY
    assert len(resolver.asked) == 1


def test_variant_whose_interpreter_is_missing_names_the_command(
    cache: Path, demo: Specification, uv: Callable[..., FakeResolver], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(python: Sequence[str], download: bool = True) -> Interpreter:
        raise InterpreterMissing(python[0], "pyenv install 3.7")

    uv("3.7")
    monkeypatch.setattr("harness.orchestrator.environments.provision.find_interpreter", missing)
    found = provision.ensure_variant("demo", "cpu", ["demo==2"], folder=demo.folder)
    assert found == Unavailable("demo", "cpu", "needs CPython ==3.7.*; get it with `pyenv install 3.7`")


def test_device_that_is_refused_is_not_resolved_for(
    cache: Path, demo: Specification, uv: Callable[..., FakeResolver]
) -> None:
    resolver = uv()
    found = provision.ensure_variant("demo", "gpu", ["demo==2"], folder=demo.folder)
    assert found == Unavailable("demo", "gpu", "no GPU code")
    assert resolver.asked == []


def test_file_cannot_say_what_makes_a_variant(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load("demo", written(tmp_path, f'requirements = ["demo==2"]\n{MINIMAL}'))


def listed() -> str:
    return CliRunner().invoke(env_group, ["list", "numpy"], catch_exceptions=False).output


def test_real_variant_stands_beside_the_plain_environment(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = provision.ensure_variant("numpy", "cpu", ["numpy==2.3"])
    assert isinstance(built, Environment), built
    assert built.versions["numpy"] == "2.3.0"  # as PEP 440 reads ==2.3
    script = "import numpy; print(numpy.__version__, numpy.eye(2).sum())"
    answer = subprocess.run([built.python, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["2.3.0", "2.0"]
    assert status.assess("numpy", "cpu").state == "not built"
    assert "numpy==2.3" in listed()

    plain = provision.ensure(["numpy"], "cpu")["numpy"]
    assert isinstance(plain, Environment), plain
    assert plain.versions["numpy"] != "2.3.0"
    assert plain.digest != built.digest
    assert status.assess("numpy", "cpu").folders == (plain.path,)

    monkeypatch.setattr(installer, "_uv", lambda *arguments: pytest.fail(f"uv was asked: {arguments}"))
    assert provision.ensure_variant("numpy", "cpu", ["numpy==2.3"]) == built
    assert provision.ensure_variant("numpy", "cpu", []) == plain

    (cache / "environments" / "numpy+000000000000").mkdir()
    assert "not finished" in listed()
    assert provision.remove(["numpy"], "cpu") > 0
    assert not plain.path.exists()
    assert status.variants_of("numpy", "cpu") == []
