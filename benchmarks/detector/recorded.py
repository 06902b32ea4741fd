"""The recorded runs: interleaved.csv has those of two interleaved sides, separate.csv others, conditions.json on what.

usage: python -m benchmarks.detector.recorded SESSION_FOLDER ...
"""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np
import pandas as pd

from harness.orchestrator.results.record import read_records

FOLDER = Path(__file__).parent
SEPARATE, INTERLEAVED = FOLDER / "separate.csv", FOLDER / "interleaved.csv"
CONDITIONS = FOLDER / "conditions.json"
TAKEN = ("epoch_s", "first_epoch_s", "compile_s", "max_rss_bytes", "wall_s")
# Of the machine, what does not change from run to run.
MACHINE = ("cpu", "architecture", "physical_cores", "logical_cpus", "memory_bytes", "os", "kernel")


def run_row(record: dict) -> dict:
    """A run: its case, its block, when it began, its figures, and the training time of each timed epoch."""
    case, epochs = record["case"], [epoch for epoch in record["epochs"] if not epoch["warmup"]]
    return {
        "case": f"{case['backend']} {case['workload']}",
        "session": record["session"]["id"],
        "round": record["run"]["round"],
        "side": record["run"]["side"],
        "begin_utc": record["run"]["begin_utc"],
        **((record["environment"] or {}).get("layout") or {}),
        **{key: record["metrics"][key] for key in TAKEN},
        "epochs_s": " ".join(f"{epoch['train_s']:.5g}" for epoch in epochs),
    }


def shared_conditions(records: list[dict]) -> dict:
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


def load(path: Path) -> pd.DataFrame:
    """The table, with the epochs as arrays."""
    table = pd.read_csv(path)
    table["epochs_s"] = [np.array(text.split(), dtype=float) for text in table["epochs_s"]]
    return table


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
def collect(folders: tuple[Path, ...]) -> None:
    """Write the table of the sessions in FOLDERS, all of one kind; only rounds in which every run of a case was ok."""
    records = [record for folder in folders for record in read_records(folder)[0] if record["status"] == "ok"]
    table = (
        pd.DataFrame([run_row(record) for record in records]).sort_values("begin_utc").dropna(axis="columns", how="all")
    )
    runs = table.groupby(["session", "round"])["case"].transform("size")
    whole = runs == table["case"].nunique() * (table["side"].nunique() if "side" in table else 1)
    path = INTERLEAVED if "side" in table else SEPARATE
    table[whole].to_csv(path, index=False, float_format="%.6g")
    known = json.loads(CONDITIONS.read_text(encoding="utf-8")) | {path.stem: shared_conditions(records)}
    CONDITIONS.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    click.echo(f"{whole.sum()} runs of {table['case'].nunique()} cases; {(~whole).sum()} of unfinished rounds left out")


if __name__ == "__main__":
    collect()
