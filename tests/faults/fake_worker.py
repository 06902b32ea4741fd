"""A worker that misbehaves as its request asks: `workload` names the function."""

import argparse
import ctypes
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import zlib
from pathlib import Path

arguments = argparse.ArgumentParser()
arguments.add_argument("--request", type=Path)
arguments.add_argument("--events-fd", type=int)
OPTIONS = arguments.parse_args()
OPTIONS.request = OPTIONS.request.resolve()  # a link, where the layout is drawn
REQUEST = json.loads(OPTIONS.request.read_text())
SCHEMA = REQUEST.get("schema")
PARITY = {
    "places": 1, "offset": 0, "steps": [], "deviations": {"loss": 2e-7, "gradient_norms": 3e-6},
    "tolerance": {"loss": 1e-5, "gradient_norms": 1e-4},
}  # fmt: skip


def send(event, **content):
    line = json.dumps({"event": event, "t_s": time.monotonic(), **content})
    os.write(OPTIONS.events_fd, line.encode() + b"\n")


def hello():
    send("hello", schema=SCHEMA, pid=os.getpid(), python="3")


def phase(name, index=None):
    send("phase", phase=name, index=index)


def epoch(index, loss=0.5):
    return {
        "index": index, "warmup": False, "train_s": 2.0, "validation_s": 0.5, "total_s": 2.5, "step_s": [1.0, 1.0],
        "loss": loss, "accuracy": 0.8, "val_loss": 0.6, "val_accuracy": 0.75, "validation_step_s": [0.5],
    }  # fmt: skip


def answer(loss=0.5, parity=PARITY):
    return {
        "versions": {"python": "3", REQUEST["backend"]: "1.2"}, "settings": {"threads": 2}, "batch_size": 128,
        "parameters": 10, "samples": {"train": 256, "test": 128}, "phases": [], "build_s": 0.1, "compile_s": 0.6,
        "first_epoch_s": 3.0, "epochs": [epoch(0, loss)], "epoch_s": 2.0, "epoch_2015_s": 2.5, "samples_per_s": 128.0,
        "max_rss_bytes": 1000, "parity": parity, "flops": {"train_per_sample": 60.0, "evaluation_per_sample": 20.0},
        "harness_step_s": 5e-6, "engine_call_s": 0.9,
    }  # fmt: skip


def result(loss=0.5, parity=PARITY):
    send("result", result=answer(loss, parity))


def good():
    hello()
    phase("import")
    print("printed by a library")
    phase("parity")
    send("parity", parity=PARITY)
    phase("epoch", 0)
    send("progress", phase="epoch", index=0, step=1, steps=2)
    phase("done")
    result()


def scattering():
    """Takes TIMES as long as good, and longer once there is a file `slower`, give or take 0.3 %."""
    slower = 1.3 if Path(os.environ["COMPILED"]).with_name("slower").exists() else 1.0
    take(slower * float(os.environ.get("TIMES", "1")) * random.gauss(1, 0.003))


def swaying():
    """Takes half as long again as good in every other run; SWAYS, 0 or 1, says in which."""
    counted = Path(os.environ["COMPILED"]).with_name(f"sways-{os.environ['SWAYS']}")
    before = len(counted.read_text()) if counted.exists() else 0
    counted.write_text("." * (before + 1))
    take(1.5 if before % 2 == int(os.environ["SWAYS"]) else 1.0)


def take(scale):
    """So many times as long, and as much memory, as good."""
    hello()
    phase("epoch", 0)
    timed = answer()
    for key in ("compile_s", "first_epoch_s", "epoch_s", "epoch_2015_s", "max_rss_bytes"):
        timed[key] *= scale
    for each in timed["epochs"]:
        each["train_s"] *= scale
    send("result", result=timed)


def layout():
    """All that a side could differ in without anybody wanting it: lengths, numbers of things, descriptors."""
    variables = Path("/proc/self/environ").read_bytes()
    return {
        "arguments": [len(argument) for argument in sys.argv],
        "code": len(__file__),
        "variables": variables.count(b"\0"),
        "variables_bytes": len(variables),
        "descriptors": sorted(int(path.name) for path in Path("/proc/self/fd").iterdir()),
    }


def laid_out():
    """Takes as much memory as its layout has it, up to twice as much as another one."""
    hello()
    timed = answer()
    timed["settings"]["layout"] = layout()
    timed["max_rss_bytes"] = 10**6 + zlib.crc32(json.dumps(layout()).encode()) % 10**6
    send("result", result=timed)


def missing_out():
    """Fails where TIMES is set."""
    (failing if "TIMES" in os.environ else scattering)()


def failing():
    hello()
    phase("build")
    sys.exit(3)


def noop():
    segfault() if REQUEST["seed"] == 13 else good()


def compiling():
    module = Path(os.environ["COMPILED"]) / ("%s.so" % REQUEST["backend"])
    module.parent.mkdir(exist_ok=True)
    module.touch()
    good()


def not_finite():
    hello()
    phase("epoch", 0)
    result(loss=None)


def not_equal():
    hello()
    phase("parity")
    send("parity", parity={**PARITY, "deviations": {"loss": 0.25, "gradient_norms": None}})
    message = "the first steps are not those of NumPy in float64"
    send("error", phase="parity", kind="NotEqual", message=message, traceback="...")
    sys.exit(1)


def unproved():
    hello()
    result(parity={**PARITY, "deviations": {"loss": None}})


def left_out():
    hello()
    send("result", result={**answer(), "samples": {"train": 257, "test": 128}})


def segfault():
    hello()
    phase("compile")
    ctypes.string_at(0)


def killed():
    hello()
    phase("epoch", 1)
    os.kill(os.getpid(), signal.SIGKILL)


def silent():
    hello()
    phase("compile")
    time.sleep(600)


def deaf():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    silent()


def chatty():
    hello()
    phase("epoch", 0)
    while True:
        send("progress", phase="epoch", index=0, step=1, steps=2)
        time.sleep(0.01)


def printing():
    hello()
    phase("warmup")
    while True:
        os.write(2, b"spam " * 20000 + b"\n")


def grandchild():
    hello()
    phase("epoch", 0)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], pass_fds=(OPTIONS.events_fd,))
    OPTIONS.request.with_name("grandchild.pid").write_text(str(child.pid))
    result()


def escaped_grandchild():
    hello()
    phase("epoch", 0)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    OPTIONS.request.with_name("grandchild.pid").write_text(str(child.pid))
    time.sleep(2.5)
    result()


def torn():
    hello()
    phase("data")
    os.write(OPTIONS.events_fd, b'{"event": "resu')


def rubbish():
    hello()
    os.write(OPTIONS.events_fd, b"I am no JSON\n")
    time.sleep(600)


def unknown_phase():
    hello()
    phase("lunch")
    time.sleep(600)


def other_schema():
    send("hello", schema=99, pid=os.getpid(), python="3")
    time.sleep(600)


def earlier_schema():
    """What a worker of the revision before `inference` does."""
    send("hello", schema=3, pid=os.getpid(), python="3")
    earlier = answer()
    for key in ("harness_step_s", "engine_call_s"):
        del earlier[key]
    send("result", result=earlier)


def too_early_schema():
    send("hello", schema=2, pid=os.getpid(), python="3")
    time.sleep(600)


def unproved_inference():
    hello()
    phase("inference")
    send("result", result=dict(answer(), inference={"deviation": None, "tolerance": 1e-5}))


def incomplete_result():
    hello()
    send("result", result={"epochs": []})


def no_result():
    hello()
    phase("build")
    sys.exit(3)


def mute():
    sys.exit(0)


def huge_stderr():
    hello()
    phase("import")
    for number in range(200000):
        sys.stderr.write("line %d of many that a library prints\n" % number)
    sys.exit(1)


def exception():
    hello()
    phase("build")
    send("error", phase="build", kind="ShapeMismatch", message="dot: inner\ndimensions differ", traceback="...")
    sys.exit(1)


def unsupported():
    hello()
    send("error", phase="build", kind="UnsupportedOperation", message="ctc: not here", traceback="...")
    sys.exit(1)


def memory_error():
    hello()
    send("error", phase="epoch", kind="MemoryError", message="cannot allocate", traceback="...")
    sys.exit(1)


def crash_after_result():
    good()
    os.kill(os.getpid(), signal.SIGSEGV)


def hang_after_result():
    good()
    time.sleep(600)


def variables():
    hello()
    phase("import")
    print(json.dumps(dict(os.environ)))
    print(json.dumps(sorted(os.sched_getaffinity(0))))
    result()


def memory():
    hello()
    phase("epoch", 0)
    block = bytearray(200 * 2**20)
    block[::4096] = b"x" * len(block[::4096])
    result()


def slow():
    hello()
    phase("epoch", 0)
    OPTIONS.request.with_name("%s.pid" % REQUEST["workload"]).write_text(str(os.getpid()))
    time.sleep(600)


def turning():
    """Waits before each epoch, as an interleaved worker; waits for ever in its second while there is a file `stuck`."""
    hello()
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(REQUEST["turns"])
    for index in range(3):
        connection.sendall(b".")
        connection.recv(1)
        phase("epoch", index)
        if index == 1 and Path(os.environ["COMPILED"]).with_name("stuck").exists():
            OPTIONS.request.with_name("turning.pid").write_text(str(os.getpid()))
            time.sleep(600)
    result()


def slow_once():
    good() if OPTIONS.request.with_name("slow_once.pid").exists() else slow()


globals()[REQUEST["workload"]]()
