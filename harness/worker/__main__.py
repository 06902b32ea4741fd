"""The worker's command line: one request in, events out; see protocol.py."""

import argparse
import json
import os
import runpy
import sys
import time
import traceback


def parse(arguments):
    """The command line of a worker."""
    parser = argparse.ArgumentParser(prog="harness.worker", description="Runs one case once.")
    parser.add_argument("--request", required=True, help="file with the request, JSON")
    parser.add_argument("--events-fd", type=int, required=True, help="file descriptor that events are written to")
    return parser.parse_args(arguments)


def of_case(request, reporter):
    """What a worker is there for."""
    from harness.worker import interleaving
    from harness.worker.run import run

    if request["turns"]:
        interleaving.join(reporter, request["turns"])
    return run(request, reporter)


def main(arguments, run=of_case):
    """Runs the request with `run`; the exit code."""
    began_s = time.monotonic()
    options = parse(arguments)
    runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "bootstrap.py"))["install"]()
    from harness.worker.phases import Reporter

    reporter = Reporter(os.fdopen(options.events_fd, "w", buffering=1))
    try:
        reporter.hello(began_s)
        reporter.begin("import", at_s=began_s)
        with open(options.request) as file:
            request = json.load(file)
        reporter.result(run(request, reporter))
    except Exception as error:
        reporter.error(type(error).__name__, str(error), traceback.format_exc())
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
