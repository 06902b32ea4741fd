"""GPUs through NVML, on a recorded stream with the binding's own error codes."""

from __future__ import annotations

import os

import pynvml
import pytest

from harness.orchestrator.monitoring.telemetry import gpus, nvml
from harness.orchestrator.monitoring.telemetry.gpus import number_of
from harness.orchestrator.monitoring.telemetry.nvml import Nvml
from harness.orchestrator.monitoring.telemetry.sampler import Sampler
from harness.orchestrator.monitoring.telemetry.summary import energy_j_per_epoch, summaries
from tests.orchestrator.monitoring.telemetry.recorded_nvml import Recorded

UUIDS = ["GPU-1f6a2b3c-0d4e-4f50-8a61-72839405a6b7", "GPU-9c8d7e6f-5a4b-4c3d-9e2f-1a0b9c8d7e6f"]
ENERGY = "nvmlDeviceGetTotalEnergyConsumption"


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch):
    """Answers from the recording, with changes, from now on."""

    def install(**changes: object) -> Recorded:
        library = Recorded(**changes)
        monkeypatch.setattr(nvml, "library", lambda: library)
        return library

    return install


def sampler(device: str = "gpu:1", variables: dict | None = None) -> Sampler:
    """Of this very process, with all telemetry."""
    return Sampler(os.getpid(), True, sorted(os.sched_getaffinity(0)), device, variables)


def gpu_part(row: dict) -> dict:
    """What a row says of GPUs."""
    return {name: value for name, value in row.items() if name.startswith("gpu")}


def test_sampler_reads_the_gpu_of_the_run_in_our_units(recorded) -> None:
    recorded()
    taken = sampler()
    taken.sample("epoch", 0)
    assert gpu_part(taken.samples.rows[0]) == pytest.approx(
        {
            "gpu1_utilisation": 0.97,
            "gpu1_memory_utilisation": 0.41,
            "gpu1_memory_used_bytes": 13506134016,
            "gpu1_power_w": 389.87,
            "gpu1_energy_j": 7263481.754,
            "gpu1_sm_clock_hz": 1.98e9,
            "gpu1_memory_clock_hz": 2.619e9,
            "gpu1_temperature_celsius": 52,
            "gpu1_throttle_reasons": "unthrottled",
            "gpu1_pcie_sent_bytes_per_s": 1.22e6,
            "gpu1_pcie_received_bytes_per_s": 4.875e7,
            "gpu1_pcie_generation": 5,
            "gpu1_pcie_width": 16,
        }
    )


def test_summary_of_a_gpu_gives_joules_an_epoch_and_why_it_was_throttled(recorded) -> None:
    recorded()
    taken = sampler()
    for second in range(3):
        taken.sample("epoch", 0)
        taken.samples.rows[-1]["t_s"] = 100.0 + second
    taken.samples.columns = {name: kind for name, kind in taken.samples.columns.items() if name.startswith("gpu1")}
    phases = [{"phase": "epoch", "index": 0, "begin_s": 100.0, "end_s": 102.0}]
    epoch = summaries(taken.samples, phases)[0]
    assert epoch["difference"]["gpu1_energy_j"] == pytest.approx(389.870 + 402.118)
    assert energy_j_per_epoch(taken.samples, phases) == pytest.approx(791.988)
    # the first and the last sample stand for half a second each, the one between them for a whole one
    assert epoch["throttled"] == {"gpu1": {"sw_power_cap": 0.75, "sw_thermal_slowdown": 0.25}}
    assert epoch["max"]["gpu1_temperature_celsius"] == 58


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (pynvml.NVML_ERROR_NOT_SUPPORTED, "NVML: Not Supported"),
        (pynvml.NVML_ERROR_NO_PERMISSION, "NVML: Insufficient Permissions"),
        (pynvml.NVML_ERROR_UNKNOWN, "NVML: Unknown Error"),
    ],
)
def test_quantity_that_a_gpu_does_not_tell_is_absent_and_the_others_are_not(recorded, code: int, reason: str) -> None:
    recorded(**{ENERGY: [{"error": code}]})
    taken = sampler()
    taken.sample("epoch", 0)
    assert taken.samples.absent["gpu1_energy"] == reason
    assert "gpu1_energy" not in taken.samples.sensors
    assert "gpu1_energy_j" not in taken.samples.columns
    assert taken.samples.rows[0]["gpu1_power_w"] == pytest.approx(389.87)


def test_gpu_that_is_lost_is_absent_from_then_on(recorded) -> None:
    lost = {"error": pynvml.NVML_ERROR_GPU_IS_LOST}
    library = recorded(nvmlDeviceGetPowerUsage=[71342, 389870, lost])
    taken = sampler()
    for _ in range(3):
        taken.sample("epoch", 0)
    assert [row.get("gpu1_power_w") for row in taken.samples.rows] == [pytest.approx(389.87), None, None]
    assert taken.samples.absent["gpu1_power"] == "NVML: GPU is lost"
    assert library.asked["nvmlDeviceGetPowerUsage", (1,)] == 3


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (pynvml.NVML_ERROR_DRIVER_NOT_LOADED, "NVML: Driver Not Loaded"),
        (pynvml.NVML_ERROR_LIBRARY_NOT_FOUND, "NVML: NVML Shared Library Not Found"),
    ],
)
def test_run_without_driver_says_so_and_samples_the_rest(recorded, code: int, reason: str) -> None:
    recorded(nvmlInit=[{"error": code}])
    taken = sampler()
    taken.sample("epoch", 0)
    taken.close()
    assert taken.samples.absent["gpu"] == reason
    assert gpu_part(taken.samples.rows[0]) == {}
    assert taken.samples.rows[0]["tree_rss_bytes"] > 0


def test_sampler_of_a_run_on_the_cpu_leaves_nvml_alone(recorded) -> None:
    library = recorded()
    sampler("cpu").close()
    assert library.asked == {}


def test_sampler_lets_the_driver_go(recorded) -> None:
    library = recorded()
    sampler().close()
    assert library.asked["nvmlShutdown", ()] == 1


@pytest.mark.parametrize(
    ("device", "shown", "number"),
    [
        ("gpu", None, 0),
        ("gpu:1", None, 1),
        ("gpu", "1", 1),
        ("gpu:1", "1,0", 0),
        ("gpu", "GPU-9c8d", 1),
        ("gpu:1", f"{UUIDS[1]}, {UUIDS[0]}", 0),
    ],
)
def test_gpu_of_a_run_follows_what_the_worker_sees(device: str, shown: str | None, number: int) -> None:
    assert number_of(device, shown, UUIDS) == number


@pytest.mark.parametrize(
    ("device", "shown"), [("gpu:2", None), ("gpu:1", "0"), ("gpu", ""), ("gpu", "MIG-1"), ("gpu", "7")]
)
def test_run_on_a_gpu_that_is_not_there_says_so(recorded, device: str, shown: str | None) -> None:
    recorded()
    taken = sampler(device, {} if shown is None else {"CUDA_VISIBLE_DEVICES": shown})
    taken.close()
    assert taken.samples.absent["gpu"] == f"no GPU is {device} among 2 with CUDA_VISIBLE_DEVICES={shown}"
    assert "memory" in taken.samples.sensors


@pytest.mark.parametrize(
    ("bits", "words"),
    [(0x48, "hw_slowdown|hw_thermal_slowdown"), (0x10002, "applications_clocks_setting|bits_0x10000")],
)
def test_throttle_reasons_are_named(recorded, bits: int, words: str) -> None:
    recorded(nvmlDeviceGetCurrentClocksThrottleReasons=[bits])
    assert nvml.throttle_reasons(Nvml(), 1) == words


def test_nvidia_gpus_are_counted_through_the_same_module(recorded, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    library = recorded()
    assert gpus.nvidia_gpus() == 2
    assert library.asked["nvmlShutdown", ()] == 1
    recorded(nvmlInit=[{"error": pynvml.NVML_ERROR_DRIVER_NOT_LOADED}])
    monkeypatch.setattr(gpus, "DRIVER", tmp_path / "version")
    assert gpus.nvidia_gpus() == 0
    gpus.DRIVER.touch()
    assert gpus.nvidia_gpus() == 1
