"""The named, timed parts of a run, and the events that tell of them."""

import os
import platform
import socket
import time

from harness.worker import protocol

PROGRESS_INTERVAL_S = 0.5  # often enough for a display, too seldom to cost anything


def permission(address):
    """A function that waits until harness/orchestrator/execution/interleaving.py lets the next epoch begin.

    Parameters
    ----------
    address : path of a Unix socket: the worker sends a byte when it waits, and receives one when it may begin
    """
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)

    def wait():
        connection.sendall(b".")
        connection.recv(1)

    return wait


class Reporter(object):
    """Writes events and keeps the times at which phases begin and end.

    `before_epoch`, if any, is called before each epoch, which begins when it returns.
    """

    def __init__(self, stream):
        self.stream = stream
        self.before_epoch = None
        self.phases = []
        self.progress_at_s = 0.0

    def send(self, event, **fields):
        """Writes one event, stamped with CLOCK_MONOTONIC unless `t_s` is given."""
        fields.setdefault("t_s", time.monotonic())
        self.stream.write(protocol.encode(dict(fields, event=event)))
        self.stream.flush()

    def hello(self, at_s):
        """The first event, stamped with the process's own begin."""
        self.send("hello", t_s=at_s, schema=protocol.SCHEMA, pid=os.getpid(), python=platform.python_version())

    def begin(self, phase, index=None, at_s=None):
        """Ends the phase before and begins this one; returns its begin, CLOCK_MONOTONIC seconds."""
        if self.before_epoch is not None and phase in ("warmup", "epoch"):
            self.end(time.monotonic())  # waiting belongs to no phase
            self.send("waiting")
            self.before_epoch()
        now_s = time.monotonic() if at_s is None else at_s
        self.end(now_s)
        self.phases.append({"phase": phase, "index": index, "begin_s": now_s, "end_s": None})
        self.send("phase", phase=phase, index=index, t_s=now_s)
        return now_s

    def end(self, now_s):
        """Ends the phase that is open, if any."""
        if self.phases and self.phases[-1]["end_s"] is None:
            self.phases[-1]["end_s"] = now_s

    def rename(self, phase, index, name):
        """Gives a phase that has ended another name; what was sent of it stays."""
        for entry in self.phases:
            if (entry["phase"], entry["index"]) == (phase, index):
                entry["phase"] = name

    def progress(self, step, steps, now_s):
        """Tells how far the open phase is, at most every PROGRESS_INTERVAL_S."""
        if now_s - self.progress_at_s >= PROGRESS_INTERVAL_S:
            self.progress_at_s = now_s
            current = self.phases[-1]
            self.send("progress", phase=current["phase"], index=current["index"], step=step, steps=steps)

    def seconds(self, phase):
        """Total length of all ended phases of this name."""
        return sum(
            entry["end_s"] - entry["begin_s"]
            for entry in self.phases
            if entry["phase"] == phase and entry["end_s"] is not None
        )

    def result(self, result):
        """The last event of a run that ended well."""
        self.send("result", result=dict(result, phases=self.phases))

    def error(self, kind, message, trace):
        """The last event of a run that did not."""
        phase = self.phases[-1]["phase"] if self.phases else None
        self.send("error", phase=phase, kind=kind, message=message, traceback=trace)
