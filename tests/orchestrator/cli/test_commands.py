"""The command line answers mistakes with a sentence and the right exit code."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from harness.orchestrator.cli import main, run, verdict_options
from harness.orchestrator.core.errors import ConfigError, HarnessError
from harness.orchestrator.environments.description import specification
from tests.orchestrator.sample_records import broken, sample


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--backend", "tensorlow"], "Did you mean tensorflow?"),
        (["run", "--workload", "mnist_mpl"], "Did you mean mnist_mlp?"),
        (["run", "--device", "gpuu"], "Did you mean gpu?"),
        (["run", "--data", "digit"], "Did you mean digits?"),
        (["run", "--config", "smok"], "Did you mean smoke?"),
        (["run", "--threads", "100000"], "Expected 1 to"),
        (["run", "--epochs", "0"], "Received epochs=0."),
        (["run", "--bakend", "numpy"], "--bakend"),
        (["run", "--epochs", "x"], "'x' is not a valid integer"),
        (["report", "no-such-session"], "0 sessions match"),
        (["report", "--metrics", "step_p95"], "Did you mean step_p95_s?"),
        (["run", "--metrics", "inference_latency_p50"], "Did you mean inference_latency_p50_s?"),
        (["ab", "--b", "THREADS=1", "--metrics", "step_p5_s"], "Did you mean step_p"),
        (["frobnicate"], "No such command 'frobnicate'"),
    ],
)
def test_mistake_is_answered_without_traceback(capsys: pytest.CaptureFixture, arguments: list[str], words: str) -> None:
    assert main.execute(arguments) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", [[], ["run"], ["report"], ["ops"], ["exec"], ["shell"], ["env"], ["doctor"]])
def test_every_command_has_help(capsys: pytest.CaptureFixture, command: list[str]) -> None:
    assert main.execute([*command, "--help"]) == 0
    assert "Usage: harness" in capsys.readouterr().out


def test_failure_ends_with_its_own_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(arguments: list[str], **settings: object) -> None:
        raise ConfigError("what happened")

    monkeypatch.setattr(main.cli, "main", fail)
    assert main.execute([]) == ConfigError.exit_code == 2


HEAVY = {
    "filelock", "matplotlib", "numpy", "pandas", "pooch", "psutil", "pydantic", "requests", "rich", "ruamel",
    "ruptures", "scipy", "sklearn"
}  # fmt: skip


@pytest.mark.parametrize("command", [[], *([name] for name in main.COMMANDS), ["env", "list"]], ids=" ".join)
def test_help_imports_nothing_heavy(command: list[str]) -> None:
    program = (
        f"import sys\nfrom harness.orchestrator.cli import main\ncode = main.execute({[*command, '--help']})\n"
        f"sys.exit(code or ', '.join(sorted({HEAVY} & set(sys.modules))) or 0)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "Usage: harness" in answer.stdout


def test_list_of_commands_imports_none_of_them() -> None:
    program = (
        "import sys\nfrom harness.orchestrator.cli import main\nmain.execute(['-h'])\n"
        "places = {'harness.orchestrator.cli.' + one.place.partition(':')[0] for one in main.COMMANDS.values()}\n"
        "sys.exit(', '.join(places & set(sys.modules)) or 0)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("name", main.COMMANDS)
def test_list_of_commands_says_what_each_command_says(name: str) -> None:
    listed = main.COMMANDS[name]
    assert listed.load().name == name
    assert listed.load().help.partition("\n\n")[0].replace("\n", " ") == listed.summary


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ([], None),
        (["--backend", "cntk,numpy"], ["cntk", "numpy"]),
        (["--backend", "cntk", "--backend", "numpy"], ["cntk", "numpy"]),
        (["--backend", "cntk, numpy", "--backend", "cntk,theano"], ["cntk", "numpy", "theano"]),
    ],
)
def test_lists_add_up(given: list[str], asked: list[str] | None) -> None:
    for name in ("run", "ab", "check", "noise", "history", "conformance", "ops"):
        needed = ["--baseline", "HEAD"] if name == "check" else []
        context = main.COMMANDS[name].load().make_context(name, [*given, *needed])
        assert context.params["backends"] == asked


def test_every_list_may_be_repeated() -> None:
    """No option takes a list and silently keeps the last one given."""
    for name, listed in main.COMMANDS.items():
        for option in listed.load().params:
            if "," in (option.make_metavar(click.Context(listed.load())) or ""):
                assert option.multiple, (name, option.name)


OK = sample("cntk", "mnist_mlp")
UNSUPPORTED = broken("theano", "mnist_mlp", "unsupported", "no interpreter")
FAILED = broken("theano", "mnist_mlp", "failed", "crash")


@pytest.mark.parametrize(
    ("records", "code"),
    [([OK], 0), ([OK, UNSUPPORTED], 0), ([OK, FAILED], 1), ([FAILED], 1), ([FAILED, UNSUPPORTED], 1)],
)
def test_exit_code_tells_how_the_runs_went(records: list[dict], code: int) -> None:
    assert run.exit_code(records, ["cntk"], require_all=False) == code


@pytest.mark.parametrize("records", [[UNSUPPORTED], []])
def test_exit_code_is_five_when_nothing_ran(records: list[dict]) -> None:
    with pytest.raises(HarnessError) as caught:
        run.exit_code(records, ["cntk"], require_all=False)
    assert caught.value.exit_code == 5


@pytest.mark.parametrize(
    ("records", "backends", "words"),
    [
        ([OK], ["cntk"], "theano has no row"),
        ([OK, UNSUPPORTED], ["cntk", "theano"], "theano-mnist_mlp-cpu-2t-tuned-r1 is unsupported"),
        ([OK, FAILED], ["cntk", "theano"], "is failed"),
        ([], ["cntk", "theano"], "Received no case."),
    ],
)
def test_require_all_names_what_is_wanting(
    monkeypatch: pytest.MonkeyPatch, records: list[dict], backends: list[str], words: str
) -> None:
    monkeypatch.setattr(specification, "known_backends", lambda: ["cntk", "theano"])
    with pytest.raises(HarnessError, match=words):
        run.exit_code(records, backends, require_all=True)


def test_require_all_is_content_with_all_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(specification, "known_backends", lambda: ["cntk", "theano"])
    assert run.exit_code([OK, sample("theano", "mnist_mlp")], ["cntk", "theano"], require_all=True) == 0


@pytest.mark.parametrize(
    ("given", "metrics", "measured"),
    [
        (None, ["inference_samples_per_s"], True),
        (None, ["epoch_s"], None),
        (None, None, None),
        (False, ["inference_samples_per_s"], False),
    ],
)
def test_inference_is_measured_where_a_metric_of_it_is_judged(
    given: bool | None, metrics: list[str] | None, measured: bool | None
) -> None:
    options = verdict_options.with_inference({"inference": given, "epochs": None}, metrics)
    assert options == {"inference": measured, "epochs": None}
