"""Findings are a pure function of records: one run each, at and beyond its threshold, and of many runs together."""

from __future__ import annotations

import json
import random
import re

import pytest
from sample_records import broken, sample, session, with_blas

from harness.orchestrator.findings import RULES, findings, found
from harness.orchestrator.paths import ROOT
from harness.orchestrator.records import read_records

QUIET = {
    "before": {
        "look_s": 0.25, "busy_cpus": 0.08, "busiest_cpu_share": 0.08, "load_average": [2.0, 1.0, 0.5],
        "cpu_pressure_share": 0.2, "memory_available_bytes": 2**34, "swap_used_bytes": 2**30, "frequency_hz": 8e8,
        "max_frequency_hz": 4e9, "frequency_limit_hz": 4e9, "frequency_driver": "intel_pstate",
        "governor": "powersave", "turbo": True, "on_battery": False,
    },
    "during": {
        "look_s": 60.0, "orchestrator_cpus": [2, 3], "others_cpus": 0.05, "cpu_pressure_share": 0.3,
        "steal_share": 0.005, "swap_in_bytes": 4096, "swap_out_bytes": 0, "thermal_throttles": 2,
        "thermal_throttled_s": 0.1, "cgroup_throttled_s": 0.2, "involuntary_switches": 100_000,
    },
}  # fmt: skip
TELEMETRY = {
    "phases": [
        {"phase": "compile", "mean": {"cpu0_frequency_hz": 1e9}},
        {"phase": "epoch", "mean": {"cpu0_frequency_hz": 3e9, "cpu1_frequency_hz": None}, "throttled": {}},
    ]
}
POOLS = [{"pool": "intra-op", "file": None, "threads": 2}, {"pool": "OpenBLAS", "file": "libopenblas.so", "threads": 2}]


def quiet(
    backend: str = "cntk", workload: str = "mnist_mlp", number: int = 1, steps: list[float] | None = None
) -> dict:
    """The record of a run that nothing disturbed, with everything that could be told."""
    record = sample(backend, workload, number=number)
    record["run"]["round"] = number
    epochs = [{"warmup": True, "step_s": [0.9] * 50}, {"warmup": False, "step_s": steps or [0.01] * 60}]
    settings = {"thread_pools": POOLS}
    return {**record, "conditions": QUIET, "telemetry": TELEMETRY, "epochs": epochs, "settings": settings}


def changed(record: dict, when: str, **changes: object) -> dict:
    """A record with other conditions; None takes one away."""
    part = {name: value for name, value in {**record["conditions"][when], **changes}.items() if value is not None}
    return {**record, "conditions": {**record["conditions"], when: part}}


def with_epochs(record: dict, **changes: object) -> dict:
    """A record whose telemetry of the epochs differs."""
    return {**record, "telemetry": {"phases": [{"phase": "epoch", **changes}]}}


def noisy_steps(scale: float, count: int = 1000) -> list[float]:
    """Steps whose lengths vary, each by itself."""
    chance = random.Random(7)
    return [0.01 * (1 + scale * chance.random()) for _ in range(count)]


def codes(*records: dict) -> list[str]:
    return [finding.code for finding in found(list(records))]


def test_codes_are_distinct_and_all_documented() -> None:
    named = [rule.code for rule in RULES]
    assert len(set(named)) == len(named)
    page = (ROOT / "docs" / "design" / "measuring.md").read_text()
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == set(named)


def test_nothing_is_found_on_a_quiet_machine() -> None:
    assert codes(quiet(), quiet("numpy"), quiet("theano", "mnist_cnn")) == []


def test_nothing_is_found_in_records_that_say_nothing() -> None:
    old = [sample("cntk", "mnist_mlp"), {**broken("cntk", "mnist_mlp", "failed", "crash"), "settings": None}]
    empty = {**quiet(), "conditions": {"before": {}, "during": {}}, "telemetry": None}
    assert codes(*old, empty) == []


def test_nothing_is_found_in_stored_records_of_a_quiet_session() -> None:
    (folder,) = (ROOT / "results").glob("*/20261122-112427")
    records, _ = read_records(folder)
    assert len(records) == 9
    assert codes(*records) == []


ONE_RUN = [
    ("before", {"busy_cpus": 1.03}, "busy_before", "used 1.03 of 2 measured CPU(s). Expected at most 0.120."),
    ("before", {"on_battery": True}, "battery", "Plug the machine in"),
    ("before", {"frequency_driver": "acpi-cpufreq"}, "governor", "governor powersave of acpi-cpufreq"),
    ("before", {"frequency_limit_hz": 2e9}, "frequency_limit", "limited to 2.00 GHz. Expected 4.00 GHz"),
    (
        "during",
        {"others_cpus": 0.5},
        "competitors",
        "used 0.500 of them; something waited for a CPU 30.0 % of the time.",
    ),
    ("during", {"others_cpus": 0.5, "cpu_pressure_share": None}, "competitors", "other processes used 0.500 of them."),
    ("during", {"steal_share": 0.068}, "steal", "lost 6.8 % of the CPU time"),
    ("during", {"cgroup_throttled_s": 12.0}, "cpu_quota", "stood still for 12.0 s of 60.0 s"),
    ("during", {"swap_out_bytes": 9 << 20}, "swapping", "9.00 MiB went to and from the swap"),
    ("during", {"involuntary_switches": 500_000}, "involuntary_switches", "put aside 5,000 times a second"),
    ("during", {"thermal_throttled_s": 3.0}, "heat", "heat slowed down 2 times, 3.00 s of 60.0 s. Turbo is on."),
    ("during", {"thermal_throttled_s": None}, "heat", "heat slowed down 2 times. Turbo is on. Expected none."),
]


@pytest.mark.parametrize(("when", "changes", "code", "words"), ONE_RUN)
def test_finding_tells_what_is_beyond_its_threshold(when: str, changes: dict, code: str, words: str) -> None:
    (finding,) = found([changed(quiet(), when, **changes)])
    assert finding.code == code
    assert words in finding.sentence
    assert "Expected" in finding.sentence


@pytest.mark.parametrize(
    ("when", "changes"),
    [
        ("before", {"busy_cpus": 0.12}),
        ("before", {"governor": "schedutil", "frequency_driver": "acpi-cpufreq"}),
        ("before", {"governor": "powersave", "frequency_driver": None}),
        ("before", {"frequency_limit_hz": 3.9e9}),
        ("during", {"others_cpus": 0.12}),
        ("during", {"steal_share": 0.02}),
        ("during", {"cgroup_throttled_s": 0.6}),
        ("during", {"swap_in_bytes": 4 << 20, "swap_out_bytes": 4 << 20}),
        ("during", {"involuntary_switches": 400_000}),
        ("during", {"thermal_throttles": 0, "thermal_throttled_s": None}),
        ("during", {"thermal_throttled_s": 0.6}),
    ],
)
def test_nothing_is_found_at_the_threshold(when: str, changes: dict) -> None:
    assert codes(changed(quiet(), when, **changes)) == []


def test_low_frequency_is_that_of_the_epochs_and_not_of_an_idle_processor() -> None:
    slow = with_epochs(quiet(), mean={"cpu0_frequency_hz": 1.2e9, "cpu1_frequency_hz": 1.6e9, "gpu0_sm_clock_hz": 9e9})
    (finding,) = found([slow])
    assert finding.code == "low_frequency"
    assert "ran at 1.40 GHz on average over its epochs. Expected 2.00 GHz, 50.0 % of" in finding.sentence
    assert codes(with_epochs(quiet(), mean={"cpu0_frequency_hz": 2e9})) == []


def test_clocks_of_a_gpu_that_were_held_down_are_told_with_the_reason() -> None:
    throttled = {"gpu0": {"gpu_idle": 0.9, "sw_power_cap": 0.04, "hw_thermal_slowdown": 0.3}}
    (finding,) = found([with_epochs(quiet(), throttled=throttled)])
    assert finding.code == "gpu_clocks"
    assert "ran on gpu0 with its clocks held down 30.0 % of the epochs: hw_thermal_slowdown." in finding.sentence
    assert codes(with_epochs(quiet(), throttled={"gpu0": {"gpu_idle": 0.9, "sw_power_cap": 0.05}})) == []


def test_pool_with_another_number_of_threads_is_named() -> None:
    pools = [POOLS[0], {**POOLS[1], "threads": 1}, {"pool": "OpenMP", "file": "libgomp.so.1", "threads": None}]
    (finding,) = found([{**quiet(), "settings": {"thread_pools": pools}}])
    assert finding.code == "thread_pools"
    assert finding.sentence.startswith(
        "cntk (mnist_mlp) computes with pools of other sizes than the case's 2 threads: OpenBLAS (libopenblas.so) 1. "
    )


def test_steps_that_scatter_between_parts_of_a_run_are_found() -> None:
    steps = [0.01 * (1.3 if part % 2 else 1.0) for part in range(10) for _ in range(20)]
    (finding,) = found([quiet(steps=steps)])
    assert finding.code == "scatter"
    # every tenth is 0.0015 from the median, 0.0115
    assert "scatters by 19.3 % between tenths" in finding.sentence


@pytest.mark.parametrize(
    ("second", "words"),
    [(1.25, "1.25 times as long in the second half"), (0.8, "0.800 times as long in the second half")],
)
def test_steps_that_drift_are_found_in_both_directions(second: float, words: str) -> None:
    (finding,) = [each for each in found([quiet(steps=[0.01] * 100 + [0.01 * second] * 100)]) if each.code == "drift"]
    assert words in finding.sentence
    assert ("warm up" in finding.sentence) == (second < 1)


@pytest.mark.parametrize(
    "steps",
    [
        noisy_steps(0.5),
        [0.01] * 100 + [0.0109] * 100,  # below a tenth
        [*([0.01] * 95), *([1.0] * 5), *([0.01] * 100)],  # one hiccup
        [0.01] * 20 + [0.02] * 20,  # too few steps to tell
    ],
)
def test_steps_that_only_vary_are_no_finding(steps: list[float]) -> None:
    assert codes(quiet(steps=steps)) == []


def rounds(*epochs_s: float) -> list[dict]:
    """Runs of one case, shuffled: they come in any order."""
    records = [quiet(number=number) for number in range(1, len(epochs_s) + 1)]
    made = [{**r, "metrics": {**r["metrics"], "epoch_s": s}} for r, s in zip(records, epochs_s, strict=True)]
    return made[2:] + made[:2]


def test_first_round_that_is_slower_than_all_others_is_found() -> None:
    (finding,) = found(rounds(1.5, 1.0, 1.1, 0.9, 1.0))
    assert (finding.code, finding.runs) == ("first_round", (3,))
    assert finding.sentence.startswith(
        "cntk (mnist_mlp; 1 of 5 runs) took 1.50 times as long an epoch in its first round"
    )


@pytest.mark.parametrize("epochs_s", [(1.5, 1.0, 1.1, 0.9), (1.2, 1.0, 1.1, 0.9, 1.0), (1.0, 1.5, 1.0, 1.0, 1.0)])
def test_first_round_needs_four_others_and_must_exceed_them_all(epochs_s: tuple[float, ...]) -> None:
    assert codes(*rounds(*epochs_s)) == []


def test_runs_of_all_backends_are_told_together_with_the_worst() -> None:
    cases = [("cntk", "mnist_mlp", 0.3), ("numpy", "mnist_mlp", 0.9), ("theano", "mnist_cnn", 0.0)]
    records = [changed(quiet(*case), "during", others_cpus=others) for *case, others in cases]
    (finding,) = found(records)
    assert finding.runs == (0, 1)
    assert finding.sentence.startswith(
        "2 of 3 runs (cntk mnist_mlp, numpy mnist_mlp; figures of the worst) shared 2 measured CPU(s): other "
        "processes used 0.900 of them; "
    )


def test_runs_are_not_named_when_all_have_it() -> None:
    stolen = changed(quiet(), "during", steal_share=0.5)
    assert findings([stolen])[0].startswith("1 of 1 run lost 50.0 %")
    assert findings([stolen, stolen])[0].startswith("2 of 2 runs lost 50.0 %")


def test_backends_findings_say_in_how_many_of_its_runs() -> None:
    other = {**quiet(number=2), "settings": {"thread_pools": [{**POOLS[0], "threads": 4}]}}
    (sentence,) = findings([quiet(), other, quiet(number=3), quiet("numpy"), quiet("cntk", "mnist_cnn")])
    assert sentence.startswith("cntk (mnist_mlp; 1 of 3 runs) computes with pools")


def test_facts_that_differ_are_told_apart() -> None:
    records = [with_blas(quiet("theano", "mnist_mlp"), "sse"), with_blas(quiet("theano", "mnist_cnn"), "avx2")]
    first, second = findings(records)
    assert first.startswith("theano (mnist_mlp) computes its products with the SSE instructions")
    assert second.startswith("theano (mnist_cnn) computes its products with the AVX2 instructions")


def test_runs_that_were_not_made_do_not_count() -> None:
    absent = broken("numpy", "mnist_mlp", "unsupported", "not here")
    stolen = changed(quiet(), "during", steal_share=0.5)
    assert findings([absent, stolen])[0].startswith("1 of 1 run lost")


def test_a_run_that_failed_is_judged_as_well() -> None:
    failed = {**changed(quiet(), "before", busy_cpus=2.0), "status": "timeout", "epochs": []}
    assert codes(failed) == ["busy_before"]


def test_findings_leave_records_as_they_are() -> None:
    records = session()
    before = json.dumps(records)
    findings(records)
    assert json.dumps(records) == before
