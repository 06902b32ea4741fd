"""What libraries print when they start, and no user needs: kept off the standard streams where a user chose an engine.

`<backend>/startup_output.py`, where there is such a module, names it: `variables(device)`, environment variables that
keep a library silent; `WARNINGS`, regular expressions of modules whose warnings are dropped; `LINES`, those of lines on
standard error. HARNESS_LIBRARY_LOGS=1 lets everything through.
"""

import contextlib
import importlib
import importlib.util
import os
import re
import subprocess
import sys
import warnings

SHOW = "HARNESS_LIBRARY_LOGS"
PRESET = "1"  # of TF_CPP_MIN_LOG_LEVEL in the environments of `harness env`, for runs whose stderr is kept in a file
END = b"\0\n"


@contextlib.contextmanager
def kept_back(backend, device):
    """Meanwhile the noise of a backend's library is dropped; its environment variables stay set."""
    name = "harness.backends.engines.%s.startup_output" % backend
    if os.environ.get(SHOW) == "1" or importlib.util.find_spec(name) is None:
        yield
        return
    noise = importlib.import_module(name)
    for variable, value in noise.variables(device).items():
        if os.environ.get(variable, PRESET) == PRESET:
            os.environ[variable] = value
    with _without_warnings(noise.WARNINGS), _without_lines(noise.LINES):
        yield


@contextlib.contextmanager
def _without_warnings(modules):
    """Warnings that these modules raise are not shown."""
    if not modules:
        yield
        return
    with warnings.catch_warnings():
        for module in modules:
            warnings.filterwarnings("ignore", module=module)
        yield


@contextlib.contextmanager
def _without_lines(patterns):
    """What is written to descriptor 2 goes through another process, which drops lines.

    What a library says before it ends this one is shown so: that the processor lacks instructions, for example.
    """
    passer = _start(patterns) if patterns else None
    if passer is None:
        yield
        return
    process, own = passer
    sys.stderr.flush()
    os.dup2(process.stdin.fileno(), 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(own, 2)
        os.close(own)
        with contextlib.suppress(OSError):  # it has ended: there is nothing to wait for
            process.stdin.write(END)
            process.stdin.close()
        process.wait()


def _start(patterns):
    """(the process, a copy of descriptor 2); None where there can be none: the noise is shown then."""
    try:
        own = os.dup(2)
    except OSError:
        return None
    command = [sys.executable, "-I", "-S", os.path.abspath(__file__)] + list(patterns)
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=own, stderr=own), own
    except OSError:
        os.close(own)
        return None


def passed_on(read, patterns):
    """The lines that `read`, a function, gives one by one and that match none of the patterns, up to END."""
    dropped = [re.compile(pattern.encode()) for pattern in patterns]
    for line in iter(read, b""):
        text, end, _ = line.partition(END)
        if text and not any(pattern.match(text) for pattern in dropped):
            yield text
        if end:
            return


if __name__ == "__main__":
    for passed in passed_on(sys.stdin.buffer.readline, sys.argv[1:]):
        os.write(1, passed)
