"""The worker that measures what a device can do at most."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines import registry
from harness.backends.graph import flop_count
from harness.backends.graph.traversal import schedule
from harness.worker import peak, protocol, trainer


@pytest.fixture(autouse=True)
def numpy_engine():
    registry.use("numpy")
    K.set_floatx("float32")


class Call:
    """A function that takes as long as its size says."""

    def __init__(self, size: float) -> None:
        self.size = size


@pytest.fixture
def clock(monkeypatch):
    """Calls of Call take their size in seconds, and are written down."""
    made = []

    def seconds(call, arrays):
        made.append(call.size)
        return call.size

    monkeypatch.setattr(trainer, "seconds", seconds)
    return made


def test_peak_takes_the_first_size_whose_calls_are_long_enough(clock):
    size, call_s = peak.measured(Call, (0.001, 0.01, 0.06, 0.2))
    assert size == 0.06
    assert set(call_s) == {0.06}
    assert sum(call_s) - 0.06 < peak.SPENT_S <= sum(call_s)


def test_peak_makes_several_calls_of_the_last_size_however_long_they_are(clock):
    size, call_s = peak.measured(Call, (0.001, 30.0))
    assert (size, call_s) == (30.0, [30.0] * peak.LEAST_CALLS)


def test_peak_leaves_out_the_first_call_which_may_compile(clock):
    _, call_s = peak.measured(Call, (0.1,))
    assert len(clock) == len(call_s) + 2


@pytest.fixture
def compiled(monkeypatch):
    """The (variable, new value) of each function that is made."""
    given = []

    def function(inputs, outputs, updates=()):
        assert not inputs and not outputs
        given.extend(updates)

    monkeypatch.setattr(K, "function", function)
    return given


def test_peak_counts_the_operations_that_a_call_asks_for(compiled):
    peak.products(16)
    assert flop_count.count([compiled[0][1]]) == peak.PRODUCTS * 2 * 16**3


def test_peak_reads_the_matrix_as_often_as_it_counts(compiled, monkeypatch):
    monkeypatch.setattr(peak, "READ_ROWS", 32)
    peak.reads(K.zeros((32, 32)), 7)
    assert flop_count.count([compiled[0][1]]) == 7 * 2 * 32**2


def test_products_stay_finite_and_do_not_vanish(monkeypatch):
    states = []
    monkeypatch.setattr(K, "update", lambda variable, new: states.append(variable) or (variable, new))
    call = peak.products(64)
    for _ in range(100):
        call([])
    assert 1e-6 < np.abs(K.get_value(states[0])).max() < 1e6


def test_every_call_begins_with_what_the_one_before_ended_with(compiled, monkeypatch):
    monkeypatch.setattr(peak, "READ_ROWS", 32)
    peak.products(8)
    peak.reads(K.zeros((32, 32)), 2)
    assert len(compiled) == 2
    for state, new in compiled:
        assert state.operation in schedule([new])
        assert state.shape == new.shape


@pytest.mark.parametrize("floatx", ["float32", "float64"])
def test_worker_measures_a_peak(tmp_path: Path, floatx: str):
    request = {"schema": protocol.SCHEMA, "backend": "numpy", "device": "cpu", "threads": 1, "floatx": floatx}
    (tmp_path / "request.json").write_text(json.dumps(request))
    reader, writer = os.pipe()
    command = [sys.executable, "-I", peak.__file__, "--request", tmp_path / "request.json", "--events-fd", str(writer)]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.PIPE, text=True) as process:
        os.close(writer)
        with os.fdopen(reader) as stream:
            events = [protocol.decode(line) for line in stream]
        _, stderr = process.communicate()
    assert process.returncode == 0, stderr
    result = events[-1]["result"]
    assert set(result) == {"peak", "versions", "settings", "phases"}
    found = result["peak"]
    assert set(found) == set(protocol.PEAK)
    assert found["dtype"] == floatx
    best, median = min(found["gemm_call_s"]), np.median(found["gemm_call_s"])
    work = peak.PRODUCTS * 2 * found["gemm_rows"] ** 3
    assert found["gemm_flops_per_s"] == pytest.approx(work / best)
    assert found["gemm_median_flops_per_s"] == pytest.approx(work / median)
    # one read of the matrix takes no less than a megabyte a second and no more than all caches together give
    matrix_bytes = found["bandwidth_rows"] ** 2 * np.dtype(floatx).itemsize
    assert matrix_bytes >= 2**28
    times = found["bandwidth_bytes_per_s"] * min(found["bandwidth_call_s"]) / matrix_bytes
    assert times == pytest.approx(min(peak.READS, key=lambda reads: abs(reads - times)), rel=1e-3)
