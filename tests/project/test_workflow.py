"""The workflow for GitHub is valid by GitHub's own schema, and what it calls exists."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import click
import pytest
from ruamel.yaml import YAML

from harness.orchestrator.cli.main import cli
from harness.orchestrator.core.paths import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "regression.yml"


def scripts() -> list[str]:
    """What its steps run, each command on one line."""
    steps = YAML(typ="safe").load(WORKFLOW)["jobs"]["check"]["steps"]
    return [step["run"].replace("\\\n", " ") for step in steps if "run" in step]


def calls() -> list[list[str]]:
    """The arguments of every call of harness."""
    found = [call for script in scripts() for call in re.findall(r"\.venv/bin/harness (.*?)(?:\|\||$)", script, re.M)]
    measured = YAML(typ="safe").load(WORKFLOW)["env"]["MEASURED"]
    return [shlex.split(call.replace("$MEASURED", measured)) for call in found]


def test_workflow_is_valid() -> None:
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(WORKFLOW)]
    answer = subprocess.run(checker, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_workflow_checks_and_runs() -> None:
    assert [call[0] for call in calls()] == ["check", "check", "check", "check", "run"]


@pytest.mark.parametrize("call", calls(), ids=" ".join)
def test_workflow_calls_commands_with_options_that_they_have(call: list[str]) -> None:
    command = cli.get_command(click.Context(cli), call[0])
    command.make_context(call[0], call[1:])


def test_workflow_runs_targets_that_the_makefile_has() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    called = {word for script in scripts() for word in re.findall(r"make ([a-z]+)", script)}
    assert called
    assert called <= targets


@pytest.mark.parametrize("script", scripts())
def test_workflow_scripts_are_shell(script: str) -> None:
    answer = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
