"""`from harness import backend as K` as a user's process does it: KERAS_BACKEND, keras.json, and mistakes in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.backends import keras_json, settings, startup
from harness.backends.engines import registry

SAY = "from harness import backend as K; print(K.backend(), K.floatx(), K.epsilon(), K.image_dim_ordering())"
DEFAULT_TEXT = """{
    "floatx": "float32",
    "epsilon": 1e-07,
    "backend": "tensorflow",
    "image_dim_ordering": "tf"
}
"""


class User:
    """Somebody with a home of their own, who starts Python there."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.temporary = folder / "tmp"
        self.file = self.home / ".keras" / "keras.json"
        self.home.mkdir()
        self.temporary.mkdir()

    def writes(self, **values: object) -> None:
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text(json.dumps(values))

    def start(self, code: str = SAY, **variables: str) -> subprocess.Popen:
        own = {"PATH": os.environ["PATH"], "HOME": str(self.home), "TMPDIR": str(self.temporary)}
        return subprocess.Popen(
            [sys.executable, "-c", code],
            env={**own, **variables},
            cwd=self.home.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def says(self, **variables: str) -> list[str]:
        """Backend, floatx, epsilon and image layout that the user gets, and nothing but the announcement."""
        process = self.start(**variables)
        out, err = process.communicate()
        assert (process.returncode, err) == (0, "Using NumPy backend.\n")
        return out.split()

    def fails(self, **variables: str) -> str:
        """The last line of an import that fails: the error's name and its sentence."""
        process = self.start(**variables)
        out, err = process.communicate()
        assert (process.returncode, out) == (1, "")
        assert "During handling" not in err
        return err.splitlines()[-1]


@pytest.fixture
def user(tmp_path):
    return User(tmp_path)


def test_variable_names_the_backend(user):
    assert user.says(KERAS_BACKEND="numpy") == ["numpy", "float32", "1e-07", "tf"]


def test_file_names_the_backend_when_there_is_no_variable(user):
    user.writes(backend="numpy")
    assert user.says()[0] == "numpy"


def test_empty_variable_counts_as_unset(user):
    user.writes(backend="numpy")
    assert user.says(KERAS_BACKEND="")[0] == "numpy"


def test_variable_goes_before_the_file(user):
    user.writes(backend="theano")
    assert user.says(KERAS_BACKEND="numpy")[0] == "numpy"


def test_backend_of_the_file_is_ignored_when_the_variable_names_one(user):
    user.writes(backend="a.module.of.its.own")
    assert user.says(KERAS_BACKEND="numpy")[0] == "numpy"


def test_default_is_tensorflow(user):
    user.writes(floatx="float64")
    assert f"The tensorflow backend, chosen by {user.file}, cannot be loaded." in user.fails()


def test_default_holds_where_no_file_can_be(user):
    said = user.fails(KERAS_HOME=str(a_file(user) / "keras"))
    assert "The tensorflow backend, chosen by default, cannot be loaded." in said


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def a_file(user: User) -> Path:
    """Something in which nobody can make a folder, root neither."""
    path = user.home.parent / "a file"
    path.write_text("")
    return path


def test_all_settings_of_the_file_are_in_force(user):
    user.writes(backend="numpy", floatx="float64", epsilon=1e-5, image_dim_ordering="th")
    assert user.says() == ["numpy", "float64", "1e-05", "th"]


@pytest.mark.parametrize(
    ("keys", "ordering"),
    [
        ({"image_dim_ordering": "th"}, "th"),
        ({"image_dim_ordering": "tf"}, "tf"),
        ({"image_data_format": "channels_first"}, "th"),
        ({"image_data_format": "channels_last"}, "tf"),
        ({"image_data_format": "channels_first", "image_dim_ordering": "th"}, "th"),
        ({}, "tf"),
    ],
)
def test_keys_of_both_generations_are_known(user, keys, ordering):
    user.writes(backend="numpy", **keys)
    assert user.says()[3] == ordering


def test_unknown_keys_are_ignored(user):
    user.writes(backend="numpy", nnx_enabled=False)
    assert user.says()[0] == "numpy"


def test_file_of_another_editor_is_understood(user):
    user.writes()
    user.file.write_bytes(b'\xef\xbb\xbf{"backend": "numpy"}\r\n')
    assert user.says()[0] == "numpy"


def test_missing_file_is_made_with_the_defaults_and_without_the_variable(user):
    user.says(KERAS_BACKEND="numpy")
    assert user.file.read_text() == DEFAULT_TEXT
    assert names(user.file.parent) == ["keras.json"]


def test_keras_home_is_the_folder_itself(user):
    folder = user.home / "elsewhere" / "settings"
    user.says(KERAS_BACKEND="numpy", KERAS_HOME=str(folder))
    assert (folder / "keras.json").read_text() == DEFAULT_TEXT
    assert not user.file.exists()


def test_empty_keras_home_counts_as_unset(user):
    user.says(KERAS_BACKEND="numpy", KERAS_HOME="")
    assert user.file.exists()


def test_home_that_cannot_be_written_is_replaced_by_the_temporary_folder(user):
    assert user.says(KERAS_BACKEND="numpy", HOME=str(a_file(user)))[0] == "numpy"
    assert (user.temporary / ".keras" / "keras.json").read_text() == DEFAULT_TEXT


def test_keras_home_that_cannot_be_written_is_no_error(user):
    values = user.says(KERAS_BACKEND="numpy", KERAS_HOME=str(a_file(user)))
    assert values == ["numpy", "float32", "1e-07", "tf"]
    assert names(user.temporary) == names(user.home) == []


def test_temporary_file_of_somebody_else_is_not_read(user, monkeypatch):
    folder = user.temporary / ".keras"
    folder.mkdir()
    (folder / "keras.json").write_text('{"floatx": "float64"}')
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setenv("HOME", str(a_file(user)))
    monkeypatch.setattr(keras_json.tempfile, "gettempdir", lambda: str(user.temporary))
    assert keras_json.load()[0]["floatx"] == "float64"
    owner = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    assert keras_json.load() == (keras_json.DEFAULTS, None)


def test_many_processes_that_start_at_once_make_one_file(user):
    processes = [user.start(KERAS_BACKEND="numpy") for _ in range(6)]
    assert [process.communicate()[1] for process in processes] == ["Using NumPy backend.\n"] * 6
    assert user.file.read_text() == DEFAULT_TEXT
    assert names(user.file.parent) == ["keras.json"]


WRONG = [
    ({"floatx": "float8"}, "floatx", "one of float16, float32, float64", "'float8'"),
    ({"floatx": ["float32"]}, "floatx", "one of float16, float32, float64", "['float32']"),
    ({"epsilon": "1e-07"}, "epsilon", "a number above 0", "'1e-07'"),
    ({"epsilon": 1}, "epsilon", "a number above 0 with a decimal point", "1"),
    ({"epsilon": 0.0}, "epsilon", "a number above 0", "0.0"),
    ({"epsilon": float("inf")}, "epsilon", "a number above 0", "inf"),
    ({"epsilon": float("nan")}, "epsilon", "a number above 0", "nan"),
    ({"epsilon": None}, "epsilon", "a number above 0", "None"),
    ({"image_dim_ordering": "channels_last"}, "image_dim_ordering", "one of tf, th", "'channels_last'"),
    ({"image_data_format": "tf"}, "image_data_format", "one of channels_last, channels_first", "'tf'"),
    (
        {"image_data_format": "channels_first", "image_dim_ordering": "tf"},
        "image_data_format",
        "'channels_last', as image_dim_ordering says, or one of the two keys",
        "'channels_first'",
    ),
]


@pytest.mark.parametrize(("values", "key", "expected", "received"), WRONG)
def test_wrong_value_is_one_sentence(user, values, key, expected, received):
    user.writes(**{"backend": "numpy", **values})
    before = user.file.read_bytes()
    said = user.fails()
    assert said.startswith(f"harness.backends.settings.SettingError: {user.file}: {key} has a value")
    assert f"Expected {expected}" in said
    assert f" Received {received}. Correct it, or delete the file" in said
    assert user.file.read_bytes() == before


@pytest.mark.parametrize("backend", ["tensorflaw", "", 3, None, ["numpy"], "harness.backends.engines.numpy.engine"])
def test_unknown_backend_of_the_file_is_one_sentence(user, backend):
    user.writes(backend=backend)
    said = user.fails()
    assert said.startswith(f"harness.backends.settings.SettingError: {user.file}: backend not known.")
    assert f"Expected one of cntk, numpy, tensorflow, theano. Received backend={backend!r}." in said


def test_unknown_backend_of_the_variable_is_one_sentence(user):
    said = user.fails(KERAS_BACKEND="CNTK")
    assert said.startswith("harness.backends.settings.SettingError: KERAS_BACKEND: backend not known. Expected one of")
    assert "Received backend='CNTK'." in said


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'{"backend": "numpy",}', "property name"),
        (b"", "Expecting value"),
        (b'{"backend": "\xff"}', "can't decode byte 0xff"),
        (b'["numpy"]', "Expected a JSON object. Received ['numpy']"),
    ],
)
def test_unreadable_file_is_one_sentence_and_stays_as_it_is(user, content, fault):
    user.writes()
    user.file.write_bytes(content)
    said = user.fails(KERAS_BACKEND="numpy")
    assert said.startswith(f"harness.backends.settings.SettingError: {user.file}")
    assert "Expected a JSON object." in said
    assert fault in said
    assert user.file.read_bytes() == content
    assert names(user.file.parent) == ["keras.json"]


def test_folder_in_place_of_the_file_is_one_sentence(user):
    user.file.mkdir(parents=True)
    assert f"{user.file} cannot be read. " in user.fails(KERAS_BACKEND="numpy")


def test_wrong_interpreter_is_a_sentence_with_the_command_for_the_right_one(user):
    version = sys.version.split()[0]
    assert user.fails(KERAS_BACKEND="cntk") == (
        "harness.backends.startup.BackendNotHere: The cntk backend, chosen by KERAS_BACKEND, cannot be loaded. "
        f"Expected an interpreter that has its library. Received Python {version} at {sys.executable}: "
        "ModuleNotFoundError: No module named 'cntk'. Run it in its own with: harness shell cntk, or: harness exec "
        "cntk script.py."
    )


def test_library_that_breaks_on_this_interpreter_is_the_same_sentence(user):
    (user.home.parent / "cntk.py").write_text("import numpy; numpy.bool_type")
    said = user.fails(KERAS_BACKEND="cntk")
    assert (
        ": AttributeError: module 'numpy' has no attribute 'bool_type'. Run it in its own with: harness shell" in said
    )


def test_import_error_can_be_caught_and_the_import_tried_again(user):
    code = (
        "import os\n"
        "try:\n    from harness import backend\n"
        "except ImportError:\n    os.environ['KERAS_BACKEND'] = 'numpy'\n"
        "from harness import backend as K\nprint(K.backend())"
    )
    assert user.start(code, KERAS_BACKEND="cntk").communicate() == ("numpy\n", "Using NumPy backend.\n")


def test_unknown_device_is_one_sentence(user):
    said = user.fails(KERAS_BACKEND="numpy", HARNESS_DEVICE="gpu:x")
    assert "HARNESS_DEVICE: device not known. Expected cpu, gpu or gpu:N. Received 'gpu:x'." in said


def test_device_that_the_backend_lacks_is_one_sentence(user):
    assert "NumPy computes on the CPU only" in user.fails(KERAS_BACKEND="numpy", HARNESS_DEVICE="gpu")


@pytest.fixture
def loaded(monkeypatch, tmp_path):
    """How engines are asked for, in place of loading them; settings are put back."""
    asked = []

    def use(backend, device, threads):
        asked.append((backend, device, threads))
        return type("Engine", (), {"announcement": "Using it."})

    monkeypatch.setattr(registry, "use", use)
    monkeypatch.setattr(settings, "_values", dict(settings._values))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "theano")
    monkeypatch.delenv("HARNESS_DEVICE", raising=False)
    return asked


@pytest.mark.parametrize(
    ("text", "threads"), [("3", 3), ("", None), ("0", None), ("-1", None), ("4,2", None), ("many", None), ("²", None)]
)
def test_threads_are_those_of_omp_num_threads(loaded, monkeypatch, text, threads):
    monkeypatch.setenv("OMP_NUM_THREADS", text)
    startup.start()
    assert loaded == [("theano", "cpu", threads)]


@pytest.mark.parametrize("device", ["cpu", "gpu", "gpu:1"])
def test_device_is_that_of_its_variable(loaded, monkeypatch, device):
    monkeypatch.setenv("HARNESS_DEVICE", device)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    startup.start()
    assert loaded == [("theano", device, None)]


PUBLIC = """
from types import ModuleType
from harness import backend as K
from harness.backends import api
public = {name: value for name, value in vars(K).items() if not name.startswith("_")}
assert public == {name: getattr(api, name) for name in api.__all__}
assert not [name for name, value in public.items() if isinstance(value, ModuleType)]
print(*dir(K))
"""


def test_backend_module_has_every_function_and_no_module(user):
    out, err = user.start(PUBLIC, KERAS_BACKEND="numpy").communicate()
    assert err == "Using NumPy backend.\n"
    assert {"placeholder", "dot", "conv2d", "rnn", "function", "Function", "backend"} <= set(out.split())
