"""Stands for NVIDIA's binding of NVML and answers from a recording; constants and errors are the binding's own."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pynvml

RECORDING = Path(__file__).with_name("nvml") / "two_gpus.json"


class Recorded:
    """`changes` replaces the answers of functions; an answer {"error": code} is raised."""

    def __init__(self, **changes: Any) -> None:
        self.streams = json.loads(RECORDING.read_text(encoding="utf-8")) | changes
        self.asked: Counter[tuple] = Counter()

    def __getattr__(self, name: str) -> Any:
        if not name.startswith(("nvmlInit", "nvmlShutdown", "nvmlDevice")):
            return getattr(pynvml, name)
        return lambda *arguments: self.answer(name, *arguments)

    def answer(self, name: str, *arguments: Any) -> Any:
        """The next one that was recorded of this call."""
        if name == "nvmlDeviceGetHandleByIndex":
            return arguments[0]
        stream = self.streams[name]
        for argument in arguments:
            stream = stream[str(argument)] if isinstance(stream, dict) else stream
        place = min(self.asked[name, arguments], len(stream) - 1)
        self.asked[name, arguments] += 1
        return self.given(stream[place])

    @staticmethod
    def given(answer: Any) -> Any:
        """As the binding gives it: structures with fields, errors raised."""
        if not isinstance(answer, dict):
            return answer
        if "error" in answer:
            raise pynvml.NVMLError(answer["error"])
        return SimpleNamespace(**answer)
