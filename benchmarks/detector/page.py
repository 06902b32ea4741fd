"""docs/design/regression.md: the rule, the data, and what the contest found, between markers."""

from __future__ import annotations

import json
import re

import pandas as pd

from benchmarks.detector import contest, tables
from benchmarks.detector.plot import draw
from benchmarks.detector.recorded import CONDITIONS
from harness.orchestrator.formatting import percent
from harness.orchestrator.paths import ROOT

PAGE = ROOT / "docs" / "design" / "regression.md"
FIGURES, PICTURE = PAGE.with_suffix(".csv"), PAGE.with_suffix(".png")


def keep(part: str, rows: pd.DataFrame) -> None:
    """Put a part's rows in place of those that it had."""
    before = pd.read_csv(FIGURES) if FIGURES.exists() else pd.DataFrame({"part": []})
    after = pd.concat([before[before["part"] != part], rows.assign(part=part)])
    after.to_csv(FIGURES, index=False, float_format="%.4g")


def write(table: pd.DataFrame) -> str:
    """Draw the picture, fill the page's marked places, and give the page's text."""
    rows = dict(list(pd.read_csv(FIGURES).groupby("part", sort=False)))
    ours = rows["variants"][rows["variants"]["rule"] == contest.OURS.name]
    draw(PICTURE, pd.concat([ours, rows["rivals"]]), rows["runs"])
    texts = {
        "data": of_data(table),
        "spread": tables.spread(table),
        "epochs": tables.of_epochs(table),
        "ours": of_ours(rows),
        "cases": tables.cases(ours, rows["settled"]),
        "settled": tables.settled(rows["settled"]),
        "metrics": tables.contest(rows["metrics"], True),
        "disjoint": of_disjoint(rows["disjoint"].iloc[0]),
        "lengths": tables.lengths(rows["lengths"]),
        "variants": tables.contest(rows["variants"], True),
        "rivals": tables.contest(pd.concat([ours, rows["rivals"]]), False),
    }
    text = PAGE.read_text(encoding="utf-8")
    for name, made in texts.items():
        text = filled(text, name, made)
    PAGE.write_text(text, encoding="utf-8")
    return text


def filled(text: str, name: str, made: str) -> str:
    """The text with what was made between the markers of its name."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    return re.sub(f"{begin}.*?{end}", lambda _: f"{begin}\n{made}\n{end}", text, flags=re.DOTALL)


def of_data(table: pd.DataFrame) -> str:
    """What was recorded, in sentences."""
    known = json.loads(CONDITIONS.read_text(encoding="utf-8"))
    machine = known["machine"]
    lengths = ", ".join(
        f"{workload} {known['epochs'][workload]} epochs of {samples} samples"
        for workload, samples in known["samples"].items()
    )
    hours = (pd.to_datetime(table["begin_utc"]).max() - pd.to_datetime(table["begin_utc"]).min()).total_seconds() / 3600
    return (
        f"{len(table)} runs of {table['case'].nunique()} cases in "
        f"{table.groupby(['session', 'round']).ngroups} rounds, within {hours:.1f} hours: {lengths}; "
        f"{table['wall_s'].median():.0f} s a run.\n"
        f"Machine: {machine['cpu']}, {machine['physical_cores']} cores; {machine['os']}; commit "
        f"{', '.join(known['commits'])}."
    )


def of_ours(rows: dict[str, pd.DataFrame]) -> str:
    """Our rule's own figures: on all rounds, on those that had no part in choosing it, and without drawing twice."""
    later = rows["later"].assign(rule=f"rounds after the {contest.CHOSEN_ON}th only")
    ours = rows["variants"][rows["variants"]["rule"] == contest.OURS.name].assign(rule="all rounds")
    return tables.contest(pd.concat([ours, later]), True)


def of_disjoint(row: pd.Series) -> str:
    """What comes of suites in which no run is drawn twice."""
    return (
        f"With no run drawn twice ({row['runs']:.0f} a side, all there are), without confirmation: a false alarm in "
        f"{percent(row['named'])} of {row['suites']:.0f} suites."
    )
