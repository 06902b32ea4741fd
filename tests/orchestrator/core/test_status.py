"""What a command does now: the lines that move on a terminal, and the lines of a log."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from io import StringIO

import pytest
from rich.console import Console

from harness.orchestrator.core import status as module
from harness.orchestrator.core.clock import about, duration, stopwatch
from harness.orchestrator.core.status import Status


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds, to be set by the test."""
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def of(width: int = 100, terminal: bool = False) -> Status:
    return Status(Console(file=StringIO(), width=width, force_terminal=terminal))


def printed(status: Status) -> str:
    return status.console.file.getvalue()


def frame(status: Status) -> list[str]:
    console = Console(file=StringIO(), width=status.console.width)
    console.print(status.render())
    return console.file.getvalue().splitlines()


def test_frame_shows_each_stage_with_its_own_time(clock: list[float]) -> None:
    status = of()
    with status.stage("preparing"), status.each("looking for environments") as say:
        clock[0] = 4.0
        say("cntk", "installing packages")
        clock[0] = 70.0
        say("theano", "importing theano")
        assert frame(status) == [
            "preparing, 1:10 min",
            "looking for environments, 1:10 min",
            "cntk: installing packages, 1:06 min",
            "theano: importing theano, 0 s",
        ]
    assert frame(status) == []


def test_stage_that_becomes_another_counts_anew(clock: list[float]) -> None:
    status = of()
    with status.stage("looking for data") as stage:
        clock[0] = 9.0
        stage("drawing data")
        stage.detail("half")
        clock[0] = 11.0
        assert frame(status) == ["drawing data: half, 2 s"]


def test_frame_is_shortened_and_keeps_the_time(clock: list[float]) -> None:
    status = of(width=40)
    with status.stage("a stage with far more words than there is room for"):
        clock[0] = 5.0
        (line,) = frame(status)
    assert len(line) <= 40
    assert line.endswith("…, 5 s")


def test_bar_shows_how_much_is_done() -> None:
    status, done = of(width=80), [0]
    with status.bar(4, lambda: f"{done[0]} of 4 runs") as bar:
        done[0] = 1
        bar.show(1, 4)
        (line,) = frame(status)
    assert re.fullmatch(r"━{7}╸ {22} 1 of 4 runs", line)
    assert frame(status) == []


def test_log_has_a_line_a_stage_and_no_control_characters(clock: list[float]) -> None:
    with of() as status:
        with status.stage("measuring the machine's peak") as stage:
            stage.detail("never a line of its own")
        with status.each("looking for environments") as say:
            say("cntk", "installing packages")
        with status.bar(2, lambda: "1 of 2"):
            status.say("a line [with] brackets")
    assert printed(status).splitlines() == [
        "measuring the machine's peak",
        "cntk: installing packages",
        "a line [with] brackets",
    ]


def test_log_gets_a_sign_of_life_while_a_stage_lasts(clock: list[float]) -> None:
    status = of()
    with status.stage("downloading") as stage:
        stage.detail("3 of 11 MB")
        for seconds in (10.0, 20.0, 30.0, 40.0, 50.0, 60.0):
            clock[0] = seconds
            status.beat()
    status.beat()
    assert printed(status).splitlines() == [
        "downloading",
        "... downloading: 3 of 11 MB, 30 s",
        "... downloading: 3 of 11 MB, 1:00 min",
    ]


def test_terminal_shows_no_line_of_a_log(clock: list[float]) -> None:
    status = of(terminal=True)
    with status.stage("downloading"):
        clock[0] = 40.0
        status.log("downloading")
    assert printed(status) == ""


def test_line_that_stays_is_folded_between_words_and_paths_stay_whole() -> None:
    status, path = of(width=40, terminal=True), "/a/path/" + "that/is/long/" * 5
    status.say(f"synthetic data stands in for mnist, which is not in {path}")
    assert printed(status).splitlines() == ["synthetic data stands in for mnist,", "which is not in", path]


def test_line_with_markup_is_folded_by_what_is_seen() -> None:
    status = of(width=40, terminal=True)
    status.say("[1/4] theano mnist_mlp cpu [green]ok[/green]: 12 s", markup=True)
    assert len(printed(status).splitlines()) == 1


def test_log_in_a_pipe_ends_the_working_line_on_the_terminal() -> None:
    text = terminal_output(
        "import os, time; from rich.console import Console\n"
        "from harness.orchestrator.core.status import Status\n"
        "from harness.orchestrator.core.working_line import working\n"
        "working('starting'); time.sleep(0.5)\n"
        "with Status(Console()):\n"
        "    os.write(2, b'entered'); time.sleep(1)\n",
        subprocess.DEVNULL,
    )
    before, after = text.split("entered")
    assert "starting, 0 s" in before
    assert "starting" not in after


@pytest.mark.parametrize(("seconds", "words"), [(0, "0 s"), (99, "99 s"), (120, "2 min"), (7200, "2.0 h")])
def test_duration_chooses_its_unit(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.9, "0 s"), (59.9, "59 s"), (60, "1:00 min"), (725, "12:05 min"), (3_725, "1:02:05 h")]
)
def test_stopwatch_shows_every_second(seconds: float, words: str) -> None:
    assert stopwatch(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.1, "a few seconds"), (5, "a few seconds"), (5.1, "10 s"), (83, "85 s"), (91, "2 min"), (140, "2.5 min"),
        (601, "15 min"), (5_401, "2 h"), (9_001, "3 h"),
    ],
)  # fmt: skip
def test_estimates_are_rounded_up_and_never_zero(seconds: float, words: str) -> None:
    assert about(seconds) == words


# A command that imports and computes without a word, prints its result, and writes a report.
SCRIPT = """
import time
from harness.orchestrator.core.working_line import end_working, working
working("starting")
time.sleep(1)
print("the result", flush=True)
working("writing the report")
time.sleep(0.8)
end_working()
print("written", flush=True)
"""


def terminal_output(script: str, stdout: int | None = None) -> str:
    """What a script writes to a terminal, which is its stdout too unless another is given."""
    leader, follower = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", script], stdout=stdout or follower, stderr=follower)
    os.close(follower)
    text = b""
    while select.select([leader], [], [], 60)[0]:
        try:
            text += os.read(leader, 4096)
        except OSError:  # the other end is closed
            break
    os.close(leader)
    assert process.wait(60) == 0
    return text.decode()


def test_working_line_moves_until_something_is_printed() -> None:
    text = terminal_output(SCRIPT)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    first, second = plain.index("the result"), plain.index("written")
    assert "starting, 0 s" in plain[:first]
    assert "starting" not in plain[first:]
    assert "writing the report, 0 s" in plain[first:second]
    assert "writing" not in plain[second:]
    assert text.count("\x1b[?25h") == text.count("\x1b[?25l") == 2  # the cursor is shown again


def test_working_line_is_not_there_without_a_terminal() -> None:
    answer = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert (answer.stdout, answer.stderr) == ("the result\nwritten\n", "")


def test_display_takes_the_place_of_the_working_line() -> None:
    text = terminal_output(
        "import time; from rich.console import Console\n"
        "from harness.orchestrator.core.status import Status\n"
        "from harness.orchestrator.core.working_line import working\n"
        "working('starting'); time.sleep(0.5)\n"
        "with Status(Console()) as status, status.stage('measuring'):\n"
        "    time.sleep(1); status.say('a line')\n"
        "print('the result')\n"
    )
    assert text.index("starting, 0 s") < text.index("measuring, ") < text.index("a line") < text.index("the result")
    assert "starting" not in text[text.index("measuring") :]


def test_frames_come_more_often_than_once_a_second_and_rarely() -> None:
    assert 1.0 < module.FRAMES_PER_S <= 2.0
