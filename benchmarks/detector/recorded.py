"""The recorded runs as one table, runs.csv, and what they were recorded on, conditions.json.

usage: python -m benchmarks.detector.recorded SESSION_FOLDER ...
"""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np
import pandas as pd

from harness.orchestrator.records import read_records

FOLDER = Path(__file__).parent
RUNS, CONDITIONS = FOLDER / "runs.csv", FOLDER / "conditions.json"
TAKEN = ("epoch_s", "first_epoch_s", "compile_s", "peak_rss_bytes", "wall_s")
# Of the machine, what does not change from run to run.
MACHINE = ("cpu", "architecture", "physical_cores", "logical_cpus", "memory_bytes", "os", "kernel")


def row(record: dict) -> dict:
    """A run: its case, its block, when it began, its figures, and the training time of each timed epoch."""
    case, epochs = record["case"], [epoch for epoch in record["epochs"] if not epoch["warmup"]]
    return {
        "case": f"{case['backend']} {case['workload']}",
        "session": record["session"]["id"],
        "round": record["run"]["round"],
        "begin_utc": record["run"]["begin_utc"],
        **{key: record["metrics"][key] for key in TAKEN},
        "epochs_s": " ".join(f"{epoch['train_s']:.5g}" for epoch in epochs),
    }


def conditions(records: list[dict]) -> dict:
    """What holds for all of the runs; what differs between them is a list."""
    first = records[0]
    return {
        "machine": {key: first["machine"].get(key) for key in MACHINE},
        "commits": sorted({record["machine"]["harness"]["commit"][:12] for record in records}),
        "versions": {record["case"]["backend"]: record["versions"] for record in records},
        "samples": {record["case"]["workload"]: record["case"]["samples"]["train"] for record in records},
        "epochs": {record["case"]["workload"]: record["case"]["epochs"] for record in records},
        **{key: first["case"][key] for key in ("edition", "profile", "device", "threads", "floatx", "data", "seed")},
    }


def load(path: Path = RUNS) -> pd.DataFrame:
    """The table, with the epochs as arrays."""
    table = pd.read_csv(path)
    table["epochs_s"] = [np.array(text.split(), dtype=float) for text in table["epochs_s"]]
    return table


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
def collect(folders: tuple[Path, ...]) -> None:
    """Write runs.csv and conditions.json from the sessions in FOLDERS; only rounds in which every case was ok."""
    records = [record for folder in folders for record in read_records(folder)[0] if record["status"] == "ok"]
    table = pd.DataFrame([row(record) for record in records]).sort_values("begin_utc")
    whole = table.groupby(["session", "round"])["case"].transform("nunique") == table["case"].nunique()
    table[whole].to_csv(RUNS, index=False, float_format="%.6g")
    CONDITIONS.write_text(json.dumps(conditions(records), indent=1) + "\n", encoding="utf-8")
    click.echo(f"{whole.sum()} runs of {table['case'].nunique()} cases; {(~whole).sum()} of unfinished rounds left out")


if __name__ == "__main__":
    collect()
