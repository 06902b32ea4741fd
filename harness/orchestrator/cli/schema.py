"""`harness schema`: the JSON Schema of the document that a command prints with --json."""

from __future__ import annotations

import importlib
import json

import click

from harness.orchestrator.core.names import check_names

ROOMS = "harness.orchestrator"
# Command -> the model of its document.
DOCUMENTS = {
    "run": "reports.session.json_document:Sessions",
    "report": "reports.session.json_document:Sessions",
    "compare": "reports.comparison.json_document:Comparisons",
    "ab": "reports.comparison.json_document:Comparisons",
    "check": "reports.comparison.json_document:Comparisons",
    "noise": "reports.noise.json_document:Noise",
    "history": "reports.history.json_document:History",
    "conformance": "suites.conformance.json_document:Conformance",
    "ops": "suites.ops.json_document:Operations",
    "env list": "reports.environments.json_document:Environments",
    "doctor": "reports.environments.json_document:Checks",
    "error": "reports.document:ErrorDocument",
}


@click.command("schema")
@click.argument("words", nargs=-1, metavar="[COMMAND]")
def schema_command(words: tuple[str, ...]) -> None:
    """Print the JSON Schema of what COMMAND prints with --json; without one, of all commands by their names.

    `harness schema error` is that of a command that has no result.
    """
    names = [" ".join(words)] if words else list(DOCUMENTS)
    check_names("command", names, DOCUMENTS)
    schemas = {name: schema_of(name) for name in names}
    click.echo(json.dumps(schemas[names[0]] if words else schemas, indent=1))


def schema_of(command: str) -> dict:
    """The schema of a command's document."""
    module, name = DOCUMENTS[command].split(":")
    model = getattr(importlib.import_module(f"{ROOMS}.{module}"), name)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(by_alias=True, mode="serialization"),
    }
