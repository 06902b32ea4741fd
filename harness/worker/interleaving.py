"""A worker that takes turns: each epoch waits until harness/orchestrator/execution/interleaving.py lets it begin."""

import socket
import time


def take(reporter, address):
    """From now on every epoch waits for its turn.

    Parameters
    ----------
    address : path of a Unix socket: a byte that we send says that we wait, one that comes that we may begin
    """
    begin, connection = reporter.begin, socket.socket(socket.AF_UNIX)
    connection.connect(address)

    def begin_in_turn(phase, *arguments, **named):
        if phase in ("warmup", "epoch"):
            reporter.end(time.monotonic())  # waiting belongs to no phase
            connection.sendall(b".")
            connection.recv(1)
        return begin(phase, *arguments, **named)

    reporter.begin = begin_in_turn
