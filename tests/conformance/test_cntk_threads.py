"""The real CNTK on two threads: what opens regions for them, what both compute, and that the two ways go together."""

from __future__ import annotations

import functools
import json
import subprocess

import pytest
from collected import ROOT, backends, environment

from harness.orchestrator.process import worker_variables

pytestmark = pytest.mark.skipif("cntk" not in backends(), reason="other backends were asked for")

SCRIPT = """
import json, runpy, sys
runpy.run_path(sys.argv[1])["install"]()
import numpy as np
from harness.backends import active, api as K
engine = active.use("cntk", "cpu", 2)
rng = np.random.RandomState(1)

def called(build, *shapes):
    # forward, and its gradient
    xs = [K.placeholder(shape) for shape in shapes]
    y = build(*xs)
    arrays = [rng.rand(*shape).astype("float32") for shape in shapes]
    for wanted in ([y], K.gradients(K.sum(K.square(y)), xs)):
        function = K.function(xs, wanted)
        for _ in range(3):
            assert all(np.isfinite(value).all() for value in function(arrays))

def works(build):
    # of all stages that are made: (regions, whether both threads compute it)
    found, original = [], engine.placed
    def placed(work, *more):
        placement = original(work, *more)
        found.append((work.regions, placement.for_all))
        return placement
    engine.placed = placed
    build()
    del engine.placed
    return found

def many_rows():
    # of (8, rows, 3) and (rows, 2)
    cases = {
        "slice": lambda rows: called(lambda x: x[:, :, :2], (8, rows, 3)),
        "stride": lambda rows: called(lambda x: x[:, ::2], (8, rows, 3)),
        "concatenate": lambda rows: called(lambda x: K.concatenate([x, x * 2], 2), (8, rows, 3)),
        "repeat_elements": lambda rows: called(lambda x: K.repeat_elements(x, 3, 1), (8, rows, 3)),
        "tile": lambda rows: called(lambda x: K.tile(x, (1, 1, 2)), (8, rows, 3)),
        "temporal_padding": lambda rows: called(lambda x: K.temporal_padding(x, 2), (8, rows, 3)),
        "transpose": lambda rows: called(lambda x: K.permute_dimensions(x, (1, 0, 2)), (8, rows, 3)),
        "resize_images": lambda rows: called(lambda x: K.resize_images(x, 2, 2, "tf"), (8, rows // 16, 16, 3)),
        "resize_volumes": lambda rows: called(lambda x: K.resize_volumes(x, 2, 2, 2, "tf"), (2, rows // 4, 4, 2, 2)),
        "a shared row": lambda rows: called(lambda x, y: x * y, (rows, 2), (1, 2)),
        "a shared column": lambda rows: called(lambda x, y: x - y, (8, rows, 3), (8, 1, 3)),
        "sum": lambda rows: called(lambda x: K.sum(x, axis=0), (rows, 2)),
        "mean": lambda rows: called(lambda x: K.mean(x, axis=1), (8, rows, 3)),
    }
    def regions(case, rows):
        return sum(regions for regions, _ in works(lambda: case(rows)))
    return {name: [regions(case, rows) for rows in (2048, 4096)] for name, case in cases.items()}

def convolution(batch, channels, size, filters):
    kernel = K.variable(rng.rand(filters, channels, 3, 3))
    called(lambda x: K.conv2d(x, kernel, border_mode="same", dim_ordering="th"), (batch, channels, size, size))

def recurrence(units, samples, times):
    weights = K.variable(rng.rand(units, units) / units)
    def step(x, states):
        h = K.tanh(x + K.dot(states[0], weights))
        return h, [h]
    called(lambda x: K.rnn(step, x, [K.zeros((samples, units))])[0], (samples, times, units))

def both_ways():
    # MKL's convolutions in any order, between what is computed on one thread
    for each in ((2, 3, 6, 8), (32, 16, 32, 16), (2, 3, 6, 8), (2, 128, 7, 64)):
        convolution(*each)
        recurrence(16, 4, 5)
        called(lambda x: K.pool2d(x, (2, 2), (2, 2), dim_ordering="th"), (2, 3, 8, 8))
    return True

print(json.dumps(eval(sys.argv[2])))
"""


@functools.cache
def answer(question: str):
    """What the script answers in CNTK's own interpreter."""
    found = environment("cntk")
    bootstrap = ROOT / "harness" / "worker" / "bootstrap.py"
    command = [str(found.python), "-I", "-c", SCRIPT, str(bootstrap), question]
    variables = worker_variables(found.variables("tuned", 2))
    ended = subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


def test_regions_of_no_composite_grow_as_its_rows_do():
    """Those of a sum grow with the root of their number."""
    found = answer("many_rows()")
    assert {name: (few, many) for name, (few, many) in found.items() if many > 1.5 * few} == {}


@pytest.mark.parametrize(
    "build, on_both",
    [
        ("recurrence(32, 32, 20)", False),
        ("recurrence(256, 32, 20)", True),
        ("convolution(2, 3, 6, 8)", True),
        ("called(K.tanh, (4, 5))", False),
        ("called(K.tanh, (700, 700))", True),
    ],
)
def test_what_is_worth_it_is_computed_on_both_threads(build, on_both):
    assert any(both for _, both in answer(f"works(lambda: {build})")) is on_both


def test_convolutions_on_both_threads_and_all_else_on_one_go_together_in_any_order():
    assert answer("both_ways()")
