"""A worker that trains nothing: it waits for its epochs and notes when each began and ended.

usage: python -I interleaved_worker.py --request FILE --events-fd N

The request: `turns` (see harness/worker/protocol.py), `warmup_epochs`, `epochs`, `epoch_s` (how long one takes) and
`fails_at` (the epoch that fails, or null).
"""

import runpy
import sys
import time
from pathlib import Path

WORKER = str(Path(__file__).resolve().parents[3] / "harness" / "worker" / "__main__.py")


def epoch(index, request, reporter):
    """(begin, end) of an epoch, CLOCK_MONOTONIC seconds."""
    begin_s = reporter.begin("warmup" if index < request["warmup_epochs"] else "epoch", index)
    if index == request["fails_at"]:
        raise ArithmeticError("fails as asked")
    time.sleep(request["epoch_s"])
    return begin_s, time.monotonic()


def run(request, reporter):
    """Executes a request; the result."""
    from harness.worker import protocol
    from harness.worker.phases import permission

    reporter.before_epoch = permission(request["turns"])
    reporter.begin("compile")
    epochs = [epoch(index, request, reporter) for index in range(request["warmup_epochs"] + request["epochs"])]
    reporter.begin("done")
    return dict(dict.fromkeys(protocol.RESULT), parity={}, epochs=[], spans=epochs)


if __name__ == "__main__":
    sys.exit(runpy.run_path(WORKER)["main"](sys.argv[1:], run))
