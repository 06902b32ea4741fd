"""What to measure: the settings of a session, read from YAML and overridden by options."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from harness.orchestrator.core.cases import PROFILES, SEED
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.core.names import nearest, unknown_name
from harness.orchestrator.core.paths import CONFIGS
from harness.worker.protocol import PHASES

Count = Annotated[int, Field(ge=1)]
CountOrZero = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
AUTO = "auto"
Names = Annotated[list[str], Field(min_length=1)]
# Of a sweep; a single number is a list of one, as files and journals before sweeps have it.
Counts = Annotated[
    list[Count], Field(min_length=1), BeforeValidator(lambda given: [given] if isinstance(given, int) else given)
]


def rounds_of(given: object) -> int | str:
    """A number of rounds, or AUTO; an error of pydantic if it is neither."""
    whole = int(given) if isinstance(given, str) and given.isdecimal() else given
    if given == AUTO or (isinstance(whole, int) and not isinstance(whole, bool) and whole >= 1):
        return whole
    raise PydanticCustomError("rounds", f"Expected a whole number, 1 or more, or {AUTO}")


# Not a union: its errors would name the alternatives' types.
Rounds = Annotated[int | str, PlainValidator(rounds_of)]

# Printed as a list when a name is not known. Devices beyond these are gpu:0, gpu:1, ...
DEVICES = ("cpu", "gpu", "gpu:N")


class Strict(BaseModel):
    """A part of the configuration; keys that it does not have are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(Strict):
    """How long a run may take, in seconds, before it is stopped and its row reads `timeout`."""

    wall_s: Seconds = 3600
    silence_s: Seconds = 600
    phases_s: dict[Literal[PHASES], Seconds] = {}
    # What stdout and stderr may hold together: a worker in a printing loop must not fill the disk.
    output_bytes: Count = 256 * 2**20


class Amounts(Strict):
    """How much is trained; None leaves it to the next more general setting."""

    train_samples: Count | None = None
    test_samples: Count | None = None
    epochs: Count | None = None
    warmup_epochs: CountOrZero | None = None


class Config(Strict):
    """One session, which measures every combination of what is listed.

    threads: None for every physical core that the process may use
    batch_size: None for that of each workload's edition
    """

    backends: Names
    workloads: Names
    devices: Names = ["cpu"]
    edition: Annotated[str, Field(min_length=1)] = "2015-12"
    profiles: Annotated[list[Literal[PROFILES]], Field(min_length=1)] = ["tuned"]
    data: str = "auto"
    threads: Counts | None = None
    batch_size: Counts | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] = SEED
    # auto: one, then more while the ranking is undecided and the budget lasts, which begins with the first table
    rounds: Rounds = AUTO
    budget_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 600
    interleaved: bool = True  # on the CPU the backends of a task train interleaved, an epoch each
    epochs: Count = 3
    warmup_epochs: CountOrZero = 1
    extra_warmup_epochs: CountOrZero = 2  # at most, where the timed epochs did not keep one pace
    inference: bool = True  # measure the forward function as well, in a second or two after the epochs
    floatx: Literal["float32", "float64"] = "float32"
    # Of code that a library compiled for earlier runs: `clear` empties it before each run, so that each compiles all.
    compile_cache: Literal["keep", "clear"] = "keep"
    harness_overhead: bool = True  # a run of noop before the first round, which measures what the harness itself costs
    telemetry: bool = True  # without it nothing but memory is sampled while runs are in progress
    silence: list[str] = []  # diagnostics that reports do not show; records are the same
    limits: Limits = Limits()
    workload_settings: dict[str, Amounts] = {}
    data_settings: dict[str, Amounts] = {}


def load_config(source: str, overrides: dict[str, Any]) -> Config:
    """The configuration in a file, overridden key by key.

    Args:
        source: a path, or the name of a file in configs/ without its ending.
        overrides: top-level keys of Config; a None is no override.

    Raises:
        ConfigError: the file is absent or not YAML, or a key or value is invalid.
    """
    path = find_config(source)
    return with_overrides(read_yaml(path), str(path), overrides)


def overridden(config: Config, overrides: dict[str, Any]) -> Config:
    """A configuration with some keys replaced, as load_config does."""
    return with_overrides(config.model_dump(mode="json"), "configuration", overrides)


def with_overrides(settings: dict[str, Any], source: str, overrides: dict[str, Any]) -> Config:
    """The configuration of settings from `source` and of those overrides that are not None."""
    given = {key: value for key, value in overrides.items() if value is not None}
    for key, value in given.items():
        override(settings, key, value)
    return validate(settings, source, given)


def validate(settings: dict[str, Any], source: str, given: Collection[str] = ()) -> Config:
    """The configuration that settings from `source` make; those of the keys `given` came from the command line.

    Raises:
        ConfigError: a key or value is invalid.
    """
    try:
        return Config.model_validate(settings)
    except ValidationError as error:
        # an unknown key first: it is often why another one is missing
        first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
        raise ConfigError(explain(first, "command line" if first["loc"][0] in given else source)) from error


def override(settings: dict[str, Any], key: str, value: Any) -> None:
    """Set a top-level key; the special settings that would hide it are dropped."""
    settings[key] = value
    for table in ("workload_settings", "data_settings"):
        for amounts in (settings.get(table) or {}).values():
            if isinstance(amounts, dict):
                amounts.pop(key, None)


def find_config(source: str) -> Path:
    """The file meant by a path or by a name in configs/."""
    for path in (Path(source), CONFIGS / source, CONFIGS / f"{source}.yaml"):
        if path.is_file():
            return path
    known = sorted(path.stem for path in CONFIGS.glob("*.yaml"))
    stem = Path(source).stem
    raise unknown_name("config", source if nearest(stem, known) is None else stem, known)


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file; a key given twice is an error."""
    from ruamel.yaml import YAML, YAMLError

    try:
        settings = YAML(typ="safe", pure=True).load(path)
    except (YAMLError, UnicodeDecodeError) as error:
        detail = " ".join(str(error).split())
        raise ConfigError(f"{path} cannot be read. Expected YAML. Received: {detail}") from error
    if not isinstance(settings, dict):
        raise ConfigError(f"{path} holds no settings. Expected a mapping. Received {type(settings).__name__}.")
    return settings


def explain(error: ErrorDetails, source: str) -> str:
    """One sentence for the first thing that pydantic found wrong."""
    where = ".".join(str(part) for part in error["loc"] if part != "[key]")
    if error["type"] == "extra_forbidden":
        return explain_unknown_key(error, source)
    return f"{source}: {where} is invalid. {error['msg']}. Received {where}={error['input']!r}."


def explain_unknown_key(error: ErrorDetails, source: str) -> str:
    *parents, key = [str(part) for part in error["loc"]]
    known = list(section(parents).model_fields)
    near = nearest(key, known)
    advice = f" Did you mean {near}?" if near else ""
    place = f" in {'.'.join(parents)}" if parents else ""
    return f"{source}: unknown key{place}. Expected one of {', '.join(known)}. Received key={key!r}.{advice}"


def section(parents: list[str]) -> type[Strict]:
    """The model that describes a place in the file."""
    if not parents:
        return Config
    return Limits if parents[0] == "limits" else Amounts


def amount(config: Config, key: str, workload: str, data: str) -> int | None:
    """One of the Amounts: the data set's setting, else the workload's, else the general one."""
    candidates = (
        getattr(config.data_settings.get(data), key, None),
        getattr(config.workload_settings.get(workload), key, None),
        getattr(config, key, None),
    )
    return next((value for value in candidates if value is not None), None)
