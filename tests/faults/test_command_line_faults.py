"""The real command line, with fake backends, as a user meets it: Ctrl-C, missing things, a full disk."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pandas as pd
import pytest

from harness.orchestrator.cli.schema import schema_of
from harness.orchestrator.results.record import SCHEMA

FAKE_HARNESS = Path(__file__).with_name("fake_harness.py")
BEHAVIOURS = "good,compiling,segfault,slow,slow_once,huge_stderr,scattering,swaying,missing_out,turning,laid_out"
# Long enough for a slow machine; reached only if the command hangs.
PATIENCE_S = 300


class Bench:
    """A command line in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config("good", "fake")

    def config(self, workloads: str, backends: str, **settings: object) -> None:
        content = {"backends": backends.split(","), "workloads": workloads.split(","), "harness_overhead": False}
        content["rounds"] = 1
        content |= settings
        (self.folder / "session.yaml").write_text(json.dumps(content))

    def start(
        self,
        *arguments: str,
        command: str = "run",
        prefix: tuple[str, ...] = (),
        configured: bool = True,
        variables: dict[str, str] | None = None,
    ) -> subprocess.Popen:
        options = ["--results", str(self.folder / "results"), "--reports", str(self.folder / "reports")]
        measures = command in ("run", "ab", "check", "noise")
        config = ["--config", str(self.folder / "session.yaml")] if measures and configured else []
        line = [sys.executable, str(FAKE_HARNESS), BEHAVIOURS, str(self.folder / "lock"), command]
        return subprocess.Popen(
            [*prefix, *line, *config, *options, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **(variables or {})},
        )

    def call(self, *arguments: str, **options: object) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of what `start` starts."""
        return finish(self.start(*arguments, **options))

    @property
    def session(self) -> Path:
        return next((self.folder / "results").glob("*/*/"))

    def records(self) -> dict[str, dict]:
        return {path.stem: json.loads(path.read_text()) for path in self.session.glob("*.json")}

    def wait_for(self, pattern: str) -> Path:
        """The first file that matches, once it is there and has content."""
        for _ in range(PATIENCE_S * 20):
            found = [path for path in self.folder.glob(pattern) if path.stat().st_size]
            if found:
                return found[0]
            time.sleep(0.05)
        raise AssertionError(f"{pattern} did not appear")


def finish(process: subprocess.Popen) -> tuple[int, str, str]:
    """Exit code, stdout, stderr."""
    try:
        out, err = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    return process.returncode, out, err


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_run_prints_and_writes_the_table(bench: Bench) -> None:
    code, out, err = bench.call()
    assert (code, err) == (0, "")
    assert "good: runtime/epoch (s)" in out
    assert "Coverage: 1 of 1 cases." in out
    latest = (bench.folder / "reports" / "latest.md").read_text()
    assert latest == (bench.folder / "reports" / f"{bench.session.name}.md").read_text()
    assert (bench.folder / "reports" / f"{bench.session.name}.png").read_bytes().startswith(b"\x89PNG")


def test_run_keeps_a_table_of_samples_beside_each_record(bench: Bench) -> None:
    code, _, _ = bench.call()
    (name, record), *_ = bench.records().items()
    table = pd.read_csv(bench.session / f"{name}.telemetry.csv")
    assert code == 0
    assert record["telemetry"]["file"] == f"{name}.telemetry.csv"
    assert len(table) == record["telemetry"]["samples"] >= 2
    assert table["phase"].iloc[-1] == "done"
    assert record["metrics"]["peak_rss_bytes"] >= table["tree_rss_bytes"].max()
    code, out, _ = bench.call(command="report")
    assert (code, "Coverage: 1 of 1 cases." in out) == (0, True)


@pytest.mark.parametrize("how", ["option", "key"])
def test_run_without_telemetry_samples_memory_alone(bench: Bench, how: str) -> None:
    if how == "key":
        bench.config("good", "fake", telemetry=False)
    bench.call(*(["--no-telemetry"] if how == "option" else []))
    (record,) = bench.records().values()
    assert record["telemetry"] is None
    assert record["metrics"]["peak_rss_bytes"] > 2**20
    assert list(bench.session.glob("*.csv")) == []


def test_run_tells_what_the_harness_costs_and_keeps_it_out_of_the_table(bench: Bench) -> None:
    bench.config("good", "fake", harness_overhead=True)
    code, out, _ = bench.call()
    (record,) = bench.records().values()
    made = json.loads(next(bench.session.glob("overhead/*.json")).read_text())
    assert code == 0
    assert (made["case"]["workload"], made["status"]) == ("noop", "ok")
    # of an epoch of 2.5 s two training steps of 1 s and one of 0.5 s for validation
    assert record["session"]["harness_overhead"] == {
        "backend": "numpy", "step_s": 1.0, "harness_step_s": 5e-6, "engine_call_s": 0.9, "epoch_s": 0.0
    }  # fmt: skip
    assert "Coverage: 1 of 1 cases." in out
    assert "Overhead of the harness: 5.00 µs per step" in out
    journal = (bench.session / "journal.jsonl").read_text()
    bench.call("--resume", bench.session.name, configured=False)
    assert len(list(bench.session.glob("overhead/*.json"))) == 1
    assert "noop" not in journal


def test_run_carries_on_without_the_harness_s_cost_when_it_cannot_be_told(bench: Bench) -> None:
    bench.config("good", "fake", harness_overhead=True, seed=13)
    code, out, _ = bench.call()
    assert code == 0
    assert json.loads(next(bench.session.glob("overhead/*.json")).read_text())["status"] == "failed"
    assert "Overhead of the harness" not in out
    assert next(iter(bench.records().values()))["session"]["harness_overhead"] is None


def test_run_records_the_machine_and_keeps_the_orchestrator_off_the_measured_cpu(bench: Bench) -> None:
    assert bench.call("--threads", "1")[0] == 0
    (record,) = bench.records().values()
    during, measured = record["conditions"]["during"], record["environment"]["cpus"]
    others = sorted(os.sched_getaffinity(0) - set(measured))
    assert during["orchestrator_cpus"] == (others or measured)
    assert during["involuntary_switches"] >= 0
    assert record["conditions"]["before"]["busy_cpus"] >= 0


def test_run_is_held_against_the_peak_of_the_machine(bench: Bench) -> None:
    bench.call()
    (record,) = bench.records().values()
    assert record["machine"]["peak"]["gemm_flops_per_s"] == 4 * record["metrics"]["flops_per_s"] > 0
    assert record["metrics"]["peak_fraction"] == 0.25
    assert " 25.0 % |" in (bench.folder / "reports" / "latest.md").read_text()


def test_run_carries_on_when_a_worker_dies(bench: Bench) -> None:
    bench.config("segfault,good", "fake,other")
    code, out, _ = bench.call()
    assert code == 1
    assert "Coverage: 2 of 4 cases." in out
    assert "fake, segfault: ended in phase compile by SIGSEGV" in out
    assert sorted(record["status"] for record in bench.records().values()) == ["failed", "failed", "ok", "ok"]


def test_run_says_what_is_missing_before_it_starts_and_runs_the_rest(bench: Bench) -> None:
    bench.config("good", "absent,fake")
    code, out, _ = bench.call()
    assert code == 0
    said = out.index("absent on cpu is missing: needs CPython 2.0; get it with: time-machine")
    assert said < out.index("[1/2]")
    assert "unsupported [1]" in out
    assert bench.records()["absent-good-cpu-2t-tuned-r1".replace("2t", threads(bench))]["status"] == "unsupported"


def threads(bench: Bench) -> str:
    return next(iter(bench.records())).split("-")[3]


def test_run_fails_when_nothing_could_run(bench: Bench) -> None:
    bench.config("good", "absent")
    code, out, err = bench.call()
    assert code == 5
    assert "Coverage: 0 of 1 cases." in out
    assert err.startswith("Error: No case could run.")


def test_run_fails_with_require_all_when_a_backend_has_no_row(bench: Bench) -> None:
    bench.config("good", "fake,other")
    code, _, err = bench.call("--require-all")
    assert code == 1
    assert "absent has no row" in err


def test_run_fails_with_require_all_when_a_case_is_unsupported(bench: Bench) -> None:
    bench.config("good", "fake,other,absent")
    code, _, err = bench.call("--require-all")
    assert code == 1
    assert "is unsupported" in err


@pytest.mark.parametrize(("choice", "states"), [("keep", ["cold", "warm"]), ("clear", ["cold", "cold"])])
def test_run_records_whether_the_compile_cache_was_filled(bench: Bench, choice: str, states: list[str]) -> None:
    bench.config("compiling", "fake", rounds=2)
    code, out, _ = bench.call("--compile-cache", choice)
    assert code == 0
    assert [record["case"]["compile_cache"] for _, record in sorted(bench.records().items())] == states
    assert "Compile cache of fake: cold for compiling." in " ".join(out.split())


def test_run_tells_a_partly_filled_compile_cache(bench: Bench) -> None:
    bench.config("compiling", "fake,other")
    bench.call()
    assert sorted(record["case"]["compile_cache"] for record in bench.records().values()) == ["cold", "partly filled"]


def test_run_repeats_each_case_in_every_round(bench: Bench) -> None:
    bench.config("good", "fake,other", rounds=3)
    code, out, _ = bench.call()
    assert code == 0
    assert len(bench.records()) == 6
    assert "3 runs per case" in " ".join(out.split())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_keeps_finished_runs_when_interrupted(bench: Bench, number: int) -> None:
    bench.config("good,slow", "fake", seed=seed_with_order(["good", "slow"]))
    process = bench.start()
    worker = int(bench.wait_for("results/*/*/logs/slow.pid").read_text())
    process.send_signal(number)
    code, out, err = finish(process)
    assert (code, err) == (130, "")
    assert "Coverage: 1 of 2 cases." in out
    assert "stopped in phase epoch by the user" in out
    assert f"Continue with: make bench RESUME={bench.session}" in out
    statuses = {record["case"]["workload"]: record["status"] for record in bench.records().values()}
    assert statuses == {"good": "ok", "slow": "interrupted"}
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def seed_with_order(order: list[str]) -> int:
    """A seed for which the matrix runs the workloads in this order."""
    from harness.orchestrator.core.cases import Case
    from harness.orchestrator.sessions.schedule import schedule

    cases = [Case("fake", name, "2015-12", "cpu", 1, "tuned", "float32") for name in order]
    return next(seed for seed in range(100) if [run.case for run in schedule(cases, 1, seed)] == cases)


def test_run_shows_runs_that_were_not_started_when_interrupted(bench: Bench) -> None:
    bench.config("slow,good", "fake", seed=seed_with_order(["slow", "good"]))
    process = bench.start()
    bench.wait_for("results/*/*/logs/slow.pid")
    process.send_signal(signal.SIGINT)
    code, out, _ = finish(process)
    assert code == 130
    assert "skipped [2]" in out
    assert "not started: the session ended before" in out


def test_report_shows_where_a_killed_session_stood(bench: Bench) -> None:
    bench.config("good,slow", "fake", seed=seed_with_order(["good", "slow"]))
    process = bench.start()
    worker = int(bench.wait_for("results/*/*/logs/slow.pid").read_text())
    process.kill()
    finish(process)
    os.kill(worker, signal.SIGKILL)
    code, out, _ = bench.call(command="report")
    assert code == 0
    assert "Coverage: 1 of 2 cases." in out
    assert "left no record: the session was interrupted" in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_run_resumes_a_session_that_was_cut_off(bench: Bench, number: int) -> None:
    bench.config("good,slow_once,segfault", "fake", seed=seed_with_order(["good", "slow_once", "segfault"]), epochs=2)
    process = bench.start()
    worker = int(bench.wait_for("results/*/*/logs/slow_once.pid").read_text())
    before = bench.records()
    process.send_signal(number)
    finish(process)
    with contextlib.suppress(ProcessLookupError):
        os.kill(worker, signal.SIGKILL)
    code, out, err = bench.call("--resume", bench.session.name[:8], configured=False)
    assert (code, err) == (1, "")
    assert "Coverage: 2 of 3 cases." in out
    assert out.index("[2/3]") < out.index("[3/3]")
    assert "[1/3]" not in out
    after = bench.records()
    assert {name: after[name] for name in before} == before
    assert sorted(record["status"] for record in after.values()) == ["failed", "ok", "ok"]
    assert len(list(bench.session.parent.iterdir())) == 1
    aside = list(bench.session.glob("logs/*.interrupted-1.json"))
    assert len(aside) == (1 if number == signal.SIGINT else 0)


def test_run_resumes_what_is_left_when_the_session_has_ended_meanwhile(bench: Bench) -> None:
    bench.config("slow,good", "fake", seed=seed_with_order(["slow", "good"]))
    first = bench.start()
    worker = int(bench.wait_for("results/*/*/logs/slow.pid").read_text())
    second = bench.start("--resume", bench.session.name, configured=False)
    assert second.stdout.readline().startswith("Another bench (process ")
    os.kill(worker, signal.SIGKILL)
    assert finish(first)[0] == 1
    before = bench.records()
    code, out, err = finish(second)
    assert (code, err) == (1, "")
    assert "Coverage: 1 of 2 cases." in out
    assert len(before) == 2
    assert bench.records() == before


def test_run_resumes_nothing_when_a_session_has_ended(bench: Bench) -> None:
    bench.call()
    before = bench.records()
    code, out, _ = bench.call("--resume", bench.session.name, configured=False)
    assert code == 0
    assert "Coverage: 1 of 1 cases." in out
    assert bench.records() == before


def test_run_refuses_to_resume_with_other_settings(bench: Bench) -> None:
    bench.call()
    code, _, err = bench.call("--resume", bench.session.name, "--epochs", "2", "--backend", "other")
    assert code == 2
    assert "Expected no other setting. Received --config, --epochs, --backend." in err
    assert "Traceback" not in err


def test_run_refuses_to_resume_on_another_machine(bench: Bench) -> None:
    bench.call()
    elsewhere = bench.folder / "results" / "another-machine"
    bench.session.parent.rename(elsewhere)
    code, _, err = bench.call("--resume", bench.session.name, configured=False)
    assert code == 2
    assert "Expected the machine that it began on, another-machine." in err


def test_run_refuses_to_resume_without_a_plan(bench: Bench) -> None:
    bench.call()
    (bench.session / "journal.jsonl").unlink()
    code, _, err = bench.call("--resume", bench.session.name, configured=False)
    assert code == 2
    assert "Expected a journal with the session's configuration." in err


def test_run_refuses_to_resume_settings_that_it_does_not_know(bench: Bench) -> None:
    bench.call()
    journal = bench.session / "journal.jsonl"
    journal.write_text(journal.read_text().replace('"rounds": 1, "budget_s"', '"orbits": 1, "budget_s"'))
    code, _, err = bench.call("--resume", bench.session.name, configured=False)
    assert code == 2
    assert "unknown key" in err
    assert "Received key='orbits'." in err


def test_run_waits_for_another_bench_on_the_same_machine(bench: Bench) -> None:
    bench.config("slow", "fake", seed=1)
    first = bench.start()
    bench.wait_for("results/*/*/logs/slow.pid")
    second = bench.start()
    said = second.stdout.readline()
    second.send_signal(signal.SIGINT)
    first.send_signal(signal.SIGINT)
    codes = finish(first)[0], finish(second)[0]
    who = rf"process {first.pid}, since \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    assert re.fullmatch(rf"Another bench \({who}\) is running on this machine; waiting for it to end.\n", said)
    assert codes == (130, 130)
    assert len(list((bench.folder / "results").glob("*/*"))) == 1


def test_run_shows_its_table_when_the_disk_is_full(bench: Bench) -> None:
    bench.config("good,segfault", "fake,other")
    shell = ("bash", "-c", 'ulimit -f 6; exec "$@"', "-")  # no file beyond 6 KiB: too little for a record or journal
    code, out, err = bench.call(prefix=shell)
    assert code == 5
    assert "Coverage:" in out
    assert "File too large" in err
    assert list(bench.session.glob(".*")) == []
    for record in bench.records().values():
        assert record["schema"] == SCHEMA


def test_run_answers_an_unknown_name_with_one_sentence(bench: Bench) -> None:
    code, out, err = bench.call("--backend", "fakke")
    assert (code, out) == (2, "")
    assert err == (
        "Error: Unknown backend. Expected one of absent, fake, other. Received backend='fakke'. Did you mean fake?\n"
    )
    assert not (bench.folder / "results").exists()


def test_run_refuses_a_results_folder_that_cannot_be_written(bench: Bench) -> None:
    (bench.folder / "results").write_text("a file")
    code, _, err = bench.call()
    assert code == 5
    assert "cannot hold results" in err


@pytest.mark.parametrize(
    ("command", "options", "code"),
    [
        ("run", [], 1),
        ("ab", ["--a", "OMP_WAIT_POLICY=passive", "--max-rounds", "2"], 0),
    ],
)
def test_document_is_all_that_is_on_stdout(bench: Bench, command: str, options: list[str], code: int) -> None:
    bench.config("good,segfault", "fake", rounds=2)
    ended, out, err = bench.call(*options, "--json", command=command)
    assert ended == code, err
    jsonschema.validate(json.loads(out), schema_of(command))
    assert "fake segfault" in err
    assert "Written to" in err


def test_run_makes_rounds_until_the_budget_is_spent_and_goes_on_with_a_larger_one(bench: Bench) -> None:
    bench.config("good", "fake,other", rounds="auto", budget_s=0)
    code, out, _ = bench.call()
    assert code == 0
    assert {record["run"]["round"] for record in bench.records().values()} == {1}
    assert "one round settles nothing." in out
    assert f"BUDGET={minutes_of(out)}m" in out
    code, out, _ = bench.call("--resume", bench.session.name, "--budget", "30s", configured=False)
    assert code == 0
    rounds = {record["run"]["round"] for record in bench.records().values()}
    assert rounds == set(range(1, max(rounds) + 1))
    assert len(rounds) > 1
    assert "Ranking by the training epoch, after 1 round" in out, "the first table comes before further rounds"
    assert f"Ranking by the training epoch, after {len(rounds)} rounds" in out


def minutes_of(out: str) -> str:
    """How many minutes are said to settle the ranking."""
    return re.search(r"About (\d+) min more would settle what is inconclusive: make bench RESUME=\S+", out).group(1)
