"""What the TensorFlow engine promises besides right numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.conformance.collected import answer, output_of


def test_tensorflow_makes_optimizer_steps_with_one_kernel_each():
    fused = answer("tensorflow", only="state-training-*").settings["fused_updates"]
    assert fused == 8, (
        "RMSprop with and without memory, Adadelta and Adam, on a product's weight and on rows of a table"
    )


def test_tensorflow_leaves_other_updates_as_they_are():
    assert answer("tensorflow", only="state-training*descent").settings["fused_updates"] == 0


def test_tensorflow_settings_say_what_is_in_force():
    settings = answer("tensorflow", only="neural-relu").settings
    assert settings["device"].endswith("CPU:0")
    assert settings["threads"] == 2
    assert settings["xla"] is False
    assert isinstance(settings["one_dnn"], bool)


def test_tensorflow_agrees_on_ctc_with_its_own_functions():
    told = json.loads(output_of(Path(__file__).parent / "native_ctc.py", "tensorflow").splitlines()[-1])
    native, ours = told["native"], told["ours"]
    np.testing.assert_allclose(ours["costs"], native["costs"], rtol=1e-5)
    for search in ("greedy", "beam"):
        (paths, scores), (native_paths, native_scores) = ours[search], native[search]
        assert paths == native_paths, search
        np.testing.assert_allclose(scores, native_scores, rtol=1e-5)
