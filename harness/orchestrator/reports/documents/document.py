"""JSON documents that commands print with --json: what all of them share, and the one that tells an error.

Each kind of report has a module here; the suites have their own `json_document.py`. A missing number is null, as is one
that is not finite; JSON has no NaN. `harness schema` prints the JSON Schemas that these models make.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

# History of SCHEMA, newest first.
# 1: first version.
SCHEMA = 1

Figure = float | None


class Part(BaseModel):
    """An object of a document."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="null")


class Document(Part):
    """A whole document; `kind` says which one, `schema` its version."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    schema_version: Literal[1] = Field(SCHEMA, alias="schema")

    def text(self) -> str:
        """The document as JSON."""
        return self.model_dump_json(by_alias=True, indent=1)


class Case(Part):
    """What a run measured; further fields are as records have them."""

    model_config = ConfigDict(extra="allow")

    backend: str
    version: str | None = None
    workload: str
    edition: str
    device: str
    threads: int
    profile: str
    floatx: str


class Diagnostic(Part):
    """What may have distorted figures, and in which runs; `side` in comparisons."""

    code: str
    sentence: str
    runs: list[str]
    side: str | None = None


class Failure(Part):
    """Why a command printed no result: the kind of error, its sentence, and the exit code."""

    kind: str
    message: str
    exit_code: int


class ErrorDocument(Document):
    """What a command prints that has no result."""

    kind: Literal["error"] = "error"
    error: Failure
