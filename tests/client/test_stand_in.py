"""The guide's script runs on every backend, and what cannot work is said in one sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

from benchmarks.speed.entrants import packages
from harness import keras1
from harness.orchestrator.core.paths import ROOT
from tests.client.runs import BACKENDS, HERE, LIMIT_S, environment, start, variables

GUIDE = ROOT / "docs" / "guides" / "keras-1-models.md"


@pytest.mark.parametrize("backend", BACKENDS)
def test_script_of_the_guide_runs(backend: str, tmp_path: Path) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    (tmp_path / "sums.py").write_text(script)
    (tmp_path / "keras-1.2.2").symlink_to(packages(HERE, environment(backend)))
    chosen = variables(backend)
    if backend == "theano":  # not the cache that runs are timed with
        chosen["THEANO_FLAGS"] += f",base_compiledir={environment(backend).path}/cache/probe"
    ended = subprocess.run(
        [Path(sys.executable).with_name("harness"), "exec", "--threads", "1", backend, "sums.py"],
        env={**os.environ, **chosen, "KERAS_HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert float(ended.stdout.split("accuracy")[-1]) > 0.9


def test_stand_in_comes_before_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    keras = types.ModuleType("keras")
    keras.__version__ = "1.2.2"
    monkeypatch.setitem(sys.modules, "keras", keras)
    with pytest.raises(keras1.KerasNotFit, match=r"imported already\. .* Received keras 1\.2\.2\. Call "):
        keras1.stand_in()


def test_stand_in_wants_keras_on_the_path() -> None:
    with pytest.raises(ImportError, match=r"not here\. .* Received none\. Install it with: pip install "):
        keras1.stand_in()


@pytest.mark.parametrize(
    ("source", "received"),
    [("__version__ = '2.3.1'", "2.3.1"), ("from keras.version import __version__", "another")],
)
def test_stand_in_wants_keras_1_2_2(
    source: str, received: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras" / "__init__.py").write_text(f"import os\n{source}\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(
        keras1.KerasNotFit, match=rf"another version\. .* Received {received} in .*keras.__init__\.py\. "
    ):
        keras1.stand_in()


TENSORBOARD = """
import os, runpy, sys
runpy.run_path(sys.argv[1])["install"]()
sys.path.insert(0, sys.argv[2])
from harness import backend, keras1
keras = keras1.stand_in()
assert keras.backend.backend() == "tensorflow" and backend.backend() == os.environ["KERAS_BACKEND"]
assert "tensorflow" not in sys.modules and "pkg_resources" not in sys.modules
from keras.callbacks import TensorBoard
try:
    TensorBoard("logs").set_model(None)
except AttributeError as error:
    print(error)
"""


def test_tensorboard_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "tensorboard.py").write_text(TENSORBOARD)
    bootstrap = ROOT / "harness" / "worker" / "bootstrap.py"
    keras = packages(HERE, environment("numpy"))
    said = start("numpy", tmp_path, tmp_path / "tensorboard.py", bootstrap, keras).stdout
    assert "TensorFlow 1 is not here." in said
    assert "Received tensorflow." in said
