"""Noise floors as a JSON document."""

from __future__ import annotations

from typing import Literal

from harness.orchestrator.core.cases import full_name
from harness.orchestrator.reports.documents.document import Document, Figure, Part
from harness.orchestrator.reports.noise.floors import NoiseView


class Floor(Part):
    """How large a relative difference chance makes: `floor`; `spread` of the logarithms that it is taken from.

    `interleaved`: between sides that run in the same rounds; `median`: of the runs' figures, or of the rounds' ratios.
    """

    name: str
    case: dict[str, str]
    conditions: dict
    metric: str
    interleaved: bool
    runs: int
    median: Figure
    spread: Figure
    floor: Figure
    session: str
    begin_utc: str


class Noise(Document):
    """What `harness noise` prints; `stored`: the files that hold the floors, one a machine."""

    kind: Literal["noise"] = "noise"
    floors: list[Floor]
    stored: list[str]


def document(view: NoiseView, stored: list[str]) -> Noise:
    """The document of noise floors."""
    return Noise(floors=[Floor(name=full_name(floor["case"]), **floor) for floor in view.floors], stored=stored)
