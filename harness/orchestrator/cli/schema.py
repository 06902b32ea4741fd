"""`harness schema`: the JSON Schema of the document that a command prints with --json."""

from __future__ import annotations

import importlib
import json

import click

from harness.orchestrator.core.names import check_names

ROOMS = "harness.orchestrator"
# Command -> the model of its document.
DOCUMENTS = {
    "run": "reports.documents.session:Sessions",
    "report": "reports.documents.session:Sessions",
    "compare": "reports.documents.comparison:Comparisons",
    "ab": "reports.documents.comparison:Comparisons",
    "check": "reports.documents.comparison:Comparisons",
    "noise": "reports.documents.noise:Noise",
    "history": "reports.documents.history:History",
    "conformance": "suites.conformance.json_document:Conformance",
    "ops": "suites.ops.json_document:Operations",
    "env list": "reports.documents.environments:Environments",
    "doctor": "reports.documents.environments:Checks",
    "error": "reports.documents.document:ErrorDocument",
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
