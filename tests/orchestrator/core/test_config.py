"""Configurations: what they mean, and what is said of a mistake in one."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.orchestrator.core.config import Config, amount, find_config, load_config
from harness.orchestrator.core.declared_workloads import declared_workloads
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.core.paths import CONFIGS
from harness.orchestrator.environments.description import specification
from harness.orchestrator.sessions.schedule import check_known

BASIC = "backends: [numpy]\nworkloads: [mnist_mlp]\n"


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    return tmp_path / "mine.yaml"


def mistake(path: Path, text: str, **overrides: object) -> str:
    """What is said of a configuration."""
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(str(path), overrides)
    assert caught.value.exit_code == 2
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BASIC + "epoch: 3\n", "unknown key. Expected one of backends, workloads,"),
        (BASIC + "epoch: 3\n", "Received key='epoch'. Did you mean epochs?"),
        (BASIC + "limits: {wal_s: 3}\n", "unknown key in limits. Expected one of wall_s, silence_s,"),
        (BASIC + "workload_settings: {mnist_mlp: {epoch: 3}}\n", "unknown key in workload_settings.mnist_mlp."),
        (BASIC + "limits: {phases_s: {lunch: 3}}\n", "limits.phases_s.lunch is invalid."),
        (BASIC + "epochs: many\n", "Received epochs='many'."),
        (BASIC + "epochs: 0\n", "Received epochs=0."),
        (BASIC + "rounds: 0\n", "rounds is invalid. Expected a whole number, 1 or more, or auto. Received rounds=0."),
        (BASIC + "rounds: many\n", "rounds is invalid. Expected a whole number, 1 or more, or auto. Received"),
        (BASIC + "rounds: 1.5\n", "Received rounds=1.5."),
        (BASIC + "threads: [1, 0]\n", "threads.1 is invalid. Input should be greater than or equal to 1."),
        (BASIC + "threads: []\n", "threads is invalid. List should have at least 1 item"),
        (BASIC + "batch_size: [32, many]\n", "Received batch_size.1='many'."),
        (BASIC + "batch_size: 1.5\n", "batch_size is invalid. Input should be a valid list. Received batch_size=1.5."),
        (BASIC + "profiles: [fast]\n", "Input should be 'stock' or 'tuned'."),
        (BASIC + BASIC, "duplicate key"),
        ("backends: [numpy]\n", "workloads is invalid. Field required."),
        ("backend: [numpy]\n", "Received key='backend'. Did you mean backends?"),
        ("backends: []\nworkloads: [mnist_mlp]\n", "backends is invalid."),
        ("- a\n", "Expected a mapping. Received list."),
        ("", "Expected a mapping. Received NoneType."),
        ("a: [\n", "Expected YAML."),
    ],
)
def test_config_mistake_is_named(config_file: Path, text: str, words: str) -> None:
    said = mistake(config_file, text)
    assert words in said
    assert said.startswith(str(config_file))


def test_config_mistake_on_the_command_line_is_named_so(config_file: Path) -> None:
    assert mistake(config_file, BASIC, epochs=0).startswith("command line: epochs")


def test_config_file_that_is_absent_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean smoke"):
        find_config("configs/smok.yaml")


def test_options_override_the_file(config_file: Path) -> None:
    config_file.write_text(BASIC + "epochs: 7\nseed: 5\n")
    config = load_config(str(config_file), {"epochs": 2, "seed": None, "backends": ["theano"]})
    assert (config.epochs, config.seed, config.backends) == (2, 5, ["theano"])


def test_options_override_special_settings_too(config_file: Path) -> None:
    config_file.write_text(BASIC + "data_settings: {digits: {epochs: 20, train_samples: 10}}\n")
    config = load_config(str(config_file), {"epochs": 2})
    assert amount(config, "epochs", "mnist_mlp", "digits") == 2
    assert amount(config, "train_samples", "mnist_mlp", "digits") == 10


def test_amount_takes_the_most_special_setting() -> None:
    special = {"digits": {"epochs": 20}}
    config = Config(
        backends=["numpy"],
        workloads=["a", "b"],
        epochs=3,
        workload_settings={"a": {"epochs": 5}},
        data_settings=special,
    )
    assert [amount(config, "epochs", *place) for place in (("a", "digits"), ("a", "mnist"), ("b", "mnist"))] == [
        20,
        5,
        3,
    ]
    assert amount(config, "train_samples", "a", "mnist") is None


def test_a_single_number_is_a_sweep_of_one(config_file: Path) -> None:
    config_file.write_text(BASIC + "threads: 2\nbatch_size: 64\n")
    config = load_config(str(config_file), {"batch_size": ["32", "128"]})
    assert (config.threads, config.batch_size) == ([2], [32, 128])
    assert load_config(str(config_file), {}).batch_size == [64]


def test_amount_keeps_a_zero() -> None:
    config = Config(backends=["numpy"], workloads=["a"], workload_settings={"a": {"warmup_epochs": 0}})
    assert amount(config, "warmup_epochs", "a", "mnist") == 0


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_config_names_only_what_exists(path: Path) -> None:
    check_known(load_config(str(path), {}), specification.known_backends(), declared_workloads())


@pytest.mark.parametrize("name", ["smoke", "quick", "full"])
def test_shipped_config_covers_every_backend_and_the_workloads_of_2015(name: str) -> None:
    config = load_config(name, {})
    assert set(config.backends) == set(specification.known_backends())
    assert set(config.workloads) == {"mnist_mlp", "imdb_lstm", "mnist_cnn"}
