"""An append-only log of a session: what was planned, what began, what ended. A broken session goes on from it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from harness.orchestrator.core.clock import unix_s, utc_now
from harness.orchestrator.core.errors import RecordError

NAME = "journal.jsonl"
TIMED = ("begin", "end", "resume")


@dataclass(frozen=True)
class Story:
    """What a journal says. `planned` holds one {name, round, case} a run, `config` every setting.

    ok: of the runs that have ended
    times: (what, run, seconds since 1970) of all that began or ended, as it did; of `resume` without a run
    """

    session: dict = field(default_factory=dict)
    config: dict = field(default_factory=dict)
    planned: list[dict] = field(default_factory=list)
    begun: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    ok: set[str] = field(default_factory=set)
    times: list[tuple[str, str, float]] = field(default_factory=list)


class Journal:
    """Appends lines; each is on the disk before the next thing happens."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def append(self, event: str, **content: object) -> None:
        """Note an event with the time."""
        line = json.dumps({"event": event, "time_utc": utc_now(), **content}, allow_nan=False) + "\n"
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise RecordError(
                f"{self.path} could not be continued: {error.strerror}. Expected a disk with room. Free some space."
            ) from error


def read_journal(folder: Path) -> Story:
    """The story of a session; a torn last line is skipped, an absent journal gives an empty one."""
    path = folder / NAME
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    story = Story()
    for line in lines:
        entry = parse(line)
        if entry.get("event") == "session":
            story.session.update(entry["session"])
            story.config.update(entry.get("config", {}))
            story.planned.extend(entry["runs"])
        elif entry.get("event") == "extend":
            story.planned.extend(entry["runs"])
        elif entry.get("event") == "begin":
            story.begun.add(entry["run"])
        elif entry.get("event") == "end":
            story.ended.add(entry["run"])
            story.ok.update([entry["run"]] if entry.get("status") == "ok" else [])
        if entry.get("event") in TIMED:
            story.times.append((entry["event"], entry.get("run", ""), unix_s(entry["time_utc"])))
    return story


def parse(line: str) -> dict:
    """One line, {} if it is torn."""
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
