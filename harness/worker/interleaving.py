"""A worker that runs interleaved: harness/orchestrator/execution/interleaving.py says when each epoch may begin."""

import socket


def join(reporter, address):
    """From now on every epoch waits until it may begin.

    Parameters
    ----------
    address : path of a Unix socket: a byte that we send says that we wait, one that comes that we may begin
    """
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)

    def wait():
        connection.sendall(b".")
        connection.recv(1)

    reporter.before_epoch = wait
