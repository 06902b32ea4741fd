"""What is seen of the machine: from made-up files of the kernel, hand-computed, and from this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.orchestrator.monitoring.conditions import counters, kernel, observation
from harness.orchestrator.monitoring.conditions.frequency import clock
from harness.orchestrator.monitoring.conditions.observation import before, observed
from harness.orchestrator.monitoring.machine import choose_cpus

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
BUSY = "while True: pass"


class Kernel:
    """Files of /proc and /sys in a folder."""

    def __init__(self, folder: Path) -> None:
        self.proc, self.sys = folder / "proc", folder / "sys"

    def write(self, path: Path, content: object) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{content}\n")

    def stat(self, *cpus: dict[str, float]) -> None:
        """Of each CPU seconds by column; `guest` is in `user` as well."""
        columns = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guest_nice")
        rows = [" ".join(str(round(cpu.get(name, 0) * TICKS)) for name in columns) for cpu in cpus]
        lines = [f"cpu{number} {row}" for number, row in enumerate(rows)]
        self.write(self.proc / "stat", "\n".join(["cpu  1 2 3 4 5 6 7 8 9 10", *lines, "intr 1 2 3", "ctxt 12"]))

    def cpu(self, number: int, name: str, content: object) -> None:
        self.write(self.sys / "devices" / "system" / "cpu" / f"cpu{number}" / name, content)


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kernel:
    """A kernel that tells nothing yet."""
    files = Kernel(tmp_path)
    monkeypatch.setattr(kernel, "PROC", files.proc)
    monkeypatch.setattr(kernel, "SYS", files.sys)
    return files


@pytest.fixture
def sleeps(monkeypatch: pytest.MonkeyPatch) -> Callable:
    """A clock that moves when the orchestrator sleeps, and what happens meanwhile."""
    now, story = [100.0], []

    def sleep(seconds: float) -> None:
        now[0] += seconds
        story.pop(0)()

    def told(*events: Callable[[], None]) -> list[float]:
        story.extend(events)
        return now

    monkeypatch.setattr(observation.time, "sleep", sleep)
    monkeypatch.setattr(counters.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(counters.time, "process_time", lambda: 0.0)
    return told


def test_nothing_told_is_absent_and_not_zero(made_up: Kernel, sleeps: Callable) -> None:
    sleeps(lambda: None)
    with observed([0, 1]) as seen:
        pass
    told = seen.as_json(worker_cpu_s=None, involuntary_switches=None)
    assert told == {
        "before": {"look_s": observation.LOOK_S},
        "during": {"look_s": 0.0, "orchestrator_cpus": sorted(os.sched_getaffinity(0) - {0, 1}) or [0, 1]},
    }


def test_busy_is_what_measured_cpus_work_and_not_what_they_wait(made_up: Kernel, sleeps: Callable) -> None:
    made_up.stat({"user": 5}, {"idle": 7}, {"user": 1})
    sleeps(lambda: made_up.stat({"user": 5, "idle": 0.25}, {"idle": 7, "iowait": 0.25, "steal": 0.2}, {"user": 2}))
    found = before([0, 1])
    assert (found["look_s"], found["busy_cpus"], found["busiest_cpu_share"]) == (observation.LOOK_S, 0.0, 0.0)


def test_second_look_at_a_busy_machine_is_the_one_that_counts(made_up: Kernel, sleeps: Callable) -> None:
    made_up.stat({"user": 5}, {})
    sleeps(
        lambda: made_up.stat({"user": 5.25}, {}),
        lambda: made_up.stat({"user": 5.25, "nice": 0.1, "system": 0.2, "irq": 0.3, "softirq": 0.2}, {"user": 0.1}),
    )
    found = before([0, 1])
    assert found["look_s"] == pytest.approx(observation.LONG_LOOK_S)
    assert found["busy_cpus"] == pytest.approx(0.9)
    assert found["busiest_cpu_share"] == pytest.approx(0.8)


def test_load_pressure_and_memory_are_those_of_the_kernels_files(made_up: Kernel, sleeps: Callable) -> None:
    made_up.write(made_up.proc / "loadavg", "0.50 1.25 2.00 2/92 6206")
    made_up.write(
        made_up.proc / "pressure" / "cpu", "some avg10=8.75 avg60=1.0 avg300=5.77 total=7590127458\nfull avg10=0"
    )
    made_up.write(made_up.proc / "meminfo", "MemTotal: 900 kB\nMemAvailable: 300 kB\nSwapTotal: 50 kB\nSwapFree: 20 kB")
    sleeps(lambda: None)
    assert before([0]) == {
        "look_s": observation.LOOK_S,
        "load_average": [0.5, 1.25, 2.0],
        "cpu_pressure_share": 0.0875,
        "memory_available_bytes": 300 * 1024,
        "swap_used_bytes": 30 * 1024,
    }


def test_clock_is_the_measured_cpus_own(made_up: Kernel) -> None:
    for number, current in enumerate((800_000, 1_200_000, 3_000_000)):
        made_up.cpu(number, "cpufreq/scaling_cur_freq", current)
        made_up.cpu(number, "cpufreq/cpuinfo_max_freq", 4_000_000 + number)
        made_up.cpu(number, "cpufreq/scaling_max_freq", 2_000_000)
        made_up.cpu(number, "cpufreq/scaling_driver", "acpi-cpufreq")
        made_up.cpu(number, "cpufreq/scaling_governor", ("schedutil", "powersave", "ondemand")[number])
    assert clock([0, 1]) == {
        "frequency_hz": 1_000_000_000,
        "max_frequency_hz": 4_000_000_000,
        "frequency_limit_hz": 2_000_000_000,
        "frequency_driver": "acpi-cpufreq",
        "governor": "powersave, schedutil",
    }


@pytest.mark.parametrize(
    ("file", "content", "turbo"),
    [
        ("intel_pstate/no_turbo", 0, True),
        ("intel_pstate/no_turbo", 1, False),
        ("cpufreq/boost", 1, True),
        ("cpufreq/boost", 0, False),
        ("cpufreq/boost", "", None),
    ],
)
def test_turbo_is_told_by_either_driver(made_up: Kernel, file: str, content: object, turbo: bool | None) -> None:
    made_up.write(made_up.sys / "devices" / "system" / "cpu" / file, content)
    assert clock([0]).get("turbo") is turbo


@pytest.mark.parametrize(
    ("supplies", "told"),
    [
        ({"AC": {"type": "Mains", "online": 1}}, None),
        ({"AC": {"type": "Mains"}, "BAT0": {"type": "Battery", "status": "Charging"}}, False),
        ({"BAT0": {"type": "Battery", "status": "Discharging"}}, True),
        ({"mouse": {"type": "Battery", "scope": "Device", "status": "Discharging"}}, None),
    ],
)
def test_battery_is_the_machines_own(made_up: Kernel, supplies: dict, told: bool | None) -> None:
    for name, files in supplies.items():
        for file, content in files.items():
            made_up.write(made_up.sys / "class" / "power_supply" / name / file, content)
    assert kernel.on_battery() is told


def test_during_holds_differences(made_up: Kernel, sleeps: Callable) -> None:
    def counts(base: int) -> None:
        made_up.write(made_up.proc / "vmstat", f"pswpin {10 + base}\npswpout {20 + 3 * base}\npgfault 7")
        made_up.write(
            made_up.proc / "pressure" / "cpu", f"some avg10=0.00 avg60=0 avg300=0 total={5000000 + base * 10**6}"
        )
        for number in (0, 1):
            made_up.cpu(number, "thermal_throttle/core_throttle_count", 100 * number + base * number)
            made_up.cpu(number, "thermal_throttle/package_throttle_count", 500 + 4 * base)
            made_up.cpu(number, "thermal_throttle/core_throttle_total_time_ms", 7000 + 250 * base)

    now = sleeps(lambda: None)
    made_up.stat({"user": 10}, {"user": 20})
    counts(0)
    with observed([0, 1]) as seen:
        now[0] += 4
        counts(2)
        made_up.stat({"user": 12.5, "steal": 0.5}, {"user": 21, "system": 1})
    during = seen.as_json(worker_cpu_s=3.5, involuntary_switches=12)["during"]
    assert during.pop("orchestrator_cpus")
    assert during == {
        "look_s": 4.0,
        "others_cpus": pytest.approx((4.5 - 3.5) / 4),
        "steal_share": pytest.approx(0.5 / 5.0),
        "swap_in_bytes": 2 * PAGE,
        "swap_out_bytes": 6 * PAGE,
        "thermal_throttles": 8.0,
        "thermal_throttled_s": 0.5,
        "cpu_pressure_share": pytest.approx(0.5),
        "involuntary_switches": 12,
    }


def test_others_are_never_less_than_nobody(made_up: Kernel, sleeps: Callable) -> None:
    now = sleeps(lambda: None)
    made_up.stat({"user": 10})
    with observed([0]) as seen:
        now[0] += 1
        made_up.stat({"user": 10.9})
    assert seen.as_json(worker_cpu_s=1.0, involuntary_switches=0)["during"]["others_cpus"] == 0.0


def test_orchestrators_own_time_counts_for_nobody_where_it_shares_the_cpus(
    made_up: Kernel, sleeps: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, every = sleeps(lambda: None), sorted(os.sched_getaffinity(0))
    monkeypatch.setattr(counters.time, "process_time", lambda: now[0] / 10)
    made_up.stat(*({"user": 10} for _ in range(every[-1] + 1)))
    with observed(every) as seen:
        now[0] += 2
        made_up.stat({"user": 11.5}, *({"user": 10} for _ in range(every[-1])))
    told = seen.as_json(worker_cpu_s=1.0, involuntary_switches=0)["during"]["others_cpus"]
    assert told == pytest.approx((1.5 - 1.0 - 0.2) / 2)


@pytest.mark.parametrize(
    ("membership", "files", "told"),
    [
        (
            "0::/user.slice/job",
            {
                "user.slice/job/cpu.stat": "usage_usec 9\nthrottled_usec 1500000",
                "user.slice/cpu.stat": "throttled_usec 0",
            },
            {"user.slice/job": 1.5, "user.slice": 0.0},
        ),
        (
            "9:name=systemd:/\n3:cpuset:/\n1:cpu,cpuacct:/box\n0::/",
            {"cpu/box/cpu.stat": "throttled_time 250000000"},
            {"cpu/box": 0.25},
        ),
        ("0::/", {}, {}),
    ],
)
def test_cgroup_is_ours_and_those_around_it(made_up: Kernel, membership: str, files: dict, told: dict) -> None:
    made_up.write(made_up.proc / "self" / "cgroup", membership)
    root = made_up.sys / "fs" / "cgroup"
    for name, content in files.items():
        made_up.write(root / name, content)
    assert counters.throttled() == pytest.approx({str(root / name): seconds for name, seconds in told.items()})


@pytest.fixture
def busy_cpu() -> int:
    """A CPU on which another process computes."""
    (cpu,) = choose_cpus(1)[:1]
    process = subprocess.Popen([sys.executable, "-c", BUSY])
    try:
        os.sched_setaffinity(process.pid, {cpu})
        yield cpu
    finally:
        process.kill()
        process.wait()


def test_real_competitor_is_seen_before_and_during(busy_cpu: int) -> None:
    with observed([busy_cpu]) as seen:
        time.sleep(0.5)
    told = seen.as_json(worker_cpu_s=0.0, involuntary_switches=0)
    assert told["before"]["busiest_cpu_share"] > 0.5
    assert told["during"]["others_cpus"] > 0.5
    assert set(told["before"]) <= set(observation.BEFORE)
    assert set(told["during"]) <= set(observation.DURING)
    assert {"load_average", "memory_available_bytes"} <= set(told["before"])
    assert 0 <= told["during"]["steal_share"] < 1
