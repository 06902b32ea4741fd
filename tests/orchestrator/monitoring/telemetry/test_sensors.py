"""Each sensor on files as the kernel writes them; what is missing or refused is absent, never zero."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.orchestrator.monitoring.telemetry import procfs as files_module
from harness.orchestrator.monitoring.telemetry.process_counters import TICKS_PER_S, Memory, Switches, Transfers, Work
from harness.orchestrator.monitoring.telemetry.process_tree import Tree
from harness.orchestrator.monitoring.telemetry.processors import Frequency, Load, Pressure, Processors
from harness.orchestrator.monitoring.telemetry.procfs import Files
from harness.orchestrator.monitoring.telemetry.sensor import FAILURES, Unreadable, reason_of
from harness.orchestrator.monitoring.telemetry.thermal_and_energy import Energy, Temperature

Write = Callable[[str, str], None]
# No process has this number: the largest that Linux gives is 2 ** 22.
ROOT, CHILD = 5_000_000, 5_000_001


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file below the root of the fake machine."""

    def written(path: str, text: str) -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    return written


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def process(write: Write, pid: int, children: str = "", **changes: int) -> None:
    """A process of one thread, or what has become of it."""
    told = {"minor": 0, "major": 0, "ticks": 0, "rss": 0, "peak": 0, "read": 0, "written": 0, "switches": 0} | changes
    faults = f"{told['minor']} 0 {told['major']} 0"
    write(f"proc/{pid}/stat", f"{pid} (a) b)) S 1 {pid} {pid} 0 -1 0 {faults} {told['ticks']} 0 0 0 20 0 1 0 9 9 9\n")
    memory = f"VmHWM:\t{told['peak']} kB\nVmRSS:\t{told['rss']} kB\n" if told["rss"] else ""
    status = f"Name:\ta\n{memory}voluntary_ctxt_switches:\t{told['switches']}\nnonvoluntary_ctxt_switches:\t7\n"
    write(f"proc/{pid}/status", status)
    write(f"proc/{pid}/task/{pid}/status", status)
    write(f"proc/{pid}/task/{pid}/children", children)
    transfers = f"read_bytes: {told['read']}\nwrite_bytes: {told['written']}\ncancelled_write_bytes: 0\n"
    write(f"proc/{pid}/io", f"rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\n{transfers}")


def remove(folder: Path) -> None:
    """Take a process away."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def tree(files: Files) -> Tree:
    found = Tree(ROOT, files)
    found.look()
    return found


def test_tree_adds_up_worker_and_children(write: Write, files: Files) -> None:
    process(
        write, ROOT, f"{CHILD} ", minor=10, major=1, ticks=300, read=1000, written=5, switches=40, rss=1000, peak=1200
    )
    process(write, CHILD, minor=5, major=2, ticks=50, read=24, written=1, switches=2, rss=500, peak=900)
    found = tree(files)
    cpu = {"tree_cpu_s": 350 / TICKS_PER_S, "tree_minor_faults": 15, "tree_major_faults": 3}
    assert Work(found).read() == cpu
    assert Transfers(found).read() == {"tree_read_bytes": 1024, "tree_written_bytes": 6}
    assert Switches(found).read() == {"tree_voluntary_switches": 42, "tree_involuntary_switches": 14}
    assert Memory(found).read() == {"tree_rss_bytes": 1500 * 1024, "tree_peak_rss_bytes": 1500 * 1024}


def test_peak_is_the_worker_s_own_where_no_sample_met_it(write: Write, files: Files) -> None:
    process(write, ROOT, rss=1000, peak=8000)
    memory = Memory(tree(files))
    memory.read()
    process(write, ROOT, rss=10, peak=8000)
    assert memory.read() == {"tree_rss_bytes": 10 * 1024, "tree_peak_rss_bytes": 8000 * 1024}


def test_totals_do_not_fall_when_a_child_ends_unheard(write: Write, files: Files, tmp_path: Path) -> None:
    process(write, ROOT, f"{CHILD}", ticks=300, read=10, switches=40)
    process(write, CHILD, ticks=50, read=5, switches=2)
    found = tree(files)
    work, transfers, switches = Work(found), Transfers(found), Switches(found)
    before = work.read() | transfers.read() | switches.read()
    process(write, ROOT, "", ticks=310, read=11, switches=41)
    remove(tmp_path / f"proc/{CHILD}")
    found.look()
    after = work.read() | transfers.read() | switches.read()
    assert found.threads.keys() == {ROOT}
    assert (after["tree_cpu_s"], after["tree_read_bytes"]) == (before["tree_cpu_s"], before["tree_read_bytes"])
    assert after["tree_voluntary_switches"] == 43  # what the child was last seen with is kept


def test_tree_that_has_ended_tells_nothing(files: Files) -> None:
    found = tree(files)
    assert [sensor(found).read() for sensor in (Work, Transfers, Switches, Memory)] == [{}, {}, {}, {}]


@pytest.mark.parametrize(("state", "transfers"), [("Z", {"tree_read_bytes": 10, "tree_written_bytes": 0}), ("S", None)])
def test_zombie_that_the_kernel_shows_to_root_alone_is_left_out(
    write: Write, files: Files, monkeypatch: pytest.MonkeyPatch, state: str, transfers: dict | None
) -> None:
    """Of a process that still runs, a file that may not be read is no zombie's."""
    process(write, ROOT, f"{CHILD}", read=10)
    process(write, CHILD, read=5)
    write(f"proc/{CHILD}/stat", f"{CHILD} (a) {state} {ROOT} 1\n")
    read = files.read

    def refusing(path: str) -> bytes:
        if path == f"proc/{CHILD}/io":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(files, "read", refusing)
    sensor = Transfers(tree(files))
    if transfers is None:
        with pytest.raises(PermissionError):
            sensor.read()
    else:
        assert sensor.read() == transfers


def test_processors_tell_the_machine_and_the_worker_s_part(write: Write, files: Files) -> None:
    lines = ["cpu  10 2 30 400 50 6 7 8 0 0", "cpu0 1 1 1 100 10 1 1 4 0 0", "cpu1 9 1 29 300 40 5 6 4 0 0", "intr 9 9"]
    write("proc/stat", "\n".join(lines) + "\n")
    ticks = {name: value * TICKS_PER_S for name, value in Processors(files, [1]).read().items()}
    assert ticks == pytest.approx(
        {
            "machine_busy_s": 55, "machine_idle_s": 450, "machine_steal_s": 8, "cpus_busy_s": 50, "cpus_idle_s": 340,
            "cpus_steal_s": 4,
        }
    )  # fmt: skip


def test_load_and_pressure_are_read_as_the_kernel_writes_them(write: Write, files: Files) -> None:
    write("proc/loadavg", "1.25 0.90 0.50 2/300 12345\n")
    for number, name in enumerate(("cpu", "memory", "io"), 1):
        write(f"proc/pressure/{name}", f"some avg10=0.00 avg60=0.00 avg300=0.00 total={number}500000\nfull total=9\n")
    assert Load(files).read() == {"load_average_1min": 1.25}
    assert Pressure(files).read() == {"pressure_cpu_s": 1.5, "pressure_memory_s": 2.5, "pressure_io_s": 3.5}


def test_frequency_is_that_of_the_measured_cores(write: Write, files: Files) -> None:
    for number in range(3):
        write(f"sys/devices/system/cpu/cpu{number}/cpufreq/scaling_cur_freq", f"{1800000 + number}\n")
    assert Frequency(files, [0, 2]).read() == {"cpu0_frequency_hz": 1.8e9, "cpu2_frequency_hz": 1.800002e9}


def test_frequency_of_cpuinfo_is_told_where_it_is_measured(write: Write, files: Files) -> None:
    block = "processor\t: {}\nmodel name\t: A\ncpu MHz\t\t: {}\nflags\t\t: fpu{} sse\n\n"
    write("proc/cpuinfo", block.format(0, 2500.5, " aperfmperf") + block.format(1, 3100.25, " aperfmperf"))
    assert Frequency(files, [1]).read() == {"cpu1_frequency_hz": 3.10025e9}
    with pytest.raises(Unreadable, match="no frequency of these CPUs"):
        Frequency(files, [1, 2])


def test_nominal_frequency_is_no_frequency(write: Write, tmp_path: Path) -> None:
    write("proc/cpuinfo", "processor\t: 0\ncpu MHz\t\t: 2596.098\nflags\t\t: fpu sse\n")
    with pytest.raises(Unreadable, match="a nominal frequency only"):
        Frequency(Files(tmp_path), [0])


def test_temperature_is_the_hottest_processor_s(write: Write, files: Files) -> None:
    for number, (chip, degrees) in enumerate((("nvme", 71850), ("k10temp", 48250), ("k10temp", 51500))):
        write(f"sys/class/hwmon/hwmon{number}/name", f"{chip}\n")
        write(f"sys/class/hwmon/hwmon{number}/temp1_input", f"{degrees}\n")
    assert Temperature(files).read() == {"cpu_temperature_celsius": 51.5}


def test_temperature_is_a_thermal_zone_s_where_no_chip_tells(write: Write, files: Files) -> None:
    for number, (kind, degrees) in enumerate((("acpitz", 27800), ("x86_pkg_temp", 44000))):
        write(f"sys/class/thermal/thermal_zone{number}/type", f"{kind}\n")
        write(f"sys/class/thermal/thermal_zone{number}/temp", f"{degrees}\n")
    assert Temperature(files).read() == {"cpu_temperature_celsius": 44.0}


def package(write: Write, number: int, count_uj: int, zone: str = "intel-rapl", name: str = "package") -> None:
    write(f"sys/class/powercap/{zone}:{number}/name", f"{name}-{number}\n")
    write(f"sys/class/powercap/{zone}:{number}/max_energy_range_uj", "262143328850\n")
    write(f"sys/class/powercap/{zone}:{number}/energy_uj", f"{count_uj}\n")


def test_energy_goes_on_where_a_counter_starts_again(write: Write, files: Files) -> None:
    package(write, 0, 262_140_000_000)
    package(write, 1, 5_000_000)
    package(write, 0, 1, zone="intel-rapl-mmio")  # the same package once more
    package(write, 2, 1, name="psys")
    energy = Energy(files)
    package(write, 0, 1_000_000)
    package(write, 1, 7_500_000)
    assert energy.read() == pytest.approx({"package0_energy_j": 4.32885, "package1_energy_j": 2.5})
    package(write, 0, 3_000_000)
    assert energy.read() == pytest.approx({"package0_energy_j": 6.32885, "package1_energy_j": 2.5})


def test_energy_that_may_not_be_read_is_absent_with_the_reason(
    write: Write, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(write, 0, 1)
    opened = files_module.open_file

    def refusing(path: str) -> int:
        if path.endswith("energy_uj"):
            raise PermissionError(13, "Permission denied", path)
        return opened(path)

    monkeypatch.setattr(files_module, "open_file", refusing)
    with pytest.raises(PermissionError) as caught:
        Energy(files)
    assert reason_of(caught.value).endswith("intel-rapl:0/energy_uj may not be read by this user")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda files: Energy(files), "no package of RAPL in /sys/class/powercap"),
        (lambda files: Temperature(files), "neither hwmon nor a thermal zone tells of a processor"),
        (lambda files: Frequency(files, [0]), "there is no .*/proc/cpuinfo"),
        (lambda files: Pressure(files), "there is no .*/proc/pressure/cpu"),
        (lambda files: Load(files), "there is no .*/proc/loadavg"),
        (lambda files: Processors(files, [0]), "there is no .*/proc/stat"),
    ],
)
def test_sensor_of_a_machine_without_it_is_absent(files: Files, make: Callable, words: str) -> None:
    with pytest.raises(FAILURES) as caught:
        make(files)
    assert re.search(words, reason_of(caught.value))


def test_content_that_is_no_number_makes_a_sensor_absent(write: Write, files: Files) -> None:
    write("proc/loadavg", "N/A\n")
    with pytest.raises(FAILURES) as caught:
        Load(files)
    assert reason_of(caught.value).startswith("invalid content: ")


def test_files_are_opened_once_and_closed_when_no_longer_read(
    write: Write, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    open_file = files_module.open_file
    monkeypatch.setattr(files_module, "open_file", lambda path: opened.append(path) or open_file(path))
    for name in ("a", "b"):
        write(name, "1")
    assert [files.number("a"), files.number("a"), files.number("b")] == [1, 1, 1]
    assert len(opened) == 2
    files.tidy()
    files.number("a")
    files.tidy()
    assert list(files.kept) == ["a"]
    files.close()
    assert files.kept == {}


def test_files_beyond_those_kept_open_are_read_all_the_same(
    write: Write, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_module, "KEPT_OPEN", 1)
    for number in range(3):
        write(str(number), str(number))
    assert [files.number(str(number)) for number in range(3)] == [0, 1, 2]
    assert list(files.kept) == ["0"]
