"""Verdicts on records: what may be compared, what is missing, and what needs confirmation."""

from __future__ import annotations

import copy
import random

import pytest

from harness.orchestrator.analysis.comparison import MISSING, NOT_COMPARABLE, Line, compare, verdict_of
from harness.orchestrator.analysis.metrics import METRICS, METRICS_ON_REQUEST
from harness.orchestrator.analysis.statistics import Evidence
from harness.orchestrator.analysis.verdict import FASTER, INCONCLUSIVE, SAME, SLOWER, Comparison
from harness.orchestrator.core.cases import CONFIRM, FIRST
from tests.orchestrator.sample_records import broken, sample


def runs(
    scale: float = 1.0, backend: str = "cntk", stage: str = FIRST, number: int = 10, scatter: int = 0, **case: object
) -> list[dict]:
    """Runs of a case that scatter by a third of a per cent."""
    draw = random.Random(f"{backend}{stage}{scatter}{scale}")
    made = [
        sample(backend, "mnist_mlp", 1.0, scale * draw.gauss(2.0, 0.007), round_) for round_ in range(1, number + 1)
    ]
    for record in made:
        record["run"]["stage"] = stage
        record["case"] = {**record["case"], **case}
    return made


CASE = ("cntk", "mnist_mlp", "2015-12", "cpu", "2", "tuned", "float32", "128")


def only(lines: list[Line], metric: str = "epoch_s") -> Line:
    (line,) = [line for line in lines if line.metric.key == metric]
    return line


def test_slower_needs_fresh_runs() -> None:
    line = only(compare(runs(), runs(1.2)))
    assert (line.verdict, line.reason) == (INCONCLUSIVE, "slower, but not yet confirmed by fresh runs")
    confirmed = only(compare(runs() + runs(stage=CONFIRM), runs(1.2) + runs(1.2, stage=CONFIRM)))
    assert (confirmed.verdict, confirmed.reason) == (SLOWER, None)
    assert confirmed.comparison.evidence.ratio == pytest.approx(1.2, abs=0.01)
    assert (confirmed.comparison.evidence.runs_a, confirmed.fresh.evidence.runs_a) == (20, 10)


def test_fresh_runs_must_show_a_difference_by_themselves() -> None:
    line = only(compare(runs() + runs(stage=CONFIRM), runs(1.2) + runs(stage=CONFIRM, scatter=1)))
    assert (line.verdict, line.reason) == (INCONCLUSIVE, "slower in the first runs, same in fresh ones")
    assert line.fresh.verdict == SAME


def test_first_runs_and_fresh_ones_that_differ_to_both_sides_are_inconclusive() -> None:
    line = only(compare(runs() + runs(stage=CONFIRM), runs(1.5) + runs(0.9, stage=CONFIRM)))
    assert (line.verdict, line.reason) == (INCONCLUSIVE, "slower in the first runs, faster in fresh ones")


def test_what_fresh_runs_alone_show_counts_only_if_it_was_suspected() -> None:
    line = only(compare(runs() + runs(stage=CONFIRM), runs(scatter=1) + runs(1.5, stage=CONFIRM)))
    assert line.verdict != SLOWER
    assert line.fresh is None


def found(verdict: str, ratio: float) -> Comparison:
    """A comparison of runs that show this ratio beyond doubt."""
    return Comparison(verdict, Evidence(6, 6, 1.0, ratio, ratio, ratio, ratio, 0.001, interleaved=True), 0.001, 0.02)


SLOW, FAST, ALIKE, OPEN = found(SLOWER, 1.2), found(FASTER, 0.8), found(SAME, 1.0), found(INCONCLUSIVE, 1.01)


@pytest.mark.parametrize(
    ("every", "first", "fresh", "verdict", "reason"),
    [
        (SLOW, SLOW, None, INCONCLUSIVE, "slower, but not yet confirmed by fresh runs"),
        (FAST, FAST, None, INCONCLUSIVE, "faster, but not yet confirmed by fresh runs"),
        (ALIKE, ALIKE, None, SAME, None),
        (OPEN, OPEN, None, INCONCLUSIVE, None),
        (SLOW, SLOW, SLOW, SLOWER, None),
        (FAST, FAST, FAST, FASTER, None),
        (ALIKE, SLOW, ALIKE, SAME, None),
        (SLOW, SLOW, ALIKE, INCONCLUSIVE, "slower in the first runs, same in fresh ones"),
        (FAST, FAST, OPEN, INCONCLUSIVE, "faster in the first runs, inconclusive in fresh ones"),
        (FAST, SLOW, FAST, INCONCLUSIVE, "slower in the first runs, faster in fresh ones"),
        (OPEN, SLOW, SLOW, INCONCLUSIVE, "slower in the first runs, slower in fresh ones"),
    ],
)
def test_verdict_is_that_of_all_runs_if_first_and_fresh_ones_agree(
    every: Comparison, first: Comparison, fresh: Comparison | None, verdict: str, reason: str | None
) -> None:
    line = verdict_of(CASE, METRICS["epoch_s"], every, first, fresh)
    assert line == Line(CASE, METRICS["epoch_s"], verdict, every, first, fresh, reason)


def with_rate(records: list[dict], scale: float) -> list[dict]:
    """Records that also have throughputs, `scale` times as large; they scatter as the epochs do."""
    for record in records:
        record["metrics"]["inference_samples_per_s"] = scale * 1000.0 / record["metrics"]["epoch_s"]
        record["metrics"]["step_p95_s"] = 0.01 * record["metrics"]["epoch_s"]
    return records


@pytest.mark.parametrize(("scale", "verdict"), [(0.5, SLOWER), (1.0, SAME), (2.0, FASTER)])
def test_fewer_samples_a_second_are_slower(scale: float, verdict: str) -> None:
    a = with_rate(runs() + runs(stage=CONFIRM), 1.0)
    b = with_rate(runs(scatter=1) + runs(stage=CONFIRM, scatter=1), scale)
    (line,) = compare(a, b, metrics=["inference_samples_per_s"])
    assert line.verdict == verdict
    assert line.comparison.evidence.ratio == pytest.approx(1 / scale, rel=0.01)
    # what is shown is the time of a sample
    assert line.comparison.evidence.median_a == pytest.approx(0.0018, rel=0.01)


def test_metrics_on_request_are_judged_on_request_alone() -> None:
    a, b = with_rate(runs(), 1.0), with_rate(runs(scatter=1), 1.0)
    assert not {line.metric.key for line in compare(a, b)} & set(METRICS_ON_REQUEST)
    assert [line.verdict for line in compare(a, b, metrics=["step_p95_s"])] == [SAME]


def test_a_stored_baseline_stands_for_its_own_confirmation() -> None:
    assert only(compare(runs(), runs(1.2) + runs(1.2, stage=CONFIRM))).verdict == SLOWER
    assert only(compare(runs(1.2), runs() + runs(stage=CONFIRM))).verdict == FASTER


def test_alike_is_the_same_and_few_runs_say_nothing() -> None:
    assert only(compare(runs(), runs(scatter=1))).verdict == SAME
    few = only(compare(runs(number=3), runs(1.5, number=3)))
    assert few.verdict == INCONCLUSIVE
    assert few.comparison.more >= 2


def test_noise_floor_raises_the_threshold() -> None:
    key = only(compare(runs(), runs())).case
    floors = {(key, "epoch_s", False): 0.3, (key, "epoch_s", True): 0.5}
    line = only(compare(runs(), runs(1.2), floors=floors))
    assert (line.verdict, line.comparison.threshold) == (SAME, 0.3)


def test_threshold_of_a_metric_is_changed_for_it_alone() -> None:
    lines = compare(runs(), runs(1.2), thresholds={"epoch_s": 0.3})
    assert (only(lines).verdict, only(lines).comparison.threshold) == (SAME, 0.3)
    assert only(lines, "compile_s").comparison.threshold == METRICS["compile_s"].threshold


@pytest.mark.parametrize(
    ("field", "change", "reason"),
    [
        ("batch_size", {"batch_size": 64}, "batch_size: 128 / 64"),
        ("epochs", {"epochs": 5}, "epochs: 3 / 5"),
        ("samples", {"samples": {"train": 1, "test": 2}}, "samples: train 30080, test 5000 / train 1, test 2"),
        ("data", {"data": "mnist"}, "data: synthetic / mnist"),
        ("seed", {"seed": 7}, "seed: 1337 / 7"),
        ("warmup_epochs", {"warmup_epochs": 4}, "warmup_epochs: 1 / 4"),
        ("parameters", {"parameters": 12}, "parameters: 669706 / 12"),
    ],
)
def test_different_conditions_are_not_compared(field: str, change: dict, reason: str) -> None:
    lines = compare(runs(), runs(**change))
    assert lines == [Line(CASE, METRICS["fastest_epoch_s"], NOT_COMPARABLE, reason=reason)]
    assert only(compare(runs(), runs(**change), across=[field])).verdict == SAME


def test_a_side_that_differs_in_itself_is_not_compared() -> None:
    (line,) = compare(runs(number=5) + runs(epochs=5, number=5), runs())
    assert (line.verdict, line.reason) == (NOT_COMPARABLE, "epochs: 3 or 5 / 3")


def test_other_data_of_the_same_name_are_not_compared() -> None:
    other = copy.deepcopy(runs())
    for record in other:
        record["data"]["sha256"] = "1" * 64
    (line,) = compare(runs(), other)
    assert (line.verdict, line.reason) == (NOT_COMPARABLE, f"data_sha256: {12 * '0'} / {12 * '1'}")
    assert only(compare(runs(), other, across=["data_sha256"])).verdict == SAME


@pytest.mark.parametrize("field", ["available_cores", "memory_bytes"])
def test_another_size_of_a_machine_of_one_name_is_not_compared(field: str) -> None:
    larger = copy.deepcopy(runs())
    for record in larger:
        record["machine"] = {**record["machine"], field: 1}
    assert [line.verdict for line in compare(runs(), larger)] == [NOT_COMPARABLE]


def test_machines_are_compared_only_on_purpose() -> None:
    elsewhere = copy.deepcopy(runs())
    for record in elsewhere:
        record["machine"] = {**record["machine"], "name": "other", "available_cpus": 64}
    (line,) = compare(runs(), elsewhere)
    assert line.verdict == NOT_COMPARABLE
    assert line.reason == "machine: amd-epyc-2c-0a1b2c / other; cpus: 2 / 64"
    assert only(compare(runs(), elsewhere, across=["machine"])).verdict == SAME


def test_threads_are_part_of_the_case_unless_they_are_compared() -> None:
    (line,) = compare(runs(), runs(threads=1))
    assert (line.verdict, line.reason) == (NOT_COMPARABLE, "threads: 2 / 1")
    assert only(compare(runs(), runs(threads=1), across=["threads"])).verdict == SAME


def test_cases_that_one_side_has_besides_are_missing() -> None:
    lines = compare(runs() + runs(batch_size=32), runs())
    assert [(line.case[-1], line.reason) for line in lines if line.verdict == MISSING] == [("32", "B: no run")]
    assert only([line for line in lines if line.case == CASE]).verdict == SAME


def test_missing_runs_are_told_with_their_reason() -> None:
    failed = broken("cntk", "mnist_mlp", "timeout", "stopped in phase epoch")
    (line,) = compare(runs(), [failed])
    assert line == Line(CASE, METRICS["fastest_epoch_s"], MISSING, reason="B: timeout: stopped in phase epoch")
    crashed = broken("cntk", "mnist_mlp", "failed", "ended by SIGSEGV")
    (line,) = compare(runs(), [failed, crashed, failed])
    assert line.reason == "B: timeout, failed: stopped in phase epoch"
    (line,) = compare(runs(), [])
    assert (line.verdict, line.reason) == (MISSING, "B: no run")
    (line,) = compare([], runs())
    assert (line.verdict, line.reason) == (MISSING, "A: no run")


def test_a_figure_that_one_side_lacks_is_missing_and_one_that_both_lack_is_no_line() -> None:
    without = copy.deepcopy(runs())
    for record in without:
        record["metrics"]["compile_s"] = None
    line = Line(CASE, METRICS["compile_s"], MISSING, reason="B: no figure in any record")
    assert only(compare(runs(), without), "compile_s") == line
    assert only(compare(without, runs()), "compile_s").reason == "A: no figure in any record"
    assert not [line for line in compare(without, without) if line.metric.key == "compile_s"]


def test_a_figure_of_zero_is_none() -> None:
    nothing = copy.deepcopy(runs())
    for record in nothing:
        record["metrics"]["compile_s"] = 0.0
    assert only(compare(runs(), nothing), "compile_s").verdict == MISSING


def test_fresh_runs_do_not_stand_for_first_ones() -> None:
    assert only(compare(runs(), runs(stage=CONFIRM))).verdict == MISSING


def test_cold_and_warm_compilations_are_not_compared() -> None:
    lines = compare(runs(compile_cache="cold"), runs(compile_cache="warm"))
    assert only(lines, "compile_s").reason == "compile_cache: cold / warm"
    assert only(lines, "compile_s").case == CASE
    assert only(lines).verdict == SAME


def test_energy_by_other_counters_is_not_compared() -> None:
    a, b = runs(), runs()
    for side, counters in ((a, ["package-0"]), (b, ["package-0", "gpu"])):
        for record in side:
            record["metrics"] = {**record["metrics"], "energy_j_per_epoch": 5.0}
            record["telemetry"] = {"energy_of": counters}
    lines = compare(a, b)
    assert only(lines, "energy_j_per_epoch").reason == "energy_of: package-0 / package-0 gpu"
    assert only(lines).verdict == SAME


def test_cases_are_judged_together() -> None:
    """A difference that is improbable by itself is not so among many."""
    a, b = runs(number=5), runs(1.05, number=5, scatter=4)
    alone = only(compare(a, b)).comparison
    crowd = [
        (runs(backend=f"b{number}", number=5), runs(backend=f"b{number}", number=5, scatter=9)) for number in range(20)
    ]
    lines = compare(a + [r for one, _ in crowd for r in one], b + [r for _, two in crowd for r in two])
    among = next(line.comparison for line in lines if line.case[0] == "cntk" and line.metric.key == "epoch_s")
    assert alone.evidence == among.evidence
    assert among.q > alone.q
