"""Measures operations of K on one backend with pytest-benchmark, inside the backend's environment. Python 3.6 syntax.

usage: python -I runner.py --request FILE --events-fd N

The command line, the events and the endings of harness/worker/__main__.py. The request has backend, device, threads,
floatx and seed as harness/worker/protocol.py says, and

    packages      folder with pytest and pytest-benchmark, see requirements.in
    operations    names of those to measure: test_<name> in test_ops.py
    rounds        the least number of rounds of each
    max_time_s    how long each is measured, if that takes no fewer rounds
    min_time_s    the least length of a round: of short operations it has several calls
    json          file that pytest-benchmark writes; it is not made if nothing could be timed

The result has versions and settings as there, order, the operations as they ran, and failures, a list of
{operation, kind, message}. An operation is in the phase compile until its function exists, in parity while its values
are checked, in epoch while it is timed.
"""

import os
import runpy
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
WORKER = os.path.join(os.path.dirname(os.path.dirname(HERE)), "harness", "worker", "__main__.py")
CARRIED_THROUGH = (0, 1)  # exit codes of pytest: all tests passed, some failed


class PytestFailed(RuntimeError):
    """Pytest did not come to its end."""


def options(request):
    """The command line of pytest, beside pytest.ini."""
    settings = {
        "json": request["json"],
        "min-rounds": request["rounds"],
        "max-time": request["max_time_s"],
        "min-time": request["min_time_s"],
    }
    return [HERE] + ["--benchmark-%s=%s" % pair for pair in sorted(settings.items())]


def run(request, reporter):
    """Measures the operations; the result, less its phases."""
    from harness.worker.run import start_engine

    engine = start_engine(request)
    sys.path.insert(0, HERE)
    sys.path.append(request["packages"])  # behind the environment's own, which are those that runs have
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    import pytest
    from bench import Plugin

    plugin = Plugin(request, reporter)
    code = int(pytest.main(options(request), plugins=[plugin]))
    if code not in CARRIED_THROUGH:
        raise PytestFailed("pytest ended with exit code %d. Expected 0 or 1. Its output says why." % code)
    reporter.begin("done")
    return {
        "versions": engine.versions(),
        "settings": engine.settings(),
        "order": plugin.order,
        "failures": plugin.failures,
    }


if __name__ == "__main__":
    sys.exit(runpy.run_path(WORKER)["main"](sys.argv[1:], run))
