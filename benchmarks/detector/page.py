"""docs/design/regression.md: the rule, the data, and what the contest found, between markers."""

from __future__ import annotations

import json
import re

import pandas as pd

from benchmarks.detector import contest, tables
from benchmarks.detector.plot import draw
from benchmarks.detector.recorded import CONDITIONS
from harness.orchestrator.core.formatting import percent
from harness.orchestrator.core.paths import ROOT

PAGE = ROOT / "docs" / "design" / "regression.md"
FIGURES, PICTURE = PAGE.with_suffix(".csv"), PAGE.with_suffix(".png")


def keep(part: str, rows: pd.DataFrame) -> None:
    """Put a part's rows in place of those that it had."""
    before = pd.read_csv(FIGURES) if FIGURES.exists() else pd.DataFrame({"part": []})
    after = pd.concat([before[before["part"] != part], rows.assign(part=part)])
    after.to_csv(FIGURES, index=False, float_format="%.4g")


def write(of_kind: dict[str, pd.DataFrame]) -> str:
    """Draw the picture, fill the page's marked places, and give the page's text."""
    rows = dict(list(pd.read_csv(FIGURES).groupby("part", sort=False)))
    draw(PICTURE, tables.interleaved(pd.concat([rows["ours"], rows["rivals"]])), rows["runs"])
    later = rows["later"].assign(rule=f"harness, rounds after the {contest.CHOSEN_ON}th only")
    worktrees = rows["worktrees"].assign(rule="harness, sides as they were")
    texts = {
        "data": "\n\n".join(of_data(kind, table) for kind, table in of_kind.items()),
        "spread": tables.spread(of_kind["interleaved"]),
        "spread-separate": tables.spread(of_kind["separate"]),
        "sides": tables.between_sides(of_kind["interleaved"]),
        "epochs": tables.epochs(of_kind["interleaved"]),
        "ours": tables.contest(pd.concat([rows["ours"], later, worktrees]), True),
        "cases": tables.cases(tables.interleaved(rows["ours"]), tables.interleaved(rows["settled"])),
        "settled": tables.settled(rows["settled"]),
        "metrics": tables.contest(rows["metrics"], True),
        "thresholds": tables.contest(rows["thresholds"], True),
        "disjoint": "\n".join(of_disjoint(row) for _, row in rows["disjoint"].iterrows()),
        "variants": tables.contest(pd.concat([rows["ours"], rows["variants"]]), True),
        "rivals": tables.contest(pd.concat([rows["ours"], rows["rivals"]]), False),
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


def of_data(kind: str, table: pd.DataFrame) -> str:
    """What was recorded, in sentences."""
    known = json.loads(CONDITIONS.read_text(encoding="utf-8"))[kind]
    machine = known["machine"]
    lengths = ", ".join(
        f"{workload} {known['epochs'][workload]} epochs of {samples} samples"
        for workload, samples in known["samples"].items()
    )
    hours = (pd.to_datetime(table["begin_utc"]).max() - pd.to_datetime(table["begin_utc"]).min()).total_seconds() / 3600
    return (
        f"{kind.capitalize()}: {len(table)} runs of {table['case'].nunique()} cases in "
        f"{table.groupby(['session', 'round']).ngroups} rounds{layouts(table)}, within {hours:.1f} hours: {lengths}; "
        f"{table['wall_s'].median():.0f} s a run.\n"
        f"Machine: {machine['cpu']}, {machine['physical_cores']} cores; {machine['os']}; commit "
        f"{', '.join(known['commits'])}."
    )


def layouts(table: pd.DataFrame) -> str:
    """How many memory layouts the runs had, if they say."""
    if "path_characters" not in table:
        return ""
    drawn = table.groupby(["path_characters", "environment_bytes"]).ngroups
    return f" over {drawn} memory layouts"


def of_disjoint(row: pd.Series) -> str:
    """The outcome of suites in which no run is drawn twice."""
    sides = f"{row['sides']}, {row['runs']:.0f} first and as many fresh ones per side"
    suspected, alarms, suites = percent(row["named"]), percent(row["confirmed"]), f"{row['suites']:.0f} suites"
    return f"With no run drawn twice ({sides}), of {suites} {suspected} are suspected, {alarms} false alarms."
