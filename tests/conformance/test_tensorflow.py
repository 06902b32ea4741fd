"""What the TensorFlow engine promises besides right numbers."""

from __future__ import annotations

from collected import answer


def test_tensorflow_makes_optimizer_steps_with_one_kernel_each():
    fused = answer("tensorflow", "--only", "state-training-*").settings["fused_updates"]
    assert fused == 8, (
        "RMSprop with and without memory, Adadelta and Adam, on a product's weight and on rows of a table"
    )


def test_tensorflow_leaves_other_updates_as_they_are():
    assert answer("tensorflow", "--only", "state-training*descent").settings["fused_updates"] == 0


def test_tensorflow_settings_say_what_is_in_force():
    settings = answer("tensorflow", "--only", "neural-relu").settings
    assert settings["device"].endswith("CPU:0")
    assert settings["threads"] == 2
    assert settings["xla"] is False
    assert isinstance(settings["one_dnn"], bool)
