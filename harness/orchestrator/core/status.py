"""What a command does now, and for how long: on a terminal lines that move, elsewhere a line a stage and signs of life.

The lines are drawn by one thread that sleeps in between, also while runs are measured: a frame costs less than
a millisecond of one CPU (docs/design/sessions.md).
"""

from __future__ import annotations

import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID
from rich.text import Text

from harness.orchestrator.core.clock import stopwatch
from harness.orchestrator.core.working_line import end_working

# Frames a second: less than a second between two, and few, since runs are measured meanwhile.
FRAMES_PER_S = 1.25
# Seconds without a line after which a log is told what is still going on, and how often that is looked at.
HEARTBEAT_S, LOOK_S = 30.0, 10.0
BAR_WIDTH = 30
STYLE = "cyan"

Words = Callable[[], str]


class Stage:
    """Something that a command is doing: what in words, since when, and a detail that changes often."""

    def __init__(self, status: Status, words: str) -> None:
        self.status = status
        self.words, self.detail_words, self.began_s = words, "", time.monotonic()

    def __call__(self, words: str) -> None:
        """Something else is done now."""
        self.words, self.detail_words, self.began_s = words, "", time.monotonic()
        self.status.log(words)

    def detail(self, words: str) -> None:
        """How far it is; never a line of its own in a log."""
        self.detail_words = words

    def line(self) -> str:
        """The stage in one line."""
        return f"{self.doing()}, {self.elapsed()}"

    def doing(self) -> str:
        return f"{self.words}: {self.detail_words}" if self.detail_words else self.words

    def elapsed(self) -> str:
        return stopwatch(time.monotonic() - self.began_s)

    def rendered(self, width: int) -> Text:
        """The same, shortened to a width so that the time stays visible."""
        doing, elapsed = Text(self.doing(), style=STYLE), f", {self.elapsed()}"
        doing.truncate(max(1, width - cell_len(elapsed)), overflow="ellipsis")
        return doing.append(elapsed)


@dataclass(frozen=True)
class Bar:
    """What a command has done of all that it does."""

    bars: Progress
    task: TaskID

    def show(self, done: int, total: int) -> None:
        """So many are done, of so many."""
        self.bars.update(self.task, completed=done, total=total)


class Status:
    """The stages of a command while it is entered; `console` is where they and lasting lines are shown."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.moves = console.is_terminal and not console.is_dumb_terminal
        self.stages: list[Stage] = []
        self.bars = Progress(BarColumn(BAR_WIDTH), WordsColumn(), console=console, auto_refresh=False)
        self.live: Live | None = None
        self.ended = threading.Event()
        self.lasting_s = time.monotonic()  # when the last lasting line was printed

    def __enter__(self) -> Status:
        end_working()
        if self.moves:
            self.live = live(self.console, self.render)
            self.live.start()
        else:
            threading.Thread(target=self.keep_alive, name="signs of life", daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.ended.set()
        if self.live is not None:
            self.live.stop()
            self.live = None

    def say(self, line: str, markup: bool = False) -> None:
        """Print a line that stays; a terminal folds it between words and leaves paths whole."""
        self.lasting_s = time.monotonic()
        shown = self.folded(line, markup) if self.moves else line
        self.console.print(shown, markup=markup, highlight=False, soft_wrap=True)
        if self.live is not None:
            self.live.refresh()

    def folded(self, line: str, markup: bool) -> str:
        """The line in lines that fit the console, but for words that are longer."""
        tags = len(line) - len(Text.from_markup(line).plain) if markup else 0
        return textwrap.fill(line, self.console.width + tags, break_long_words=False, break_on_hyphens=False)

    def log(self, line: str) -> None:
        """Print a line where no line moves."""
        if not self.moves:
            self.say(line)

    @contextmanager
    def bar(self, total: int, words: Words) -> Iterator[Bar]:
        """While this lasts, show a bar over so many things, and words beside it."""
        bar = Bar(self.bars, self.bars.add_task("", total=total, words=words))
        try:
            yield bar
        finally:
            self.bars.remove_task(bar.task)

    @contextmanager
    def stage(self, words: str) -> Iterator[Stage]:
        """While this lasts, show what is done."""
        stage = self.begin(words)
        self.log(words)
        try:
            yield stage
        finally:
            self.end(stage)

    @contextmanager
    def each(self, words: str) -> Iterator[Callable[[str, str], None]]:
        """A function that says by name what is done about several things at once; `words` stand for all before."""
        stages: dict[str, Stage] = {}
        common = self.begin(words)

        def say(name: str, sentence: str) -> None:
            if name not in stages:
                stages[name] = self.begin(name)
            stages[name](f"{name}: {sentence}")

        try:
            yield say
        finally:
            for stage in (common, *stages.values()):
                self.end(stage)

    def begin(self, words: str) -> Stage:
        """A stage that lasts until it is ended; a log is not told."""
        stage = Stage(self, words)
        self.stages.append(stage)  # several threads may do so at once
        return stage

    def end(self, stage: Stage) -> None:
        """A stage is over."""
        self.stages.remove(stage)

    def render(self) -> RenderableType:
        """What moves: a line for each stage, then the bars."""
        width = self.console.width
        lines = [stage.rendered(width) for stage in list(self.stages)]
        return Group(*lines, *([self.bars] if self.bars.tasks else []))

    def keep_alive(self) -> None:
        """Say every HEARTBEAT_S what goes on, while nothing else is printed."""
        while not self.ended.wait(LOOK_S):
            self.beat()

    def beat(self) -> None:
        """Say what goes on if nothing was printed for long."""
        if self.stages and time.monotonic() - self.lasting_s >= HEARTBEAT_S:
            self.say(f"... {self.stages[-1].line()}")


class WordsColumn(ProgressColumn):
    """What stands beside a bar: the task's field `words`, asked for each frame."""

    max_refresh = None

    def render(self, task: Task) -> Text:
        return Text(task.fields["words"](), style=STYLE, no_wrap=True, overflow="ellipsis")


def live(console: Console, render: Callable[[], RenderableType]) -> Live:
    """Lines of a console that move and leave nothing behind, below all that is printed to the same terminal."""
    return Live(
        console=console,
        get_renderable=render,
        refresh_per_second=FRAMES_PER_S,
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
        redirect_stderr=sys.stderr.isatty(),
    )
