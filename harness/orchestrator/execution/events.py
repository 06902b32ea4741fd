"""Reads a worker's events from its pipe and checks each against the protocol."""

from __future__ import annotations

import os

from harness.orchestrator.core.errors import ProtocolError
from harness.worker.protocol import EVENTS, OLDEST_SCHEMA, PHASES, RESULT_KEYS, SCHEMA, decode

CHUNK_BYTES = 1 << 16
# A result with every step of a long run takes some megabytes; a line beyond this is no event.
LINE_LIMIT_BYTES = 1 << 28
# Keys that an event must have beside `event` and `t_s`.
REQUIRED = {
    "hello": ("schema", "pid", "python"),
    "phase": ("phase",),
    "waiting": (),
    "progress": ("phase", "step", "steps"),
    "parity": ("parity",),
    "result": ("result",),
    "error": ("kind", "message"),
}


class EventReader:
    """Turns the bytes of a non-blocking pipe into checked events."""

    def __init__(self, descriptor: int, result: tuple[str, ...] = RESULT_KEYS) -> None:
        """Read from a descriptor; a result must have the keys `result`."""
        self.descriptor = descriptor
        self.result = result
        self.ended = False
        self.pending = b""

    def read(self) -> list[dict]:
        """The events that are complete by now.

        Raises:
            ProtocolError: a line is not an event.
        """
        chunk = self.next_chunk()
        if chunk is None:
            return []
        *lines, self.pending = (self.pending + chunk).split(b"\n")
        if len(self.pending) > LINE_LIMIT_BYTES:
            raise ProtocolError(broken("a line without end", self.pending))
        return [parse(line, self.result) for line in lines]

    def drain(self) -> list[dict]:
        """All that is left in the pipe of a worker that has ended; a torn last line stays in `pending`."""
        events = []
        while not self.ended and (more := self.read_available()) is not None:
            events += more
        return events

    def read_available(self) -> list[dict] | None:
        """As read, but None once the pipe is empty though a left-over process still holds it open."""
        before = len(self.pending)
        events = self.read()
        return None if not events and len(self.pending) == before else events

    def next_chunk(self) -> bytes | None:
        """What the pipe holds, None if nothing; notes the end of the pipe."""
        try:
            chunk = os.read(self.descriptor, CHUNK_BYTES)
        except BlockingIOError:
            return None
        if not chunk:
            self.ended = True
            return None
        return chunk


def parse(line: bytes, result: tuple[str, ...]) -> dict:
    """The event of one line."""
    try:
        event = decode(line.decode("utf-8"))
    except ValueError as error:
        raise ProtocolError(broken("a line that is no event", line)) from error
    check(event, line, result)
    return event


def check(event: dict, line: bytes, expected: tuple[str, ...]) -> None:
    """Raises ProtocolError unless the event has the form that the protocol gives it."""
    kind = event.get("event")
    if kind not in EVENTS:
        raise ProtocolError(broken("an unknown event", line))
    missing = [key for key in ("t_s", *REQUIRED[kind]) if event.get(key) is None]
    if missing:
        raise ProtocolError(broken(f"a {kind} event without {', '.join(missing)}", line))
    if kind == "hello" and event["schema"] not in range(OLDEST_SCHEMA, SCHEMA + 1):
        raise ProtocolError(
            f"The worker speaks another protocol. Expected schema={OLDEST_SCHEMA} to {SCHEMA}. "
            f"Received {event['schema']}."
        )
    if kind in ("phase", "progress") and event["phase"] not in PHASES:
        raise ProtocolError(broken("an unknown phase", line))
    if kind == "result":
        check_result(event["result"], expected)


def check_result(result: object, expected: tuple[str, ...]) -> None:
    """Raises ProtocolError for a result that lacks a field."""
    if not isinstance(result, dict):
        raise ProtocolError(f"The worker's result is broken. Expected an object. Received {result!r:.80}.")
    missing = [key for key in expected if key not in result]
    if missing:
        raise ProtocolError(
            f"The worker's result lacks fields. Expected {', '.join(expected)}. Received none for {', '.join(missing)}."
        )


def broken(what: str, line: bytes) -> str:
    shown = line[:120].decode("utf-8", "backslashreplace")
    return f"The worker sent {what}. Expected one JSON event a line. Received {shown!r}."
