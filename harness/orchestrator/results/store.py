"""Where sessions are stored, results/<machine>/<session>/, and how they are found again."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from harness.orchestrator.core.clock import time_name
from harness.orchestrator.core.errors import ConfigError, RecordError
from harness.orchestrator.core.names import nearest
from harness.orchestrator.monitoring.telemetry.samples import Samples, file_of
from harness.orchestrator.results.journal import Journal, read_journal
from harness.orchestrator.results.record import read_record, read_records, write_record, write_whole

# A session's records and logs take less; below it a full disk is likely before the end.
FREE_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Stored:
    """A session as it is stored: its records, and stand-ins for runs that left none.

    silence: diagnostics that its configuration silences
    """

    name: str
    records: list[dict]
    problems: list[str]
    silence: tuple[str, ...] = ()


class Store:
    """The folder of a session: a new one, or one that goes on."""

    def __init__(self, results: Path, machine: str, reopen: Path | None = None) -> None:
        """Make a folder for a session on `machine`, or take the folder `reopen`.

        Raises:
            ConfigError: the session in `reopen` began on another machine.
            RecordError: a new folder cannot be made.
        """
        self.reopened = reopen is not None
        self.folder = new_folder(results / machine) if reopen is None else same_machine(reopen, machine)
        self.name = self.folder.name
        self.journal = Journal(self.folder)
        self.logs = self.folder / "logs"
        self.extra = self.folder / "overhead"  # of runs that are no case of the table
        self.logs.mkdir(exist_ok=self.reopened)
        found = read_records(self.folder)[0] if self.reopened else []
        self.records = [record for record in found if record["status"] != "interrupted"]  # of the runs that have ended
        self.set_aside([record["run"]["name"] for record in found if record["status"] == "interrupted"])

    def set_aside(self, interrupted: list[str]) -> None:
        """Move what interrupted runs left to the logs, so that the runs can be made again and nothing is lost."""
        for name in interrupted:
            number = 1 + len(list(self.logs.glob(f"{name}.interrupted-*.json")))
            move(self.folder / f"{name}.json", self.logs / f"{name}.interrupted-{number}.json")
            if (self.folder / file_of(name)).exists():
                move(self.folder / file_of(name), self.logs / file_of(f"{name}.interrupted-{number}"))

    def write_samples(self, run: str, samples: Samples) -> None:
        """Store the table of a run, before its record names it."""
        write_whole(self.folder / file_of(run), samples.csv())

    def write_extra(self, record: dict) -> None:
        """Store the record of a run that is no case of the table."""
        try:
            self.extra.mkdir(exist_ok=True)
        except OSError as error:
            raise RecordError(
                f"{self.extra} could not be made: {error.strerror}. Expected a writable folder."
            ) from error
        write_record(self.extra / f"{record['run']['name']}.json", record)

    def write(self, record: dict) -> None:
        """Store a record and note that its run has ended."""
        write_record(self.folder / f"{record['run']['name']}.json", record)
        self.journal.append("end", run=record["run"]["name"], status=record["status"])


def move(path: Path, target: Path) -> None:
    """Move a file; RecordError if the folder may not be written."""
    try:
        path.rename(target)
    except OSError as error:
        raise RecordError(f"{target} could not be written: {error.strerror}. Expected a writable folder.") from error


def same_machine(folder: Path, machine: str) -> Path:
    """The folder, if the session in it began on this machine; ConfigError if not."""
    began = folder.resolve().parent.name
    if began != machine:
        raise ConfigError(
            f"{folder.name} cannot be continued here. Expected the machine that it began on, {began}. "
            f"Received machine={machine}. Start a new session."
        )
    return folder


def new_folder(parent: Path, prefix: str = "") -> Path:
    """A folder that did not exist, named by the time; a session of runs has no prefix.

    Raises:
        RecordError: it cannot be made, or the disk is almost full.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(parent).free
        if free < FREE_BYTES:
            raise RecordError(
                f"{parent} has no room. Expected {FREE_BYTES} free bytes. Received {free}. Free some space."
            )
        return first_free(parent, prefix + time_name())
    except OSError as error:
        raise RecordError(f"{parent} cannot hold results: {error.strerror}. Expected a writable folder.") from error


def first_free(parent: Path, name: str) -> Path:
    """The folder `name`, or `name-2` and so on if that exists."""
    number = 1
    while True:
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir()
            return folder
        except FileExistsError:
            number += 1


def load(folder: Path) -> Stored:
    """A session with a stand-in record for each planned run that left none."""
    records, problems = read_records(folder)
    story = read_journal(folder)
    recorded = {record["run"]["name"] for record in records}
    missing = [run for run in story.planned if run["name"] not in recorded]
    session = {"id": folder.name, **story.session}
    found = [*records, *(stand_in(run, session, story.begun) for run in missing)]
    return Stored(folder.name, found, problems, tuple(story.config.get("silence", ())))


def load_all(results: Path) -> tuple[list[dict], list[str]]:
    """The records of all sessions as `load` has them, and a sentence for each file that is none."""
    stored = [load(folder) for folder in sessions(results)]
    records = [record for session in stored for record in session.records]
    return records, [problem for session in stored for problem in session.problems]


def stand_in(run: dict, session: dict, begun: set[str]) -> dict:
    """What is known of a run without a record."""
    cut = run["name"] in begun
    return {
        "status": "interrupted" if cut else "skipped",
        "reason": "left no record: the session was interrupted" if cut else "not started: the session ended before",
        "run": {key: run.get(key) for key in ("name", "round", "side", "stage")},
        "session": session,
        "case": run["case"],
        "metrics": {},
        "epochs": [],
    }


def find(sources: tuple[str, ...], results: Path) -> list[Stored]:
    """The sessions meant by names, beginnings of names, folders or record files; the latest if none is given."""
    if not sources:
        return [load(latest(results))]
    files = [Path(source) for source in sources if Path(source).is_file()]
    stored = [load(find_folder(source, results)) for source in sources if Path(source) not in files]
    if files:
        stored.append(Stored("records", [read_record(path) for path in files], []))
    return stored


def sessions(results: Path) -> list[Path]:
    """All folders of sessions of runs, oldest first; what else is stored there has a prefix before the time."""
    folders = [path for path in results.glob("*/[0-9]*") if path.is_dir()]
    return sorted(folders, key=lambda path: path.name)


def latest(results: Path) -> Path:
    """The newest session."""
    folders = sessions(results)
    if not folders:
        raise ConfigError(f"{results} holds no session yet. Expected at least one. Run one with: harness run.")
    return folders[-1]


def find_folder(source: str, results: Path) -> Path:
    """The folder of a session by its path, name or the beginning of its name."""
    if Path(source).is_dir():
        return Path(source)
    folders = sessions(results)
    matches = [path for path in folders if path.name.startswith(source)]
    if len(matches) == 1:
        return matches[0]
    names = [path.name for path in folders]
    near = nearest(source, names)
    advice = f" Did you mean {near}?" if near and not matches else ""
    known = ", ".join(path.name for path in matches or folders[-5:]) or "none yet"
    raise ConfigError(f"{len(matches)} sessions match. Expected one of {known}. Received session={source!r}.{advice}")
