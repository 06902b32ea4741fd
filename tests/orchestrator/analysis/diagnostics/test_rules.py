"""Diagnostics are a pure function of records: one run each, at and beyond its threshold, and of many runs together."""

from __future__ import annotations

import json
import random
import re

import pytest

from harness.orchestrator.analysis.diagnostics.rules import RULES, diagnostics
from harness.orchestrator.core.paths import ROOT
from harness.orchestrator.results.record import read_records
from tests.orchestrator.sample_records import broken, sample, session, with_blas

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


def sentences(records: list[dict]) -> list[str]:
    return [diagnostic.sentence for diagnostic in diagnostics(records)]


def codes(*records: dict) -> list[str]:
    return [diagnostic.code for diagnostic in diagnostics(list(records))]


def test_codes_are_distinct_and_all_documented() -> None:
    named = [rule.code for rule in RULES]
    assert len(set(named)) == len(named)
    page = (ROOT / "docs" / "design" / "measuring.md").read_text().partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == set(named)


def test_nothing_is_found_on_a_quiet_machine() -> None:
    assert codes(quiet(), quiet("numpy"), quiet("theano", "mnist_cnn")) == []


def test_nothing_is_found_in_records_that_say_nothing() -> None:
    old = [sample("cntk", "mnist_mlp"), {**broken("cntk", "mnist_mlp", "failed", "crash"), "settings": None}]
    empty = {**quiet(), "conditions": {"before": {}, "during": {}}, "telemetry": None}
    assert codes(*old, empty) == []


def test_nothing_is_found_in_stored_records_of_a_quiet_session() -> None:
    folder = ROOT / "docs" / "examples" / "20261122-112427"
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
    ("during", {"involuntary_switches": 500_000}, "involuntary_switches", "preempted 5,000 times a second"),
    ("during", {"thermal_throttled_s": 3.0}, "heat", "heat slowed down 2 times, 3.00 s of 60.0 s. Turbo is on."),
    ("during", {"thermal_throttled_s": None}, "heat", "heat slowed down 2 times. Turbo is on. Expected none."),
]


@pytest.mark.parametrize(("when", "changes", "code", "words"), ONE_RUN)
def test_finding_tells_what_is_beyond_its_threshold(when: str, changes: dict, code: str, words: str) -> None:
    (diagnostic,) = diagnostics([changed(quiet(), when, **changes)])
    assert diagnostic.code == code
    assert words in diagnostic.sentence
    assert "Expected" in diagnostic.sentence


ALL = "1 of 1 run "
# Of each rule the whole sentence, as a person reads it.
# What a worker tells of a run that became slower.
UNSTEADY = {"steady": False, "extra_warmup_epochs": 0, "steps": 200, "change_at": 0.35, "ratio": 1.3, "p": 0.0}
SENTENCES = [
    (
        changed(quiet(), "before", busy_cpus=1.03),
        f"{ALL}began while other processes used 1.03 of 2 measured CPU(s). Expected at most 0.120. Stop them (top "
        "shows them) or wait for them, and run again.",
    ),
    (
        changed(quiet(), "during", others_cpus=0.5),
        f"{ALL}shared 2 measured CPU(s): other processes used 0.500 of them; something waited for a CPU 30.0 % of the "
        "time. Expected at most 0.120: the times hold what others took. Stop them (top shows them), and run again.",
    ),
    (
        changed(quiet(), "during", steal_share=0.068),
        f"{ALL}lost 6.8 % of the CPU time to other machines on the same host (steal). Expected at most 2.0 %. Use a "
        "machine whose CPUs are its own, or more rounds.",
    ),
    (
        changed(quiet(), "during", cgroup_throttled_s=12.0),
        f"{ALL}stood still for 12.0 s of 60.0 s: the CPU quota of the control group was used up. Expected none. Give "
        "the container a CPU for each thread (cpu.max), or use fewer threads.",
    ),
    (
        changed(quiet(), "during", swap_in_bytes=9 << 20),
        f"{ALL}ran while 9.00 MiB went to and from the swap. Expected at most 8 MiB. Stop what needs the memory, or "
        "use less data.",
    ),
    (
        changed(quiet(), "during", involuntary_switches=500_000),
        "cntk (mnist_mlp) had threads preempted 5,000 times a second of CPU time (involuntary switches). Expected at "
        "most 4,000. Use fewer threads than CPUs, or stop what else runs.",
    ),
    (
        changed(quiet(), "before", frequency_driver="acpi-cpufreq"),
        f"{ALL}ran under the governor powersave of acpi-cpufreq, which keeps the lowest frequency. Expected one that "
        "follows the load. Set it: sudo cpupower frequency-set -g performance.",
    ),
    (
        changed(quiet(), "before", frequency_limit_hz=2e9),
        f"{ALL}ran on CPUs that are limited to 2.00 GHz. Expected 4.00 GHz, which they can do. Lift the limit: sudo "
        "cpupower frequency-set -u 4000MHz.",
    ),
    (
        with_epochs(quiet(), mean={"cpu0_frequency_hz": 1.4e9}),
        f"{ALL}ran at 1.40 GHz on average over its epochs. Expected 2.00 GHz, 50.0 % of what the processor can do. "
        "Look at its governor, limits, power supply and cooling.",
    ),
    (
        changed(quiet(), "before", on_battery=True),
        f"{ALL}began on battery, which holds the frequency down. Expected mains. Plug the machine in, and run again.",
    ),
    (
        changed(quiet(), "during", thermal_throttled_s=3.0),
        f"{ALL}ran on CPUs that heat slowed down 2 times, 3.00 s of 60.0 s. Turbo is on. Expected none. Cool the "
        "machine, or switch turbo off, so that the frequency holds.",
    ),
    (
        changed(changed(quiet(), "during", thermal_throttled_s=3.0), "before", turbo=False),
        f"{ALL}ran on CPUs that heat slowed down 2 times, 3.00 s of 60.0 s. Turbo is off. Expected none. Cool the "
        "machine, or let it rest between runs.",
    ),
    (
        changed(changed(quiet(), "during", thermal_throttled_s=None), "before", turbo=None),
        f"{ALL}ran on CPUs that heat slowed down 2 times. Expected none. Cool the machine, or let it rest between "
        "runs.",
    ),
    (
        with_epochs(quiet(), throttled={"gpu0": {"sw_power_cap": 0.3}}),
        f"{ALL}ran on gpu0 with its clocks held down 30.0 % of the epochs: sw_power_cap. Expected at most 5.0 %. Cool "
        "it, raise its power limit (nvidia-smi -pl), or lock its clocks (nvidia-smi -lgc).",
    ),
    (
        {**quiet(), "settings": {"thread_pools": [{**pool, "threads": 1} for pool in POOLS]}},
        "cntk (mnist_mlp) computes with pools of other sizes than the case's 2 threads: intra-op 1, OpenBLAS "
        "(libopenblas.so) 1. Expected 2 in each, as every backend has. See what sets them in "
        "configs/environments/cntk.toml.",
    ),
    (
        quiet(steps=[0.01 * (1.3 if part % 2 else 1.0) for part in range(10) for _ in range(20)]),
        "cntk (mnist_mlp) has steps whose length scatters by 19.3 % between tenths of the run (1.4826 x median "
        "absolute deviation). Expected at most 10.0 %. Look for what else runs, and use more rounds.",
    ),
    (
        quiet(steps=[1.0] * 90 + [1.02] * 10 + [1.3] * 80 + [1.2] * 20),
        "cntk (mnist_mlp) has steps that take 1.30 times as long in the second half of the run as in the first. "
        "Expected 0.91 to 1.10. Look for heat, a falling clock or a competitor, and run again.",
    ),
    (
        quiet(steps=[1.25] * 100 + [1.0] * 100),
        "cntk (mnist_mlp) has steps that take 0.800 times as long in the second half of the run as in the first. "
        "Expected 0.91 to 1.10. Let more epochs warm up, and run again.",
    ),
    (
        {**quiet(), "steadiness": {**UNSTEADY, "ratio": 0.8, "extra_warmup_epochs": 2}},
        "cntk (mnist_mlp) changed its pace in its timed epochs, after 2 epochs added to warm up: behind 35.0 % of the "
        "steps one takes 0.800 times as long as before. Expected 0.95 to 1.05. Let more epochs warm up, and run again.",
    ),
    (
        {**quiet(), "steadiness": UNSTEADY},
        "cntk (mnist_mlp) changed its pace in its timed epochs: behind 35.0 % of the steps one takes 1.30 times as "
        "long as before. Expected 0.95 to 1.05. Look for heat, a falling clock or a competitor, and run again.",
    ),
]


@pytest.mark.parametrize(("record", "sentence"), SENTENCES)
def test_diagnostic_is_one_sentence_with_figures_and_what_to_do(record: dict, sentence: str) -> None:
    assert sentence in sentences([record])


def worse(when: str, mild: dict, severe: dict, words: str) -> tuple[dict, dict, str]:
    return changed(quiet(), when, **mild), changed(quiet(), when, **severe), words


def with_cpu_time(cpu_s: float, switches: int) -> dict:
    record = changed(quiet(), "during", involuntary_switches=switches)
    return {**record, "metrics": {**record["metrics"], "cpu_time_s": cpu_s}}


def halves(first: float, second: float, workload: str = "mnist_mlp") -> dict:
    return quiet(workload=workload, steps=[first] * 100 + [second] * 100)


@pytest.mark.parametrize(
    ("mild", "severe", "words"),
    [
        worse("before", {"busy_cpus": 0.5}, {"busy_cpus": 0.6}, "used 0.600 of 2"),
        worse("during", {"others_cpus": 0.5}, {"others_cpus": 0.6}, "used 0.600 of them"),
        worse("during", {"steal_share": 0.1}, {"steal_share": 0.2}, "lost 20.0 %"),
        worse(
            "during",
            {"cgroup_throttled_s": 12.0, "look_s": 600.0, "thermal_throttles": 0},
            {"cgroup_throttled_s": 6.0},
            "stood still for 6.00 s of 60.0 s",
        ),
        worse("during", {"swap_in_bytes": 9 << 20}, {"swap_out_bytes": 10 << 20}, "10.0 MiB"),
        (with_cpu_time(200.0, 900_000), with_cpu_time(50.0, 300_000), "preempted 6,000 times"),
        worse("before", {"frequency_limit_hz": 3e9}, {"frequency_limit_hz": 1e9}, "limited to 1.00 GHz"),
        (
            with_epochs(quiet(), mean={"cpu0_frequency_hz": 1.4e9}),
            with_epochs(quiet(), mean={"cpu0_frequency_hz": 0.8e9}),
            "ran at 0.80 GHz",
        ),
        worse(
            "during",
            {"thermal_throttles": 9, "thermal_throttled_s": 3.0},
            {"thermal_throttles": 2, "thermal_throttled_s": 6.0},
            "2 times, 6.00 s of",
        ),
        worse(
            "during",
            {"thermal_throttles": 8, "thermal_throttled_s": None},
            {"thermal_throttles": 9, "thermal_throttled_s": None},
            "heat slowed down 9 times.",
        ),
        (
            with_epochs(quiet(), throttled={"gpu0": {"sw_power_cap": 0.3}}),
            with_epochs(quiet(), throttled={"gpu0": {"sw_power_cap": 0.1, "hw_thermal_slowdown": 0.4}}),
            "40.0 % of the epochs: hw_thermal_slowdown",
        ),
        (
            quiet(steps=[1.3 if part % 2 else 1.0 for part in range(10) for _ in range(20)]),
            quiet(steps=[1.6 if part % 2 else 1.0 for part in range(10) for _ in range(20)]),
            "scatters by 34.2 %",
        ),
        (halves(1.0, 1.25), halves(1.0, 0.5), "take 0.500 times as long"),
        (halves(1.0, 0.8), halves(1.0, 1.5), "take 1.50 times as long"),
    ],
)
def test_of_several_runs_the_worst_is_told(mild: dict, severe: dict, words: str) -> None:
    for records in ([mild, severe], [severe, mild]):
        (sentence,) = [sentence for sentence in sentences(records) if words in sentence]
        assert "figures of the worst) " in sentence


@pytest.mark.parametrize(
    ("when", "changes"),
    [
        ("before", {"busy_cpus": 0.1 + 0.02}),
        ("before", {"governor": "schedutil", "frequency_driver": "acpi-cpufreq"}),
        ("before", {"governor": "powersave", "frequency_driver": None}),
        ("before", {"frequency_limit_hz": 3.8e9}),
        ("during", {"others_cpus": 0.1 + 0.02}),
        ("during", {"steal_share": 0.02}),
        ("during", {"cgroup_throttled_s": 0.6}),
        ("during", {"swap_in_bytes": 4 << 20, "swap_out_bytes": 4 << 20}),
        ("during", {"swap_in_bytes": 8 << 20, "swap_out_bytes": None}),
        ("during", {"swap_in_bytes": None, "swap_out_bytes": 8 << 20}),
        ("during", {"involuntary_switches": 400_000}),
        ("during", {"thermal_throttles": 0, "thermal_throttled_s": None}),
        ("during", {"thermal_throttled_s": 0.6}),
    ],
)
def test_nothing_is_found_at_the_threshold(when: str, changes: dict) -> None:
    assert codes(changed(quiet(), when, **changes)) == []


# How long one looked is always there, and heat counts by its number where its length is not known.
TOLD = [(when, name) for when in QUIET for name in QUIET[when] if name not in ("look_s", "thermal_throttled_s")]


@pytest.mark.parametrize(("when", "name"), TOLD)
def test_nothing_is_found_where_a_figure_could_not_be_told(when: str, name: str) -> None:
    assert codes(changed(quiet(), when, **{name: None})) == []


def test_low_frequency_is_that_of_the_epochs_and_not_of_an_idle_processor() -> None:
    slow = with_epochs(quiet(), mean={"cpu0_frequency_hz": 1.2e9, "cpu1_frequency_hz": 1.6e9, "gpu0_sm_clock_hz": 9e9})
    (diagnostic,) = diagnostics([slow])
    assert diagnostic.code == "low_frequency"
    assert "ran at 1.40 GHz on average over its epochs. Expected 2.00 GHz, 50.0 % of" in diagnostic.sentence
    assert codes(with_epochs(quiet(), mean={"cpu0_frequency_hz": 2e9})) == []


def test_clocks_of_a_gpu_that_were_held_down_are_told_with_the_reason() -> None:
    throttled = {"gpu0": {"gpu_idle": 0.9, "sw_power_cap": 0.04, "hw_thermal_slowdown": 0.3}}
    (diagnostic,) = diagnostics([with_epochs(quiet(), throttled=throttled)])
    assert diagnostic.code == "gpu_clocks"
    assert "ran on gpu0 with its clocks held down 30.0 % of the epochs: hw_thermal_slowdown." in diagnostic.sentence
    assert codes(with_epochs(quiet(), throttled={"gpu0": {"gpu_idle": 0.9, "sw_power_cap": 0.05}})) == []


def test_pool_with_another_number_of_threads_is_named() -> None:
    pools = [POOLS[0], {**POOLS[1], "threads": 1}, {"pool": "OpenMP", "file": "libgomp.so.1", "threads": None}]
    (diagnostic,) = diagnostics([{**quiet(), "settings": {"thread_pools": pools}}])
    assert diagnostic.code == "thread_pools"
    assert diagnostic.sentence.startswith(
        "cntk (mnist_mlp) computes with pools of other sizes than the case's 2 threads: OpenBLAS (libopenblas.so) 1. "
    )


def test_steps_that_scatter_between_parts_of_a_run_are_found() -> None:
    steps = [0.01 * (1.3 if part % 2 else 1.0) for part in range(10) for _ in range(20)]
    (diagnostic,) = diagnostics([quiet(steps=steps)])
    assert diagnostic.code == "scatter"
    # every tenth is 0.0015 from the median, 0.0115
    assert "scatters by 19.3 % between tenths" in diagnostic.sentence


@pytest.mark.parametrize(
    ("second", "words"),
    [(1.25, "1.25 times as long in the second half"), (0.8, "0.800 times as long in the second half")],
)
def test_steps_that_drift_are_found_in_both_directions(second: float, words: str) -> None:
    (diagnostic,) = [
        each for each in diagnostics([quiet(steps=[0.01] * 100 + [0.01 * second] * 100)]) if each.code == "drift"
    ]
    assert words in diagnostic.sentence
    assert ("warm up" in diagnostic.sentence) == (second < 1)


@pytest.mark.parametrize(
    "steps",
    [
        noisy_steps(0.5),
        [1.0] * 100 + [1.1] * 100,  # a tenth
        [0.01] * 80 + [0.0125] * 120,  # a tenth of the first half is as slow as the second
        [0.0125] * 100 + [0.01] * 80 + [0.0125] * 20,  # a tenth of the second half is as slow as the first
        [0.01] * 100 + [0.0125] * 60 + [0.01] * 40,  # slower in the middle alone
        [*([0.01] * 95), *([1.0] * 5), *([0.01] * 100)],  # one hiccup
        [0.01] * 20 + [0.02] * 20,  # too few steps to tell
    ],
)
def test_steps_that_only_vary_are_no_finding(steps: list[float]) -> None:
    assert codes(quiet(steps=steps)) == []


@pytest.mark.parametrize("steady", [True, None])
def test_worker_that_tested_its_pace_is_not_judged_again(steady: bool | None) -> None:
    record = quiet(steps=[0.01] * 100 + [0.0112] * 100)
    assert codes(record) == ["drift"]
    assert codes({**record, "steadiness": {**UNSTEADY, "steady": steady}}) == []
    assert codes({**record, "steadiness": UNSTEADY}) == ["unsteady"]


def test_fifty_steps_are_enough_for_a_drift() -> None:
    assert codes(quiet(steps=[0.01] * 25 + [0.0112] * 25)) == ["drift"]
    assert codes(quiet(steps=[0.01] * 24 + [0.0112] * 25)) == []


def rounds(*epochs_s: float, backend: str = "cntk", workload: str = "mnist_mlp", side: str | None = None) -> list[dict]:
    """Runs of one case, shuffled: they come in any order."""
    records = [quiet(backend, workload, number) for number in range(1, len(epochs_s) + 1)]
    for record in records:
        record["run"]["side"] = side
    made = [{**r, "metrics": {**r["metrics"], "epoch_s": s}} for r, s in zip(records, epochs_s, strict=True)]
    return made[2:] + made[:2]


def test_first_round_that_is_slower_than_all_others_is_found() -> None:
    (diagnostic,) = diagnostics(rounds(1.5, 1.0, 1.1, 0.9, 1.0))
    assert (diagnostic.code, diagnostic.runs) == ("first_round", (3,))
    assert diagnostic.sentence == (
        "cntk (mnist_mlp; 1 of 5 runs) took 1.50 times as long an epoch in its first round as in the median of 4 "
        "others. Expected at most 1.10 times the longest of them. Leave that round out, or look what was still running "
        "when the session began."
    )


def test_of_several_first_rounds_the_worst_is_told() -> None:
    mild, severe = rounds(15.0, *[10.0] * 4), rounds(3.0, *[1.0] * 4, workload="mnist_cnn")
    for records in (mild + severe, severe + mild):
        (sentence,) = sentences(records)
        assert "took 3.00 times as long" in sentence
        assert "; figures of the worst)" in sentence


def test_first_round_is_compared_with_others_of_its_case_and_side_alone() -> None:
    three = (1.5, 1.0, 1.0)
    assert codes(*rounds(*three, side="a"), *rounds(1.0, 1.0, 1.0, side="b")) == []
    assert codes(*rounds(*three), *rounds(1.0, 1.0, 1.0, backend="numpy")) == []
    (diagnostic,) = diagnostics([*rounds(1.5, 1.0, 1.0, 1.0, 1.0, side="a"), *rounds(1.0, 1.0, side="b")])
    assert diagnostic.code == "first_round"


@pytest.mark.parametrize(
    "epochs_s",
    [(1.5, 1.0, 1.1, 0.9), (1.2, 1.0, 1.1, 0.9, 1.0), (1.0, 1.5, 1.0, 1.0, 1.0), (1.1, 1.0, 1.0, 1.0, 1.0)],
)
def test_first_round_needs_four_others_and_must_exceed_them_all(epochs_s: tuple[float, ...]) -> None:
    assert codes(*rounds(*epochs_s)) == []


def test_runs_of_all_backends_are_told_together_with_the_worst() -> None:
    cases = [("cntk", "mnist_mlp", 0.3), ("numpy", "mnist_mlp", 0.9), ("theano", "mnist_cnn", 0.0)]
    records = [changed(quiet(*case), "during", others_cpus=others) for *case, others in cases]
    (diagnostic,) = diagnostics(records)
    assert diagnostic.runs == (0, 1)
    assert diagnostic.sentence.startswith(
        "2 of 3 runs (cntk/mnist_mlp, numpy/mnist_mlp; figures of the worst) shared 2 measured CPU(s): other "
        "processes used 0.900 of them; "
    )


def test_runs_are_not_named_when_all_have_it() -> None:
    stolen = changed(quiet(), "during", steal_share=0.5)
    assert sentences([stolen])[0].startswith("1 of 1 run lost 50.0 %")
    assert sentences([stolen, stolen])[0].startswith("2 of 2 runs lost 50.0 %")


def test_runs_of_all_that_differ_are_told_with_the_worst_without_names() -> None:
    some, more = (changed(quiet(), "during", steal_share=share) for share in (0.1, 0.5))
    assert sentences([some, more])[0].startswith("2 of 2 runs (figures of the worst) lost 50.0 %")
    assert sentences([quiet(), more])[0].startswith("1 of 2 runs (cntk/mnist_mlp) lost 50.0 %")


def test_what_is_of_a_backend_is_told_of_each() -> None:
    drifting = [quiet(backend, steps=[0.01] * 100 + [0.0125] * 100) for backend in ("cntk", "numpy")]
    told = [diagnostic for diagnostic in diagnostics(drifting) if diagnostic.code == "drift"]
    assert [diagnostic.runs for diagnostic in told] == [(0,), (1,)]
    assert [diagnostic.sentence.split()[0] for diagnostic in told] == ["cntk", "numpy"]


def test_what_has_no_run_is_judged_by_its_settings() -> None:
    """As of operations, which are no runs of a session."""
    case = {"backend": "theano", "workload": "operations", "profile": "tuned"}
    records = [{"case": case, "settings": with_blas(quiet(), used)["settings"]} for used in ("sse", "avx512")]
    assert [diagnostic.runs for diagnostic in diagnostics(records)] == [(0,)]


def test_backends_diagnostics_say_in_how_many_of_its_runs() -> None:
    other = {**quiet(number=2), "settings": {"thread_pools": [{**POOLS[0], "threads": 4}]}}
    (sentence,) = sentences([quiet(), other, quiet(number=3), quiet("numpy"), quiet("cntk", "mnist_cnn")])
    assert sentence.startswith("cntk (mnist_mlp; 1 of 3 runs) computes with pools")


def test_facts_that_differ_are_told_apart() -> None:
    records = [with_blas(quiet("theano", "mnist_mlp"), "sse"), with_blas(quiet("theano", "mnist_cnn"), "avx2")]
    first, second = sentences(records)
    assert first.startswith("theano (mnist_mlp) computes its products with the SSE instructions")
    assert second.startswith("theano (mnist_cnn) computes its products with the AVX2 instructions")


def test_runs_that_were_not_made_do_not_count() -> None:
    absent = broken("numpy", "mnist_mlp", "unsupported", "not here")
    stolen = changed(quiet(), "during", steal_share=0.5)
    assert sentences([absent, stolen])[0].startswith("1 of 1 run lost")


def test_a_run_that_failed_is_judged_as_well() -> None:
    failed = {**changed(quiet(), "before", busy_cpus=2.0), "status": "timeout", "epochs": []}
    assert codes(failed) == ["busy_before"]


def test_diagnostics_leave_records_as_they_are() -> None:
    records = session()
    before = json.dumps(records)
    sentences(records)
    assert json.dumps(records) == before
