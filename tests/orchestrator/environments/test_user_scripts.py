"""`harness exec` and `harness shell`, really run: people's own code on every backend, as `python` would run it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from harness.orchestrator.cli import main
from harness.orchestrator.core.errors import ProvisioningError
from harness.orchestrator.core.paths import ROOT
from harness.orchestrator.environments import provision
from harness.orchestrator.environments.description.environment import Environment, Unavailable
from harness.orchestrator.environments.description.specification import known_backends, load
from harness.orchestrator.environments.user_scripts import become_python, variables

HARNESS = Path(sys.executable).with_name("harness")
ANNOUNCEMENTS = {
    "cntk": "Using CNTK backend",
    "numpy": "Using NumPy backend.",
    "tensorflow": "Using TensorFlow backend.",
    "theano": "Using Theano backend.",
}
# CNTK's import warns, and TensorFlow's logs, on stderr.
SILENT = ("numpy", "theano")

SCRIPT = """
import json, os, sys
import beside
from harness import backend as K
from harness.backends.engines import registry

product = K.eval(K.dot(K.variable([[1.0, 2.0]]), K.variable([[3.0], [4.0]])))
found = {"product": product.tolist(), "backend": K.backend(), "arguments": sys.argv[1:], "path": sys.path}
found["threads"] = registry.engine().settings()["threads"]
print(json.dumps(found))
sys.exit(7)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's folder with a script, a module beside it, and another folder to work in."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "product.py").write_text(SCRIPT)
    (tmp_path / "scripts" / "beside.py").write_text("")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "here.py").write_text("if __name__ == '__main__': print('run as a module')")
    (tmp_path / "stranger").mkdir()
    (tmp_path / "stranger" / "stranger.py").write_text("")
    return tmp_path


def start(folder: Path, *arguments: str, **changes: str) -> subprocess.Popen:
    """The command in the user's working folder; what Theano compiles goes where the tests' modules are."""
    cache = provision.ensure(["theano"], "cpu")["theano"].path / "cache" / "probe"
    theano_flags = f"base_compiledir={cache},gcc.cxxflags=-g0 -O1"
    apart = {"KERAS_HOME": str(folder / "keras"), "THEANO_FLAGS": theano_flags, "KERAS_BACKEND": "jax"}
    inherited = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    return subprocess.Popen(
        [HARNESS, *arguments],
        env={**inherited, **apart, "PYTHONPATH": str(folder / "stranger"), **changes},
        cwd=folder / "work",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # as a terminal would start it: what runs in the background is handed on that SIGINT is ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def call(folder: Path, *arguments: str, typed: str = "", **changes: str) -> tuple[int, str, str]:
    """Exit code, stdout, stderr."""
    process = start(folder, *arguments, **changes)
    out, err = process.communicate(typed)
    return process.returncode, out, err


@pytest.mark.parametrize("backend", known_backends())
def test_exec_runs_a_script_on_its_backend_and_ends_with_its_code(folder: Path, backend: str) -> None:
    arguments = ("--threads", "1", backend, "../scripts/product.py", "--threads", "9", "-c")
    code, out, err = call(folder, "exec", *arguments)
    found = json.loads(out)
    assert (code, found["product"], found["backend"]) == (7, [[11.0]], backend)
    assert (found["arguments"], found["threads"]) == (["--threads", "9", "-c"], 1)
    assert err.splitlines().count(ANNOUNCEMENTS[backend]) == 1
    if backend in SILENT:
        assert err == ANNOUNCEMENTS[backend] + "\n"
    assert Path(found["path"][0]).resolve() == folder / "scripts"
    for foreign in (sysconfig.get_path("purelib"), str(ROOT), str(folder / "stranger")):
        assert foreign not in found["path"]
    assert json.loads((folder / "keras" / "keras.json").read_text())["backend"] == "tensorflow"


@pytest.mark.parametrize("backend", known_backends())
def test_shell_has_k_and_says_so(folder: Path, backend: str) -> None:
    typed = "print(K.eval(K.ones((2,)) * 3).tolist())\nimport here\nimport harness.orchestrator\nraise SystemExit(4)\n"
    code, out, err = call(folder, "shell", backend, typed=typed)
    assert code == 4
    assert "[3.0, 3.0]" in out
    assert ANNOUNCEMENTS[backend] in err.splitlines()
    versions = provision.ensure([backend], "cpu")[backend].versions
    banner = next(line for line in err.splitlines() if line.startswith(f"K is the backend API on {backend}: "))
    for name in (backend, "numpy", "python"):
        assert f" {name} {versions[name]}" in banner
    assert "ModuleNotFoundError" not in err


def test_exec_runs_code_with_the_working_folder_on_the_path(folder: Path) -> None:
    assert call(folder, "exec", "numpy", "-c", "import here, sys; print(sys.argv)", "a") == (0, "['-c', 'a']\n", "")


def test_exec_runs_a_module_of_the_working_folder(folder: Path) -> None:
    assert call(folder, "exec", "numpy", "-m", "here") == (0, "run as a module\n", "")


def test_exec_hands_on_what_is_typed(folder: Path) -> None:
    assert call(folder, "exec", "numpy", "-c", "print(input())", typed="words\n") == (0, "words\n", "")


def test_exec_imports_nothing_before_the_script_does(folder: Path) -> None:
    code = "import sys; print([name for name in sys.modules if name.startswith(('harness', 'numpy'))])"
    assert call(folder, "exec", "numpy", "-c", code) == (0, "[]\n", "")


def test_exec_leaves_the_other_packages_of_its_own_interpreter_behind(folder: Path) -> None:
    code, out, err = call(folder, "exec", "cntk", "-c", "import harness, click")
    assert (code, out) == (1, "")
    assert err.endswith("ModuleNotFoundError: No module named 'click'\n")


def test_python_that_a_script_starts_has_the_harness_too(folder: Path) -> None:
    code = "import subprocess, sys; subprocess.check_call([sys.executable, '-c', 'import harness; print(harness)'])"
    answer = call(folder, "exec", "cntk", "-c", code)
    assert answer == (0, f"<module 'harness' from '{ROOT / 'harness' / '__init__.py'}'>\n", "")


def test_exec_ends_by_the_signal_that_ended_the_script(folder: Path) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert call(folder, "exec", "numpy", "-c", code) == (-signal.SIGKILL, "", "")


def test_interrupt_reaches_the_script(folder: Path) -> None:
    code = "import time\ntry:\n    print('ready', flush=True); time.sleep(600)\nexcept KeyboardInterrupt:\n    exit(9)"
    process = start(folder, "exec", "theano", "-c", code)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 9


def test_threads_are_those_of_the_users_variable(folder: Path) -> None:
    code = (
        "import os; print(os.environ['OMP_NUM_THREADS'], os.environ['MKL_NUM_THREADS'], os.environ['HARNESS_DEVICE'])"
    )
    assert call(folder, "exec", "numpy", "-c", code, OMP_NUM_THREADS="1") == (0, "1 1 cpu\n", "")


def test_shell_ends_where_k_cannot_be_had(folder: Path) -> None:
    (folder / "keras").mkdir()
    (folder / "keras" / "keras.json").write_text('{"floatx": "float8"}')
    code, out, err = call(folder, "shell", "numpy", typed="print('still here')\n")
    assert (code, out) == (1, "")
    assert err.startswith(f"Error: {folder / 'keras' / 'keras.json'}: floatx has a value that it cannot have.")
    assert len(err.splitlines()) == 1


def test_environment_is_built_when_it_is_missing(folder: Path) -> None:
    changes = {"HARNESS_CACHE": str(folder / "cache")}
    code, out, err = call(folder, "exec", "numpy", "-c", "import sys; print(sys.prefix)", **changes)
    assert (code, Path(out.strip()).parent) == (0, folder / "cache" / "environments")
    assert all(line.startswith("numpy: ") for line in err.splitlines())
    assert err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["exec", "cntc", "x.py"], "Unknown backend. Expected one of cntk, numpy, tensorflow, theano. Received"),
        (["exec", "cntk"], "Missing argument"),
        (["exec", "cntk", "--threads", "1", "x.py"], "--threads stands after the backend"),
        (["exec", "cntk", "--device=gpu", "x.py"], "Write: harness exec --device ... cntk ..."),
        (["exec", "--threads", "100000", "cntk", "x.py"], "Too many threads."),
        (["exec", "--threads", "0", "cntk", "x.py"], "'--threads'"),
        (["exec", "--profile", "fast", "cntk", "x.py"], "'stock', 'tuned'"),
        (["exec", "--device", "tpu", "cntk", "x.py"], "Unknown device. Expected cpu, gpu or gpu:N."),
        (["shell"], "Missing argument 'BACKEND'"),
        (["shell", "cntk", "x.py"], "unexpected extra argument"),
    ],
)
def test_mistake_is_answered_before_anything_starts(
    capsys: pytest.CaptureFixture, arguments: list[str], words: str
) -> None:
    assert main.execute(arguments) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


@pytest.mark.parametrize("arguments", [["exec", "cntk", "x.py"], ["shell", "cntk"]])
def test_environment_that_cannot_be_had_is_code_five(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, arguments: list[str]
) -> None:
    missing = Unavailable("cntk", "cpu", "needs CPython ==3.6.*", "pyenv install 3.6")
    monkeypatch.setattr(provision, "ensure", lambda backends, device, say: {"cntk": missing})
    assert main.execute(arguments) == 5
    said = capsys.readouterr().err
    assert said == "Error: No environment for cntk: needs CPython ==3.6.*. Get it with: pyenv install 3.6\n"


@pytest.fixture
def theano(tmp_path: Path) -> Environment:
    path = tmp_path / "theano"
    info = {"library_folders": ["/libraries"]}
    return Environment("theano", "cpu", path, path / "bin/python", "d" * 64, {}, load("theano"), info)


def test_users_variables_go_before_the_profile_and_after_what_the_environment_needs(theano: Environment) -> None:
    inherited = {
        "HOME": "/elsewhere",
        "THEANO_FLAGS": "mode=FAST_COMPILE",
        "THEANORC": "/elsewhere/theanorc",
        "LD_LIBRARY_PATH": "/elsewhere/lib",
        "MKL_NUM_THREADS": "8",
        "KERAS_BACKEND": "cntk",
        "HARNESS_DEVICE": "gpu",
        "PYTHONPATH": "/elsewhere",
        "PYTHONHOME": "/elsewhere",
        "PYTHONPLATLIBDIR": "lib64",
        "PYTHONUNBUFFERED": "1",
    }
    found = variables(theano, "cpu", 2, "tuned", inherited)
    assert found["THEANO_FLAGS"] == "mode=FAST_COMPILE"
    assert found["OMP_WAIT_POLICY"] == "passive"
    assert found["THEANORC"] == str(theano.path / "theanorc")
    assert found["LD_LIBRARY_PATH"] == "/libraries"
    assert (found["OMP_NUM_THREADS"], found["MKL_NUM_THREADS"]) == ("2", "2")
    assert (found["KERAS_BACKEND"], found["HARNESS_DEVICE"]) == ("theano", "cpu")
    assert (found["HOME"], found["PYTHONUNBUFFERED"]) == ("/elsewhere", "1")
    assert found["PYTHONPATH"] == str(ROOT / "harness" / "worker" / "scripts" / "on_path")
    assert not {"PYTHONHOME", "PYTHONPLATLIBDIR"} & set(found)


def test_profile_stock_sets_nothing_of_the_other(theano: Environment) -> None:
    assert "THEANO_FLAGS" not in variables(theano, "cpu", 1, "stock", {})


def test_interpreter_that_does_not_start_is_one_sentence(theano: Environment) -> None:
    with pytest.raises(ProvisioningError, match=r"bin/python does not start: No such file or directory\.$"):
        become_python(theano, ["-V"], {})
