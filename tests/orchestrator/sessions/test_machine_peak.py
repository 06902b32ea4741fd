"""A peak is measured by what is there, and runs are held against it."""

from __future__ import annotations

from io import StringIO

import pytest
from click.testing import CliRunner
from rich.console import Console

from harness.orchestrator.cli.report import report_command as report
from harness.orchestrator.core.cases import Case
from harness.orchestrator.core.config import Config
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.environments.provision import ensure
from harness.orchestrator.execution.job import RunOutcome
from harness.orchestrator.reports.exporters import exported
from harness.orchestrator.reports.session import terminal
from harness.orchestrator.reports.session.table import SessionView, tables
from harness.orchestrator.results.record import write_record
from harness.orchestrator.sessions import machine_peak
from harness.orchestrator.sessions.prepared import Missing, Prepared
from harness.orchestrator.sessions.record_builder import efficiency
from harness.worker.protocol import PEAK
from tests.orchestrator.sample_records import MACHINE, broken, sample

CONFIG = Config(backends=["theano", "cntk", "tensorflow"], workloads=["mnist_mlp"], devices=["cpu", "gpu"])
MEASURED = {
    "dtype": "float32", "gemm_flops_per_s": 4e11, "gemm_median_flops_per_s": 3.9e11, "gemm_rows": 1536,
    "gemm_call_s": [0.1], "bandwidth_bytes_per_s": 4e10, "bandwidth_median_bytes_per_s": 3.8e10,
    "bandwidth_rows": 8192, "bandwidth_call_s": [0.1],
}  # fmt: skip
WHOLE = {
    **MEASURED, "device": "cpu", "threads": 2, "backend": "numpy", "version": "2.4.6", "profile": "tuned",
    "blas": {"library": "OpenBLAS", "version": "0.3.31", "kernels": "SkylakeX"}, "reason": None,
}  # fmt: skip


def answering(monkeypatch: pytest.MonkeyPatch, failing: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Workers answer, but for those of backends that fail; returns whom was asked, on which device."""
    asked = []

    def ask(config: Config, case: Case, environment: object) -> RunOutcome:
        asked.append((case.backend, case.device))
        if case.backend in failing:
            return RunOutcome("failed", "BackendError in phase import: no card", "import")
        versions = {case.backend: "1.2"}
        return RunOutcome("ok", None, "done", {"peak": MEASURED, "versions": versions, "settings": {"blas": None}})

    monkeypatch.setattr(machine_peak, "ask", ask)
    return asked


def prepared(**missing: str) -> Prepared:
    """Environments of all backends, but for those that are missing on the GPU."""
    there = {(backend, device): object() for backend in ("numpy", *CONFIG.backends) for device in ("cpu", "gpu")}
    return Prepared({**there, **{(backend, "gpu"): Missing(why) for backend, why in missing.items()}})


def test_peak_of_a_cpu_is_measured_by_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch)
    found = machine_peak.measure(CONFIG, "cpu", 2, prepared())
    assert asked == [("numpy", "cpu")]
    assert set(found) == {*PEAK, "device", "threads", "backend", "version", "profile", "blas", "reason"}
    assert (found["gemm_flops_per_s"], found["threads"], found["reason"]) == (4e11, 2, None)


def test_peak_of_a_gpu_is_measured_by_the_first_backend_that_can(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, failing=("cntk",))
    found = machine_peak.measure(CONFIG, "gpu", 2, prepared(theano="needs CUDA 10"))
    assert asked == [("cntk", "gpu"), ("tensorflow", "gpu")]
    assert (found["backend"], found["version"], found["reason"]) == ("tensorflow", "1.2", None)


def test_peak_is_none_with_the_reasons_where_nobody_can_measure_it(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, failing=("cntk", "tensorflow"))
    said = []
    cases = [Case("cntk", "mnist_mlp", "2015-12", "gpu", 2, "tuned", "float32")]
    found = machine_peak.peaks(CONFIG, cases, prepared(theano="needs CUDA 10"), said.append)["gpu", 2]
    assert found["reason"].startswith("theano: needs CUDA 10; cntk: BackendError")
    assert said == [f"The peak of gpu is not known: {found['reason']}."]
    assert all(found[key] is None for key in PEAK)


def test_peaks_are_measured_once_for_all_cases_with_the_same_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch)
    threads = (2, 2, 1)
    cases = [Case("cntk", "mnist_mlp", "2015-12", "cpu", each, "tuned", "float32") for each in threads]
    assert set(machine_peak.peaks(CONFIG, cases, prepared(), [].append)) == {("cpu", 2), ("cpu", 1)}
    assert len(asked) == 2


@pytest.mark.parametrize("backend", ["numpy", "tensorflow", "cntk"])
def test_peak_is_measured_through_any_engine(backend: str) -> None:
    environment = ensure([backend], "cpu")[backend]
    assert isinstance(environment, Environment), environment
    case = Case(backend, "peak", "2015-12", "cpu", 1, "tuned", "float32")
    outcome = machine_peak.ask(CONFIG, case, environment)
    assert (outcome.status, outcome.reason) == ("ok", None)
    found = outcome.result["peak"]
    assert set(found) == set(PEAK)
    # A core of the last ten years, and no cache; a library that does not compute again what it has kept is far above.
    assert 1e9 < found["gemm_median_flops_per_s"] <= found["gemm_flops_per_s"] < 2e12
    assert 1e8 < found["bandwidth_median_bytes_per_s"] <= found["bandwidth_bytes_per_s"] < 2e11


def test_peak_cannot_be_measured_on_a_device_that_is_not_there() -> None:
    environment = ensure(["numpy"], "cpu")["numpy"]
    outcome = machine_peak.ask(CONFIG, Case("numpy", "peak", "2015-12", "gpu", 1, "tuned", "float32"), environment)
    assert outcome.status == "unsupported"


def test_efficiency_is_what_is_asked_for_a_second_over_the_peak() -> None:
    result = {"flops": {"train_per_sample": 3e6, "evaluation_per_sample": 1e6}, "samples_per_s": 2e4}
    assert efficiency(result, MEASURED) == {
        "train_flops_per_sample": 3e6,
        "evaluation_flops_per_sample": 1e6,
        "flops_per_s": 6e10,
        "peak_fraction": pytest.approx(0.15),
    }


@pytest.mark.parametrize(
    ("result", "peak", "speed"),
    [
        ({}, MEASURED, None),
        ({"flops": None, "samples_per_s": 2e4}, MEASURED, None),
        ({"flops": {"train_per_sample": 3e6}, "samples_per_s": 2e4}, None, 6e10),
        ({"flops": {"train_per_sample": 3e6}, "samples_per_s": 2e4}, dict.fromkeys(PEAK), 6e10),
    ],
)
def test_efficiency_is_none_where_something_is_missing(result: dict, peak: dict | None, speed: float | None) -> None:
    found = efficiency(result, peak)
    assert (found["flops_per_s"], found["peak_fraction"]) == (speed, None)


def held(backend: str, fraction: float, peak: dict = WHOLE, number: int = 1) -> dict:
    """A record that reaches a fraction of the peak."""
    record = sample(backend, "mnist_mlp", number=number)
    metrics = {**record["metrics"], "peak_fraction": fraction}
    return {**record, "metrics": metrics, "machine": {**MACHINE, "peak": peak}}


def test_table_shows_parts_of_the_peak_and_the_reasons_of_runs_without() -> None:
    records = [held("tensorflow", 0.25), held("tensorflow", 0.3, number=2), broken("cntk", "mnist_mlp", "failed", "x")]
    (table,) = tables(records)
    (rows,) = table.efficiency.values()
    assert [cell.text for cell in rows[0].cells] == ["27.5 % (25.0–30.0)", "failed"]
    assert len(table.peaks) == 2
    assert table.peaks[1] == (
        "Peak of cpu with 2 threads: 400 (median 390) GFLOP/s in float32 products of 1,536 x 1,536 matrices, "
        "40.0 (median 38.0) GB/s read by products of a 256 MiB matrix with vectors; measured before the first round by "
        "numpy 2.4.6, OpenBLAS 0.3.31 (SkylakeX)."
    )


def test_markdown_has_the_table_below_those_of_agreement() -> None:
    text = exported(SessionView("s", [held("tensorflow", 0.25)]), "markdown")
    agreement, part = text.index("Largest deviation of the first"), text.index("| mnist_mlp |            25.0 % |")
    assert agreement < part < text.index("- Peak of cpu with 2 threads") < text.index("- compilation:")


def test_report_says_that_old_records_know_no_peak() -> None:
    console = Console(file=StringIO(), width=120)
    terminal.show(console, SessionView("one", [sample("tensorflow", "mnist_mlp")]), efficiency=True)
    assert "These runs have no measured peak" in console.file.getvalue()
    assert "peak" not in exported(SessionView("s", [sample("tensorflow", "mnist_mlp")]), "markdown")


def test_report_says_why_a_peak_is_not_known() -> None:
    unknown = {**dict.fromkeys(WHOLE), "device": "gpu", "threads": 2, "reason": "cntk: no card"}
    assert "The peak of gpu is not known: cntk: no card." in exported(
        SessionView("s", [held("cntk", None, unknown)]), "markdown"
    )


@pytest.mark.parametrize(("options", "shown"), [([], False), (["--efficiency"], True)])
def test_report_prints_efficiency_when_asked(tmp_path, options: list[str], shown: bool) -> None:
    folder = tmp_path / "results" / "machine" / "session"
    folder.mkdir(parents=True)
    write_record(folder / "r1.json", held("tensorflow", 0.25))
    places = ["--results", str(tmp_path / "results"), "--reports", str(tmp_path / "reports")]
    answer = CliRunner().invoke(report, [str(folder), *places, *options])
    assert answer.exit_code == 0, answer.output
    assert ("25.0 %" in answer.output) is shown
    assert ("Peak of cpu with 2 threads" in answer.output) is shown
