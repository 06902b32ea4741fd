"""The console command `harness`.

Exit codes: 0 all well; 1 a run, case or operation is not ok, or one is missing with --require-all; 2 invalid command,
configuration or name; 3 something is slower, as fresh runs confirmed; 4 nothing could be
compared, or less than before; 5 nothing could be measured or stored; 130 ended by Ctrl-C. `exec` and
`shell` end with the code of the Python that they start, and with 5 if its environment is unavailable.
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass

import click

from harness import __version__
from harness.orchestrator.cli.answer import Answer
from harness.orchestrator.core.errors import HarnessError
from harness.orchestrator.core.working_line import end_working, working

INTERRUPTED = 130
HERE = "harness.orchestrator.cli"


@dataclass(frozen=True)
class Listed:
    """A command: where it is defined, imported when it is called, and the first sentence of its help."""

    place: str
    summary: str

    def load(self) -> click.Command:
        module, attribute = self.place.split(":")
        return getattr(importlib.import_module(f"{HERE}.{module}"), attribute)


COMMANDS = {
    "run": Listed(
        "run:run",
        "Run every case of a configuration, each in a fresh process, and print the table and the ranking.",
    ),
    "compare": Listed("compare:compare_command", "Compare stored runs: each of B, C, ... against A."),
    "ab": Listed(
        "ab:ab_command",
        "Measure two variants of the same cases interleaved, and say which is faster, with the confidence interval.",
    ),
    "check": Listed(
        "check:check_command",
        "Measure, compare with a baseline, and fail if anything is slower, as fresh runs confirm.",
    ),
    "noise": Listed(
        "noise:noise_command",
        "Run every case against itself, and store how large a difference between two sides chance makes: the noise "
        "floor.",
    ),
    "report": Listed(
        "report:report_command",
        "Render sessions, folders or record files again; the latest session if none is named.",
    ),
    "history": Listed(
        "history:history_command",
        "Show the trend of each case over the stored sessions, and where and by how much it changed.",
    ),
    "conformance": Listed(
        "conformance:conformance_command",
        "Run the conformance suite and print which functions of K each backend computes correctly.",
    ),
    "ops": Listed(
        "ops:ops_command",
        "Time operations of K on every backend with pytest-benchmark, and print them side by side.",
    ),
    "exec": Listed(
        "exec:exec_command",
        "Run your own Python code in the environment of BACKEND, with its engine behind `from harness import backend`.",
    ),
    "shell": Listed("shell:shell_command", "Start Python in the environment of BACKEND, with its engine behind K."),
    "env": Listed("env:env_group", "List, build and remove the environments of the backends."),
    "doctor": Listed(
        "doctor:doctor_command",
        "Examine each backend and import its framework; exit code 1 if something is missing.",
    ),
    "schema": Listed(
        "schema:schema_command",
        "Print the JSON Schema of what COMMAND prints with --json; without one, of all commands by their names.",
    ),
}


class LazyGroup(click.Group):
    """A group that imports a command when it is needed, and none to list them."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        return COMMANDS[name].load() if name in COMMANDS else None

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.summary) for name, command in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="harness")
def cli() -> None:
    """Which tensor library runs my kind of model fastest on this machine?"""


def main(arguments: list[str] | None = None) -> None:
    """Run a command and end the process with its exit code."""
    sys.exit(execute(arguments))


def execute(arguments: list[str] | None = None) -> int:
    """Run a command; every failure that has a sentence is answered with it."""
    words = sys.argv[1:] if arguments is None else arguments
    answer = Answer(words)
    try:
        start(words)
        return cli.main(words, prog_name="harness", standalone_mode=False, obj=answer) or 0
    except click.exceptions.Abort:
        click.echo("Interrupted.", err=True)
        return answer.fail("Interrupted", "Interrupted.", INTERRUPTED)
    except click.ClickException as error:
        error.show()
        return answer.fail(type(error).__name__, error.format_message(), error.exit_code)
    except HarnessError as error:
        click.echo(f"Error: {error}", err=True)
        return answer.fail(type(error).__name__, str(error), error.exit_code)
    finally:
        end_working()


def start(arguments: list[str]) -> None:
    """Show that a command is at work, before it is imported."""
    if arguments and arguments[0] in COMMANDS and not {"-h", "--help"}.intersection(arguments):
        working(f"starting harness {arguments[0]}")
