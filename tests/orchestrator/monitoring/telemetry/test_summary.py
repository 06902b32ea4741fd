"""Summaries of samples, against values computed by hand; phases begin and end between samples."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from harness.orchestrator.monitoring.telemetry.samples import Samples
from harness.orchestrator.monitoring.telemetry.sensor import Kind
from harness.orchestrator.monitoring.telemetry.summary import (
    PHASE_SUMMARY,
    TELEMETRY,
    energy_j_per_epoch,
    shares,
    summaries,
    telemetry_of,
)

COLUMNS = {
    "tree_rss_bytes": Kind.GAUGE,
    "tree_cpu_s": Kind.COUNTER,
    "cpus_busy_s": Kind.COUNTER,
    "cpus_idle_s": Kind.COUNTER,
    "cpus_steal_s": Kind.COUNTER,
    "package0_energy_j": Kind.COUNTER,
}
# t, resident bytes, CPU seconds of the tree, busy, idle and stolen seconds of its CPUs, joules
TAKEN = [
    (10.0, 100, 0.0, 50.0, 20.0, 1.0, 0.0),
    (11.0, 200, 1.0, 51.5, 20.4, 1.1, 10.0),
    (12.0, 600, 3.0, 53.5, 20.4, 1.1, 40.0),
    (14.0, 400, 7.0, 57.0, 20.9, 1.1, 100.0),
]


def samples(**changes: object) -> Samples:
    """The rows of TAKEN."""
    rows = [dict(zip(["t_s", *COLUMNS], values, strict=True), phase="epoch", index=0) for values in TAKEN]
    return Samples(1.0, ["work"], {"frequency": "none"}, dict(COLUMNS), rows, 0.002, 0.01, 4.0, **changes)


def phase(name: str, begin_s: float, end_s: float | None, index: int | None = None) -> dict:
    return {"phase": name, "index": index, "begin_s": begin_s, "end_s": end_s}


def test_counters_are_linear_between_samples_at_both_ends_of_a_phase() -> None:
    found = summaries(samples(), [phase("compile", 10.5, 11.25), phase("epoch", 11.25, 13.0)])
    # 0.5 at 10.5; 1.5 at 11.25; 5.0 at 13
    assert [entry["difference"]["tree_cpu_s"] for entry in found] == pytest.approx([1.0, 3.5])
    # 5 J, 17.5 J and 70 J there
    assert [entry["energy_j"] for entry in found] == pytest.approx([12.5, 52.5])
    assert [entry["wall_s"] for entry in found] == pytest.approx([0.75, 1.75])
    assert [entry["samples"] for entry in found] == [1, 1]


def test_recurrences_of_a_phase_are_summed_up() -> None:
    phases = [phase("epoch", 10.0, 11.0, 0), phase("validation", 11.0, 12.0, 0), phase("epoch", 12.0, 13.0, 1)]
    epoch, validation = summaries(samples(), phases)
    assert (epoch["phase"], epoch["times"], epoch["wall_s"], epoch["samples"]) == ("epoch", 2, 2.0, 2)
    assert epoch["difference"]["tree_cpu_s"] == pytest.approx(1.0 + 2.0)
    assert validation["difference"]["tree_cpu_s"] == pytest.approx(2.0)
    assert energy_j_per_epoch(samples(), phases) == pytest.approx((10.0 + 30.0) / 2)


def test_gauges_are_weighed_by_the_time_that_each_sample_stands_for() -> None:
    # borders between samples: 10.5, 11.5, 13; of 11 to 14 half a second, one and a half and one
    entry = summaries(samples(), [phase("epoch", 11.0, 14.0)])[0]
    assert entry["mean"]["tree_rss_bytes"] == pytest.approx((0.5 * 200 + 1.5 * 600 + 1.0 * 400) / 3)
    assert entry["max"]["tree_rss_bytes"] == 600


def test_gauges_of_a_phase_between_two_samples_are_those_nearest_to_it() -> None:
    entry = summaries(samples(), [phase("parity", 12.2, 12.6)])[0]
    assert (entry["samples"], entry["mean"]["tree_rss_bytes"], entry["max"]["tree_rss_bytes"]) == (0, 600, 600)


def test_shares_add_up_to_the_spans() -> None:
    assert shares([1.0, 2.0, 4.0], [(0.0, 1.75), (2.5, 6.0)]) == pytest.approx([1.5, 0.25 + 0.5, 3.0])


def test_utilisation_is_derived_from_counters() -> None:
    entry = summaries(samples(), [phase("epoch", 10.0, 11.0)])[0]
    assert entry["utilisation"] == {
        "tree": pytest.approx(1.0),
        "cpus": pytest.approx(1.5 / 2.0),
        "machine": None,
        "cpus_steal": pytest.approx(0.1 / 2.0),
    }


def test_counter_that_stops_tells_nothing_of_what_comes_later() -> None:
    taken = samples()
    for row in taken.rows[2:]:
        del row["package0_energy_j"], row["tree_rss_bytes"]
    before, after = summaries(taken, [phase("build", 10.0, 11.0), phase("epoch", 12.0, 14.0)])
    assert (before["energy_j"], after["energy_j"]) == (pytest.approx(10.0), None)
    assert (after["mean"]["tree_rss_bytes"], after["max"]["tree_rss_bytes"]) == (None, None)
    assert energy_j_per_epoch(taken, [phase("epoch", 12.0, 14.0)]) is None


def test_phase_before_the_first_sample_has_no_differences() -> None:
    entry = summaries(samples(), [phase("import", 9.0, 11.0)])[0]
    assert entry["difference"]["tree_cpu_s"] is None
    assert entry["utilisation"]["tree"] is None


def test_phase_without_an_end_lasts_until_the_next_or_the_last_sample() -> None:
    found = summaries(samples(), [phase("build", 10.0, None), phase("compile", 12.0, None)])
    assert [entry["wall_s"] for entry in found] == [2.0, 2.0]


def test_energy_an_epoch_is_null_without_a_counter_or_an_epoch() -> None:
    bare = samples()
    del bare.columns["package0_energy_j"]
    phases = [phase("epoch", 10.0, 11.0)]
    assert energy_j_per_epoch(bare, phases) is None
    assert summaries(bare, phases)[0]["energy_j"] is None
    assert energy_j_per_epoch(samples(), [phase("build", 10.0, 11.0)]) is None
    assert energy_j_per_epoch(None, phases) is None


def test_telemetry_has_the_keys_that_are_documented() -> None:
    found = telemetry_of(samples(), [phase("epoch", 10.0, 11.0)], "run-r1")
    assert list(found) == list(TELEMETRY)
    assert list(found["phases"][0]) == list(PHASE_SUMMARY)
    assert (found["file"], found["samples"], found["energy_of"]) == ("run-r1.telemetry.csv", 4, ["package0_energy_j"])
    assert telemetry_of(None, [], "run-r1") is None


def test_run_without_a_sample_or_a_phase_is_summarised_as_nothing() -> None:
    bare = samples()
    bare.rows = []
    assert summaries(bare, []) == []
    assert summaries(bare, [phase("import", 9.0, 11.0)])[0]["mean"] == {"tree_rss_bytes": None}


def test_table_is_read_by_pandas_with_missing_values_missing() -> None:
    taken = samples()
    taken.columns["gpu0_throttle_reasons"] = Kind.WORDS
    taken.rows[0] |= {"phase": None, "index": None, "gpu0_throttle_reasons": "unthrottled"}
    del taken.rows[3]["tree_cpu_s"]
    table = pd.read_csv(io.StringIO(taken.csv()))
    assert list(table.columns) == ["t_s", "phase", "index", *COLUMNS, "gpu0_throttle_reasons"]
    assert table["t_s"].tolist() == [10.0, 11.0, 12.0, 14.0]
    assert table["tree_cpu_s"].isna().tolist() == [False, False, False, True]
    assert table["phase"].isna().tolist() == [True, False, False, False]
    assert table["gpu0_throttle_reasons"][0] == "unthrottled"
