"""Lines that nobody needs are dropped from standard error while an engine loads; all others are shown."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from harness.backends.engines import startup_output
from harness.orchestrator.core.paths import ROOT

START = """
import os, sys, warnings
sys.path.insert(0, sys.argv[1])
from harness.backends.engines import startup_output
def say(text):
    os.write(2, text.encode())
"""


def stderr_of(code: str, returncode: int = 0) -> str:
    """What a process that runs the code leaves on standard error."""
    command = [sys.executable, "-I", "-c", START + code, str(ROOT)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == returncode, ended.stderr
    assert ended.stdout == ""
    return ended.stderr


def test_lines_are_dropped_and_others_are_not():
    code = """
with startup_output._without_lines(["noise", r"[IW]\\d{4} "]):
    say("noise of a library\\nan error\\nI0000 started\\nnot noise\\nunfinished")
say(" line\\nnoise later\\n")
"""
    assert stderr_of(code) == "an error\nnot noise\nunfinished line\nnoise later\n"


def test_last_words_of_a_process_that_is_aborted_are_shown():
    code = """
with startup_output._without_lines(["noise"]):
    say("noise\\nThis processor lacks instructions.\\n")
    os.abort()
"""
    assert stderr_of(code, -6) == "This processor lacks instructions.\n"


def test_error_is_raised_and_the_stream_given_back():
    code = """
try:
    with startup_output._without_lines(["noise"]):
        say("noise\\n")
        raise ImportError("no library")
except ImportError as error:
    say("%s; noise\\n" % error)
"""
    assert stderr_of(code) == "no library; noise\n"


def test_child_that_keeps_the_stream_is_not_waited_for():
    code = """
import subprocess
with startup_output._without_lines(["noise"]):
    child = subprocess.Popen(["sleep", "30"])
say("gone on\\n")
child.kill()
"""
    assert stderr_of(code) == "gone on\n"


def test_warnings_of_a_module_are_dropped_and_filters_given_back():
    code = """
with startup_output._without_warnings(["of_a_library"]):
    warnings.warn_explicit("dropped", UserWarning, "x.py", 1, "of_a_library.start")
    warnings.warn_explicit("shown", UserWarning, "x.py", 2, "ours")
warnings.warn_explicit("shown too", UserWarning, "x.py", 3, "of_a_library.start")
"""
    said = stderr_of(code)
    assert "dropped" not in said
    assert "x.py:2: UserWarning: shown" in said
    assert "x.py:3: UserWarning: shown too" in said


@pytest.mark.parametrize(("device", "level"), [("cpu", "3"), ("gpu", "2"), ("gpu:1", "2")])
def test_tensorflow_is_silent_unless_the_user_wants_its_logs(device, level, monkeypatch):
    monkeypatch.delenv(startup_output.SHOW, raising=False)
    for kept, left in ((None, level), ("1", level), ("0", "0")):
        monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
        if kept is not None:
            monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", kept)
        monkeypatch.setattr("harness.backends.engines.tensorflow.startup_output.LINES", ())
        with startup_output.kept_back("tensorflow", device):
            pass
        assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == left


def test_nothing_is_changed_if_all_is_to_be_shown(monkeypatch):
    monkeypatch.setenv(startup_output.SHOW, "1")
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    with startup_output.kept_back("tensorflow", "cpu"):
        assert "TF_CPP_MIN_LOG_LEVEL" not in os.environ


def test_backend_without_noise_is_left_alone():
    with startup_output.kept_back("numpy", "cpu"):
        pass
