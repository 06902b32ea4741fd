"""Memory of a plan: what is alive at one time does not overlap, what is not needed any more is used again."""

from __future__ import annotations

import importlib
import itertools

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines import registry
from harness.backends.engines.numpy.plan import execution
from harness.backends.engines.numpy.plan.storage import Room, bytes_of
from harness.workloads.modeling.training import Model

BATCH = {"mnist_mlp": 128, "mnist_cnn": 8, "imdb_lstm": 4}


def train_plan(name: str, monkeypatch: pytest.MonkeyPatch):
    """(plan, storage) of a workload's training step."""
    storages = []

    class Kept(execution.Storage):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            storages.append(self)

    monkeypatch.setattr(execution, "Storage", Kept)
    registry.use("numpy")
    declared = importlib.import_module(f"harness.workloads.{name}").WORKLOAD
    model = Model(declared, declared.editions["2015-12"], np.random.RandomState(1))
    function = model.train_function()
    function([np.zeros((BATCH[name], *tensor.shape[1:]), tensor.dtype) for tensor in model.inputs])
    (plan,) = next(iter(function.compiled.values())).plans.values()
    return plan, storages[-1]


def test_room_gives_the_first_gap_that_fits_and_joins_what_is_free():
    room = Room()
    first, second, third = (room.take(size) for size in (100, 64, 200))
    assert (first, second, third, room.size) == (0, 128, 192, 448)
    room.give(first, 100)
    assert room.take(150) == 448  # the gap has 128
    room.give(second, 64)
    assert room.take(150) == 0  # two gaps are one


@pytest.mark.parametrize("name", BATCH)
def test_values_alive_at_one_time_do_not_overlap(name, monkeypatch):
    _, storage = train_plan(name, monkeypatch)
    inside = {key[1] for key in storage.scratch if isinstance(key, tuple)}
    own = [value for value in storage.offsets if value not in inside]
    assert len(own) > 5
    for one, other in itertools.combinations(own, 2):
        births, deaths = ([table[value] for value in (one, other)] for table in (storage.births, storage.deaths))
        begins = [storage.offsets[value] for value in (one, other)]
        ends = [begin + bytes_of(value) for begin, value in zip(begins, (one, other), strict=True)]
        handed_over = deaths[0] == births[1] or deaths[1] == births[0]  # an elementwise node may write over its input
        if max(births) <= min(deaths) and not handed_over:
            assert ends[0] <= begins[1] or ends[1] <= begins[0], (one, other)


@pytest.mark.parametrize("name", BATCH)
def test_memory_is_used_again(name, monkeypatch):
    _, storage = train_plan(name, monkeypatch)
    assert storage.size < 0.7 * sum(bytes_of(value) for value in storage.births if storage.owns(value))


@pytest.mark.parametrize("name", BATCH)
def test_a_training_step_writes_every_weight_where_it_lies(name, monkeypatch):
    plan, _ = train_plan(name, monkeypatch)
    assert [array for array, _ in plan.updates if array.ndim] == []  # but for Adam's count, needed before the loop


def test_a_variable_that_is_read_later_is_not_written_early():
    registry.use("numpy")
    x, v = K.placeholder((2,)), K.variable([1.0, 2.0])
    function = K.function([x], [v * 1.0, K.exp(x)], [K.update(v, v + x), K.update(x0 := K.variable([0.0, 0.0]), v)])
    function([np.ones(2)])
    (plan,) = function.compiled[None].plans.values()
    assert len(plan.updates) == 2
    assert K.get_value(x0).tolist() == [1, 2]
    assert K.get_value(v).tolist() == [2, 3]
