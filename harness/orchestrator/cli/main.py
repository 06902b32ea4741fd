"""The console command `harness`.

Exit codes: 0 all well; 1 a run, case or operation is not ok, or one is missing with --require-all; 2 invalid command,
configuration or name; 3 something is slower, as fresh runs confirmed; 4 nothing could be
compared, or less than before; 5 nothing could be measured or stored; 130 ended by Ctrl-C. `exec` and
`shell` end with the code of the Python that they start, and with 5 if its environment is unavailable.
"""

from __future__ import annotations

import importlib
import sys

import click

from harness import __version__
from harness.orchestrator.core.errors import HarnessError
from harness.orchestrator.core.working_line import end_working, working

INTERRUPTED = 130
# Command -> where it is defined; imported when it is called, so that no command pays for another.
COMMANDS = {
    "run": "harness.orchestrator.cli.run:run",
    "compare": "harness.orchestrator.cli.compare:compare_command",
    "ab": "harness.orchestrator.cli.ab:ab_command",
    "check": "harness.orchestrator.cli.check:check_command",
    "noise": "harness.orchestrator.cli.noise:noise_command",
    "report": "harness.orchestrator.cli.report:report_command",
    "history": "harness.orchestrator.cli.history:history_command",
    "conformance": "harness.orchestrator.cli.conformance:conformance_command",
    "ops": "harness.orchestrator.cli.ops:ops_command",
    "exec": "harness.orchestrator.cli.exec:exec_command",
    "shell": "harness.orchestrator.cli.shell:shell_command",
    "env": "harness.orchestrator.cli.env:env_group",
    "doctor": "harness.orchestrator.cli.doctor:doctor_command",
}


class LazyGroup(click.Group):
    """A group that imports a command when it is needed."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        return getattr(importlib.import_module(module), attribute)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="harness")
def cli() -> None:
    """Which tensor library runs my kind of model fastest on this machine?"""


def main(arguments: list[str] | None = None) -> None:
    """Run a command and end the process with its exit code."""
    sys.exit(execute(arguments))


def execute(arguments: list[str] | None = None) -> int:
    """Run a command; every failure that has a sentence is answered with it."""
    try:
        start(sys.argv[1:] if arguments is None else arguments)
        return cli.main(arguments, prog_name="harness", standalone_mode=False) or 0
    except click.exceptions.Abort:
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except HarnessError as error:
        click.echo(f"Error: {error}", err=True)
        return error.exit_code
    finally:
        end_working()


def start(arguments: list[str]) -> None:
    """Show that a command is at work, before it is imported."""
    if arguments and arguments[0] in COMMANDS and not {"-h", "--help"}.intersection(arguments):
        working(f"starting harness {arguments[0]}")
