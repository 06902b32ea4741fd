"""Judges a run that has ended: its status and the reason in one sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from harness.orchestrator.execution.process import Ending

# Signals that are sent from outside; every other one is the program's own fault.
SENT_SIGNALS = ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT")
# Exception classes by which K, Python and the frameworks say that memory has run out.
MEMORY_KINDS = ("OutOfMemory", "MemoryError", "ResourceExhaustedError", "OutOfMemoryError", "bad_alloc")
# Exception classes by which a worker refuses its own numbers.
WRONG_KINDS = ("NotEqual", "NotFinite")
# Where the kernel counts the processes that it killed for memory: for all, and for our control group.
KILL_COUNTERS = (Path("/proc/vmstat"), Path("/sys/fs/cgroup/memory.events"))
TAIL_LINES = 20
TAIL_BYTES = 1 << 16


@dataclass(frozen=True)
class RunStatus:
    """A status of STATUSES, with its reason unless it is ok."""

    status: str
    reason: str | None = None


def judge(ending: Ending, last_event: dict | None, where: str, memory_kills: int) -> RunStatus:
    """The status of a worker that ended by itself.

    Args:
        ending: how the process ended.
        last_event: the last event that it sent.
        where: the phase it was in, in words.
        memory_kills: processes that the kernel killed for memory while it ran.
    """
    kind = last_event["event"] if last_event else None
    if kind == "result":
        return judge_result(last_event["result"])
    if kind == "error":
        return judge_error(last_event)
    if ending.signal_name is None:
        return RunStatus("failed", f"ended {where} without a result (exit code {ending.code})")
    if ending.signal_name == "SIGKILL" and memory_kills:
        return RunStatus("out_of_memory", f"killed by the kernel {where}: memory ran out")
    status = "killed" if ending.signal_name in SENT_SIGNALS else "failed"
    return RunStatus(status, f"ended {where} by {ending.signal_name}")


def judge_error(event: dict) -> RunStatus:
    """The status of an exception inside the worker."""
    where = f" in phase {event['phase']}" if event.get("phase") else ""
    message = " ".join(str(event["message"]).split())
    shown = message if len(message) <= 300 else message[:297] + "..."
    status = status_of_error(event["kind"])
    return RunStatus(status, shown if status == "unsupported" else f"{event['kind']}{where}: {shown}")


def status_of_error(kind: str) -> str:
    """The status that an exception class stands for."""
    if kind == "UnsupportedOperation":
        return "unsupported"
    if kind in WRONG_KINDS:
        return "wrong"
    return "out_of_memory" if kind in MEMORY_KINDS else "failed"


def judge_result(result: dict) -> RunStatus:
    """The status of a result: every loss is a number, no batch is left out, what is proved is within tolerance."""
    of_epochs = (fault for epoch in result.get("epochs", ()) for fault in epoch_faults(epoch, result))
    proofs = (parity_faults(result.get("parity") or {}), inference_faults(result.get("inference") or {}))
    first = next(chain(*proofs, of_epochs), None)
    return RunStatus("ok") if first is None else RunStatus("wrong", first)


def parity_faults(parity: dict) -> Iterator[str]:
    """What of the parity report (PARITY in harness/worker/protocol.py) is beyond tolerance."""
    for figure, found in parity.get("deviations", {}).items():
        if found is None or found > parity["tolerance"][figure]:
            yield f"{figure} of the first steps deviates by {found}, more than {parity['tolerance'][figure]}"


def inference_faults(inference: dict) -> Iterator[str]:
    """What of the forward function (INFERENCE in harness/worker/protocol.py) is beyond tolerance."""
    found, tolerance = inference.get("deviation"), inference.get("tolerance")
    if inference and (found is None or found > tolerance):
        yield f"outputs of the forward function deviate by {found}, more than {tolerance}"


def epoch_faults(epoch: dict, result: dict) -> Iterator[str]:
    """What is wrong with an epoch."""
    for key in ("loss", "val_loss") if result["samples"]["test"] else ("loss",):
        if epoch.get(key) is None:
            yield f"{key} of epoch {epoch.get('index')} is not a finite number"
    for steps, part in (("step_s", "train"), ("validation_step_s", "test")):
        whole = math.ceil(result["samples"][part] / result["batch_size"])
        if len(epoch[steps]) != whole:
            yield f"epoch {epoch.get('index')} made {len(epoch[steps])} steps of {whole} over its {part} samples"


def memory_kill_count() -> int:
    """How many processes the kernel has killed for memory so far; 0 where it does not tell."""
    total = 0
    for path in KILL_COUNTERS:
        if path.exists():
            match = re.search(r"^oom_kill (\d+)$", path.read_text(), re.MULTILINE)
            total += int(match.group(1)) if match else 0
    return total


def tail(path: Path) -> list[str]:
    """The last lines of a file that may be huge and need not be text."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - TAIL_BYTES))
        text = file.read().decode("utf-8", "replace")
    return text.splitlines()[-TAIL_LINES:]
