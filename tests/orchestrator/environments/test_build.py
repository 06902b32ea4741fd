"""Building, reusing, mending and removing real environments, small ones, in a cache of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.orchestrator.core.errors import ConfigError, ProvisioningError
from harness.orchestrator.environments import build, provision
from harness.orchestrator.environments.description import location
from harness.orchestrator.environments.description.environment import Environment, Unavailable
from harness.orchestrator.environments.description.specification import FOLDER, load

NUMPY = (FOLDER / "numpy.toml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Environment files that a test may change."""
    path = tmp_path / "configs"
    path.mkdir()
    (path / "numpy.toml").write_text(NUMPY, encoding="utf-8")
    (path / "numpy.lock").write_text((FOLDER / "numpy.lock").read_text(encoding="utf-8"), encoding="utf-8")
    return path


COMPILE = build.compile_bytecode


@pytest.fixture(autouse=True)
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders whose byte code was to be made, which takes seconds for each environment."""
    folders: list[Path] = []
    monkeypatch.setattr(build, "compile_bytecode", lambda python, folder: folders.append(folder))
    return folders


def ready(backends: list[str], folder: Path, steps: list[str] | None = None) -> Environment:
    say = None if steps is None else (lambda backend, message: steps.append(message))
    result = provision.ensure(backends, "cpu", say, folder)[backends[0]]
    assert isinstance(result, Environment), result
    return result


def refused(backend: str, folder: Path) -> Unavailable:
    result = provision.ensure([backend], "cpu", folder=folder)[backend]
    assert isinstance(result, Unavailable), result
    return result


def variant(folder: Path, name: str, *changes: tuple[str, str]) -> None:
    """A second backend on NumPy's lock."""
    text = NUMPY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")


def test_environment_is_built_once_and_computes(cache: Path, folder: Path) -> None:
    steps: list[str] = []
    environment = ready(["numpy"], folder, steps)
    assert "installing packages" in steps
    assert environment.path == cache / "environments" / f"numpy-{environment.digest[:12]}"
    script = "import numpy, sys; print(numpy.__version__, numpy.__file__.startswith(sys.prefix))"
    answer = subprocess.run([environment.python, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == [environment.versions["numpy"], "True"]
    again: list[str] = []
    assert ready(["numpy"], folder, again) == environment
    assert again == []


def test_byte_code_of_all_packages_is_there_before_the_first_run(
    cache: Path, folder: Path, compiled: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = ready(["numpy"], folder)
    packages = build.packages_folder(environment.path)
    assert compiled == [packages]
    part = packages / "numpy" / "fft"
    for old in part.rglob("*.pyc"):
        old.unlink()
    assert COMPILE(environment.python, part)
    modules = {path.stem for path in part.rglob("*.py") if "tests" not in path.parts}
    assert (part / "tests").is_dir()
    assert {path.name.partition(".")[0] for path in part.rglob("*.pyc")} == modules
    (part / "broken.py").write_text("def", encoding="utf-8")
    assert not COMPILE(environment.python, part)


def test_identity_says_what_a_record_needs(cache: Path, folder: Path) -> None:
    environment = ready(["numpy"], folder)
    identity = json.loads(json.dumps(environment.identity, allow_nan=False))
    assert identity["digest"] == environment.digest
    assert identity["packages"]["numpy"] == environment.versions["numpy"]
    assert identity["interpreter"]["version"] == environment.versions["python"]
    assert {"native", "platform", "recipe", "lock_sha256"} <= set(identity)


def test_half_built_environment_is_replaced(cache: Path, folder: Path) -> None:
    path = ready(["numpy"], folder).path
    (path / build.INFO_NAME).unlink()
    (path / "left-over").touch()
    steps: list[str] = []
    assert ready(["numpy"], folder, steps).path == path
    assert steps
    assert not (path / "left-over").exists()


def without_interpreter(environment: Environment) -> None:
    environment.python.unlink()
    environment.python.symlink_to("/nowhere/python")


def torn(environment: Environment) -> None:
    (environment.path / build.INFO_NAME).write_text('{"digest": ', encoding="utf-8")


def another_digest(environment: Environment) -> None:
    rewrite(environment, {"digest": "0" * 64})


def of_another_version(environment: Environment) -> None:
    rewrite(environment, {"interpreter": dict(environment.info["interpreter"]) | {"more": 1}})


def without_its_libraries(environment: Environment) -> None:
    rewrite(environment, {"native": None})


def no_table(environment: Environment) -> None:
    (environment.path / build.INFO_NAME).write_text("[]", encoding="utf-8")


def rewrite(environment: Environment, change: dict) -> None:
    """Writes the info file with other values."""
    text = json.dumps(dict(environment.info) | change)
    (environment.path / build.INFO_NAME).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "damage", [without_interpreter, torn, another_digest, of_another_version, without_its_libraries, no_table]
)
def test_damaged_environment_is_rebuilt(cache: Path, folder: Path, damage: Callable[[Environment], None]) -> None:
    environment = ready(["numpy"], folder)
    damage(environment)
    steps: list[str] = []
    assert ready(["numpy"], folder, steps).digest == environment.digest
    assert "installing packages" in steps


def test_environment_whose_native_library_went_away_is_not_ready(cache: Path, folder: Path) -> None:
    environment = ready(["numpy"], folder)
    entry = {"kind": "x", "way": "x", "files": [str(folder)], "folders": [], "substitutes": {}}
    rewrite(environment, {"native": [entry]})
    assert build.find_ready(load("numpy", folder), "cpu") is not None
    rewrite(environment, {"native": [entry | {"files": ["/gone.so"]}]})
    assert build.find_ready(load("numpy", folder), "cpu") is None


def test_changed_specification_is_another_environment(cache: Path, folder: Path) -> None:
    before = ready(["numpy"], folder)
    rule = '[[profile.tuned.rule]]\nwhen = { max_threads = 1 }\nvariables = { A = "1" }\n'
    (folder / "numpy.toml").write_text(NUMPY + rule, encoding="utf-8")
    after = ready(["numpy"], folder)
    assert after.digest != before.digest
    assert after.variables("tuned", 1)["A"] == "1"
    assert len(location.existing("numpy")) == 2


def test_one_that_fails_stops_no_other_and_leaves_nothing(cache: Path, folder: Path) -> None:
    variant(folder, "wrong", ('module = "numpy"', 'module = "numpy.gone"'))
    results = provision.ensure(["wrong", "numpy"], "cpu", folder=folder)
    assert isinstance(results["numpy"], Environment)
    assert isinstance(results["wrong"], Unavailable)
    assert "`import numpy.gone` failed (exit code 1): ModuleNotFoundError" in results["wrong"].reason
    assert location.existing("wrong") == []


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        ("raise RuntimeError('no such thing')", "(exit code 1): RuntimeError: no such thing"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "(signal 11): no message"),
        ("import os; os._exit(0)", "(exit code 0): no message"),
        ("module.__version__ = '0.1'", "numpy is 0.1 where the lock says "),
    ],
)
def test_framework_that_does_not_work_is_refused_with_its_words(
    cache: Path, folder: Path, check: str, reason: str
) -> None:
    variant(folder, "wrong", ('module = "numpy"', f'module = "numpy"\ncheck = """{check}"""'))
    assert reason in refused("wrong", folder).reason


def test_check_adds_facts(cache: Path, folder: Path) -> None:
    variant(folder, "more", ('module = "numpy"', 'module = "numpy"\ncheck = "facts[\'answer\'] = str(6 * 7)"'))
    assert ready(["more"], folder).identity["facts"] == {"answer": "42"}


def test_file_with_another_hash_is_refused(cache: Path, folder: Path) -> None:
    lock = folder / "numpy.lock"
    pin = lock.read_text(encoding="utf-8").splitlines()[0]
    lock.write_text(f"{pin}\n    --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    assert "uv pip sync failed" in refused("numpy", folder).reason
    assert location.existing("numpy") == []


def test_missing_interpreter_is_a_reason_with_a_command(cache: Path, folder: Path) -> None:
    variant(folder, "ancient", ('">=3.11"', '"==3.5.0"'))
    result = refused("ancient", folder)
    assert result.reason.startswith("needs CPython ==3.5.0; get it with `")
    assert result.remedy is None


def test_missing_compiler_and_headers_are_reasons_with_commands(
    cache: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variant(folder, "compiled", ('python = [">=3.11"]', 'python = [">=3.11"]\ncompilers = ["c++"]'))
    monkeypatch.setattr(provision, "find_compiler", lambda language: None)
    result = refused("compiled", folder)
    assert result.reason == "needs a C++ compiler"
    assert result.remedy


def test_device_without_code_or_card_is_refused(cache: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variant(
        folder, "card", ('unavailable = "NumPy computes on the CPU only"', 'lock = "numpy.lock"\nneeds_nvidia = true')
    )
    monkeypatch.setattr(provision.gpus, "nvidia_gpus", lambda: 0)
    results = provision.ensure(["numpy", "card"], "gpu:0", folder=folder)
    assert results["numpy"] == Unavailable("numpy", "gpu", "NumPy computes on the CPU only")
    assert results["card"] == Unavailable("card", "gpu", "no NVIDIA GPU found")
    monkeypatch.setattr(provision.gpus, "nvidia_gpus", lambda: 1)
    built = provision.ensure(["card"], "gpu:0", folder=folder)["card"]
    assert isinstance(built, Environment)
    assert built.path.name.startswith("card-gpu-")


def test_unknown_backend_or_device_is_refused_before_anything_is_built(cache: Path, folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"Did you mean numpy\?"):
        provision.ensure(["numpy", "nunpy"], "cpu", folder=folder)
    with pytest.raises(ConfigError, match="Unknown device"):
        provision.ensure(["numpy"], "tpu", folder=folder)
    assert not (cache / "environments").exists() or location.existing("numpy") == []


def test_cache_that_cannot_be_made_is_a_reason(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "file"))
    assert "Set HARNESS_CACHE to a folder that can" in refused("numpy", folder).reason


def test_two_that_build_at_once_build_once(cache: Path, folder: Path) -> None:
    steps: list[str] = []
    threads = [threading.Thread(target=ready, args=(["numpy"], folder, steps)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert steps.count("installing packages") == 1
    assert len(location.existing("numpy")) == 1


def test_second_process_waits_for_the_first(cache: Path, folder: Path) -> None:
    steps: list[str] = []
    waiting = threading.Event()

    def say(_backend: str, message: str) -> None:
        steps.append(message)
        waiting.set()

    with provision.FileLock(location.lock_file("numpy")):
        thread = threading.Thread(target=provision.ensure, args=(["numpy"], "cpu", say, folder))
        thread.start()
        assert waiting.wait(30)
        assert steps == ["waiting for another process that builds it"]
    thread.join()
    assert isinstance(provision.ensure(["numpy"], "cpu", folder=folder)["numpy"], Environment)


def test_remove_frees_every_digest_of_the_named_backend(cache: Path, folder: Path) -> None:
    variant(folder, "other", ('module = "numpy"', 'module = "numpy"\ncheck = "pass"'))
    ready(["other"], folder)
    ready(["numpy"], folder)
    (location.environments_root() / "numpy-000000000000").mkdir()
    assert provision.remove(["numpy"], "cpu", folder) > 0
    assert location.existing("numpy") == []
    assert len(location.existing("other")) == 1
    assert provision.remove(["numpy"], "cpu", folder) == 0


def test_removal_that_is_refused_is_said(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = location.environments_root() / "numpy-000000000000"
    path.mkdir()

    def refuse(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(build.shutil, "rmtree", refuse)
    with pytest.raises(ProvisioningError, match="cannot be removed: Permission denied"):
        build.remove_folder(path)


def test_ready_environments_are_found_without_importing_a_framework(cache: Path, folder: Path) -> None:
    ready(["numpy"], folder)
    script = (
        "import sys; from pathlib import Path; from harness.orchestrator.environments import provision\n"
        f"provision.ensure(['numpy'], 'cpu', folder=Path({str(folder)!r}))\n"
        "sys.exit(', '.join({'numpy', 'elftools', 'rich', 'click', 'uv', 'pynvml'} & set(sys.modules)) or 0)"
    )
    root = Path(build.__file__).parents[3]
    variables = dict(os.environ) | {"PYTHONPATH": str(root)}
    result = subprocess.run([sys.executable, "-c", script], env=variables, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
