"""A case, what is compared; a run, one process that executes it once; and the statuses that it can end with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace

STATUSES = ("ok", "wrong", "failed", "timeout", "out_of_memory", "killed", "interrupted", "unsupported", "skipped")
FIRST, CONFIRM = "first", "confirm"
PROFILES = ("stock", "tuned")
SEED = 1337  # of every command that is not given another


@dataclass(frozen=True)
class Case:
    """What is compared: one backend on one workload under fixed conditions.

    batch_size: None for that of the workload's edition
    """

    backend: str
    workload: str
    edition: str
    device: str
    threads: int
    profile: str
    floatx: str
    batch_size: int | None = None

    @property
    def name(self) -> str:
        """The case as part of a file name."""
        device = self.device.replace(":", "")
        batch = "" if self.batch_size is None else f"-b{self.batch_size}"
        return f"{self.backend}-{self.workload}-{device}-{self.threads}t-{self.profile}{batch}"

    @property
    def task(self) -> Case:
        """What all backends are compared at: the case without its backend."""
        return replace(self, backend="")


# Fields that every table names a case by; the others of Case follow where a table needs them.
NAMED_BY = ("backend", "workload")


def case_name(case: Mapping[str, object], further: Collection[str] = ()) -> str:
    """A case as tables name it and patterns select it: tensorflow/mnist_mlp, with `further` fields .../cpu/2t/b128."""
    named = [field.name for field in fields(Case) if field.name in NAMED_BY or field.name in further]
    forms = {"threads": "{}t", "batch_size": "b{}"}
    return "/".join(forms.get(name, "{}").format(case[name]) for name in named if case.get(name) is not None)


def full_name(case: Mapping[str, object]) -> str:
    """The name of a case with all its fields: tensorflow/mnist_mlp/2015-12/cpu/2t/tuned/float32/b128."""
    return case_name(case, [field.name for field in fields(Case)])


@dataclass(frozen=True)
class Run:
    """One process executing one case once.

    round: from 1; a block, in which each case runs once on each side
    side: of those that the session compares, None if it compares none
    stage: FIRST, or CONFIRM for runs that are there to confirm what the first ones showed
    """

    case: Case
    round: int
    side: str | None = None
    stage: str = FIRST

    @property
    def name(self) -> str:
        return "-".join(filter(None, (self.case.name, self.side, f"r{self.round}")))

    def as_json(self) -> dict:
        return {**self.place, "case": asdict(self.case)}

    @property
    def place(self) -> dict:
        """What identifies the run within its session."""
        return {"name": self.name, "round": self.round, "side": self.side, "stage": self.stage}

    @classmethod
    def from_json(cls, stored: dict) -> Run:
        """The run that `as_json` wrote."""
        place = {key: stored[key] for key in ("side", "stage") if key in stored}
        return cls(Case(**stored["case"]), stored["round"], **place)
