"""A session: the runs of a configuration, planned before anything is built or started, and what they gave so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.orchestrator.analysis.diagnostics.rules import check_codes
from harness.orchestrator.core.cases import PROFILES, Case, Run
from harness.orchestrator.core.config import AUTO, Config, overridden, validate
from harness.orchestrator.core.declared_workloads import declared_workloads
from harness.orchestrator.core.errors import ConfigError, RecordError
from harness.orchestrator.core.names import check_names
from harness.orchestrator.datasets.catalog import KNOWN
from harness.orchestrator.environments import provision
from harness.orchestrator.environments.description import specification
from harness.orchestrator.monitoring import machine
from harness.orchestrator.results.journal import read_journal
from harness.orchestrator.sessions import revisions
from harness.orchestrator.sessions.schedule import check_known, compared_cases, expand, most_threads, schedule
from harness.orchestrator.sessions.sides import Side, changed_fields, parse

# Field of a case -> key of the configuration that lists its values; the others have the field's name.
PLACES = {"backend": "backends", "device": "devices"}
KEYS = {**PLACES, "profile": "profiles"}


@dataclass
class Session:
    """The plan of a session and its state.

    `records` holds those of `runs` that have ended. `trouble` is what made the session stop before its end, other than
    the user. `threads` is the largest number that a case has.
    """

    config: Config
    config_name: str
    threads: int
    runs: list[Run]
    sides: dict[str, Side] = field(default_factory=dict)
    records: list[dict] = field(default_factory=list)
    interrupted: bool = False
    trouble: RecordError | None = None

    @property
    def cases(self) -> list[Case]:
        """The cases as they are before a side changes them, in the order of the table."""
        return compared_cases(expand(self.config, self.threads), list(self.sides.values()))

    @property
    def open_ended(self) -> bool:
        """Whether it goes on until its ranking is settled or its budget is spent."""
        return self.config.rounds == AUTO and not self.sides

    def about(self, name: str) -> dict:
        """What each record says about the session that it belongs to, which is stored as `name`."""
        return {
            "id": name,
            "config": self.config_name,
            "backends": self.config.backends,
            "workloads": self.config.workloads,
            "devices": self.config.devices,
            "rounds": self.config.rounds,
            "seed": self.config.seed,
            "planned": len(self.runs),
            "sides": {label: list(side.words) for label, side in self.sides.items()},
        }

    @property
    def waiting(self) -> list[Run]:
        """Runs that have not ended."""
        ended = {record["run"]["name"] for record in self.records}
        return [run for run in self.runs if run.name not in ended]


def plan(config: Config, config_name: str, sides: Sequence[Side] = (), rounds: int = 1) -> Session:
    """Check every name and lay out the runs; nothing is built or started yet.

    Args:
        sides: what is compared; none if nothing is.
        rounds: those that a configuration begins with which leaves their number open.

    Raises:
        ConfigError: a name is not known, or the threads are too many.
    """
    check(config)
    threads = most_threads(config)
    for side in sides:
        check_side(side, config)
    for changed in changed_fields(sides):
        check_paired(changed, sides, config)
    config = with_all_places(config, sides)
    cases = compared_cases(expand(config, threads), sides)
    runs = schedule(cases, rounds if config.rounds == AUTO else config.rounds, config.seed, sides)
    return Session(config, config_name, threads, runs, {side.label: side for side in sides})


def check_side(side: Side, config: Config) -> None:
    """Raises ConfigError for a change that cannot be made."""
    check_names("profile", [side.case.get("profile", PROFILES[0])], PROFILES)
    own = config_of(side, config)
    check(own)
    if "threads" in side.case:
        machine.choose_threads(side.case["threads"])
    if side.revision is not None:
        revisions.checkout(side.revision)
    for word in side.requirements:
        if not any(provision.requirements_of(backend, [word]) for backend in own.backends):
            raise ConfigError(
                f"A side's package changes nothing. Expected one that a backend in question installs. "
                f"Received {word!r} with backends={','.join(own.backends)}."
            )


def config_of(side: Side, config: Config) -> Config:
    """The configuration with what a side changes in it; ConfigError if it is invalid."""
    changes = {KEYS.get(field, field): [value] if field in KEYS else value for field, value in side.case.items()}
    return overridden(config, {**changes, "data": side.data})


def check_paired(field: str, sides: Sequence[Side], config: Config) -> None:
    """Raises ConfigError if a field that one side changes has several values on another side."""
    key = KEYS.get(field, field)
    values = getattr(config, key)
    for side in sides:
        if field not in side.fields and isinstance(values, list) and len(values) > 1:
            raise ConfigError(
                f"Side {side.label} has several values of {field}. Expected one on each side. Received {key}="
                f"{','.join(map(str, values))}. Choose one for side {side.label}, e.g. {field}={values[0]}."
            )


def with_all_places(config: Config, sides: Sequence[Side]) -> Config:
    """The configuration with the backends and devices of all sides, whose environments are needed."""
    changes = {
        key: list(dict.fromkeys(value for side in sides for value in getattr(config_of(side, config), key)))
        for field, key in PLACES.items()
        if field in changed_fields(sides)
    }
    return config.model_copy(update=changes)


def resume(folder: Path) -> Session:
    """The session in `folder` as it was planned; which of its runs have ended is known once its Store is open.

    Raises:
        ConfigError: the session cannot be continued.
    """
    story = read_journal(folder)
    if not story.config:
        raise ConfigError(
            f"{folder} cannot be continued. Expected a journal with the session's configuration. Received none. "
            "Start a new session."
        )
    config = validate(story.config, str(folder))
    check(config)
    runs = [Run.from_json(run) for run in story.planned]
    sides = {label: parse(label, words) for label, words in story.session.get("sides", {}).items()}
    return Session(config, story.session["config"], most_threads(config), runs, sides)


def check(config: Config) -> None:
    """Raises ConfigError for a name that is not known."""
    check_known(config, specification.known_backends(), declared_workloads())
    check_names("data set", [config.data, *config.data_settings], KNOWN)
    check_codes(config.silence)
