"""`harness ab`, `check`, `noise` and `compare` as a user meets them, on fake backends."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.faults.test_command_line_faults import Bench, finish

ROUNDS = ("--rounds", "6")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.config("scattering", "fake")
    return made


def said(text: str) -> str:
    return " ".join(text.split())


def test_ab_confirms_what_is_slower_with_fresh_runs(bench: Bench) -> None:
    code, out, err = bench.call("--b", "TIMES=1.2", *ROUNDS, command="ab")
    assert code == 3
    assert said(err).startswith(
        "Error: B is slower, as fresh runs confirm. Expected no slower case. Received fake/scattering: "
    )
    assert "A: as configured" in out
    assert "B: TIMES=1.2" in out
    runs = [record["run"] for record in bench.records().values()]
    assert sorted((run["stage"], run["side"]) for run in runs) == sorted(
        (stage, side) for stage in ("first", "confirm") for side in "ab" for _ in range(6)
    )
    table = (bench.folder / "reports" / f"{bench.session.name}-ab.md").read_text()
    assert "| fake/scattering |" in table
    assert "**slower**" in table
    assert (bench.folder / "reports" / f"{bench.session.name}-ab.png").read_bytes().startswith(b"\x89PNG")


def test_ab_of_what_makes_no_difference_is_the_same(bench: Bench) -> None:
    code, out, err = bench.call("--b", "TIMES=1.0", "--metric", "epoch_s", *ROUNDS, command="ab")
    assert (code, err) == (0, "")
    assert "1 same." in out
    assert len(bench.records()) == 12


def test_ab_sees_no_difference_where_layout_alone_makes_one(bench: Bench) -> None:
    """A worker whose memory is what paths, variables and descriptors make it; one side has a variable more."""
    bench.config("laid_out", "fake")
    changed = f"CHANGED={'x' * 1000}"
    code, out, err = bench.call("--b", changed, "--metric", "max_rss_bytes", *ROUNDS, command="ab")
    assert (code, err) == (0, "")
    assert "1 same." in out
    records = list(bench.records().values())
    found = {side: [record for record in records if record["run"]["side"] == side] for side in "ab"}
    assert by_round(found["a"]) == by_round(found["b"])
    assert len(set(by_round(found["a"]).values())) == 6, "each round has a layout of its own"
    drawn = [tuple(record["environment"]["layout"].values()) for record in records]
    assert len(set(drawn)) == 6


def by_round(records: list[dict]) -> dict[int, tuple]:
    """Of each round the layout that its worker found, and the memory that this made it take."""
    return {
        record["run"]["round"]: (json.dumps(record["settings"]["layout"]), record["metrics"]["max_rss_bytes"])
        for record in records
    }


def test_ab_makes_as_many_more_runs_as_would_settle_it(bench: Bench) -> None:
    bench.config("swaying", "fake")
    options = ("--metric", "epoch_s", "--rounds", "5", "--max-rounds", "9")
    bench.call("--a", "SWAYS=0", "--b", "SWAYS=1", *options, command="ab")
    first = {record["run"]["round"] for record in bench.records().values() if record["run"]["stage"] == "first"}
    assert 5 < len(first) <= 9


def test_ab_that_is_interrupted_while_its_sides_are_interleaved_goes_on(bench: Bench) -> None:
    bench.config("turning", "fake")
    (bench.folder / "stuck").touch()
    process = bench.start("--b", "TIMES=1.0", "--rounds", "6", command="ab")
    worker = int(bench.wait_for("results/*/*/logs/turning.pid").read_text())
    process.send_signal(signal.SIGINT)
    code, out, err = finish(process)
    assert (code, err) == (130, "")
    assert f"Continue with: --resume {bench.session}" in out
    assert {record["status"] for record in bench.records().values()} == {"interrupted"}
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
    (bench.folder / "stuck").unlink()
    code, out, err = bench.call("--resume", bench.session.name, command="ab", configured=False)
    assert (code, err) == (0, "")
    assert sorted(record["run"]["side"] for record in bench.records().values()) == ["a"] * 6 + ["b"] * 6
    assert {record["status"] for record in bench.records().values()} == {"ok"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "Both sides are the same."),
        (("--a", "TIMES=2", "--b", "TIMES=2"), "Both sides are the same."),
        (("--b", "quick"), "A side's change is invalid."),
        (("--b", "profile=fast"), "Unknown profile. Expected one of stock, tuned. Received profile='fast'."),
        (("--b", "revision=nowhere"), "Unknown revision."),
        (("--b", "workload=good"), "A side has a workload of its own. Expected both sides to train the same one"),
        (("--b", "backend=faek"), "Unknown backend. Expected one of absent, fake, other. Received backend='faek'."),
        (("--b", "batch_size=none"), "A side's change is invalid."),
        (("--b", "data=mnits"), "Unknown data set."),
        (("--b", "edition=1999"), "Unknown edition of scattering."),
        (("--b", "backend=fake", "--backend", "fake,other"), "Side a has several values of backend. Expected one"),
        (("--b", "threads=9999"), "Too many threads."),
        (("--b", "TIMES=2", "--metric", "speed"), "Unknown metric."),
        (("--b", "TIMES=2", "--threshold", "epoch_s=much"), "Invalid threshold."),
    ],
)
def test_ab_answers_bad_input_with_a_sentence(bench: Bench, options: tuple[str, ...], words: str) -> None:
    code, _, err = bench.call(*options, command="ab")
    assert code == 2
    assert said(err).startswith(f"Error: {words}")
    assert not (bench.folder / "results").exists()


def test_ab_warns_of_rounds_that_cannot_show_anything(bench: Bench) -> None:
    options = ("--b", "TIMES=1.2", "--metric", "epoch_s", "--rounds", "4", "--max-rounds", "4")
    code, out, err = bench.call(*options, command="ab")
    assert (code, "1 inconclusive." in out) == (0, True)
    assert said(err) == (
        "Warning: with 4 rounds and 1 case no case alone can be called slower, as chance does as much too often. "
        "Expected at least 5. Received rounds=4."
    )


def test_ab_distinguishes_lost_coverage_from_slowness(bench: Bench) -> None:
    bench.config("missing_out,scattering", "fake")
    code, out, err = bench.call("--b", "TIMES=1.0", *ROUNDS, command="ab")
    assert code == 4
    assert "Cases of A have no verdict." in err
    assert "B: failed: ended in phase build without a result (exit code 3)" in said(out)


def baseline(bench: Bench, **settings: object) -> str:
    bench.config("scattering", "fake", rounds=6, **settings)
    assert bench.call()[0] == 0
    return bench.session.name


def check(bench: Bench, *options: str, **variables: str) -> tuple[int, str, str]:
    return bench.call(*options, command="check", configured=False, variables=variables)


def slower_from_now_on(bench: Bench) -> None:
    """The fake worker looks for this file."""
    (bench.folder / "slower").touch()


def test_check_passes_what_is_as_it_was_and_takes_the_baseline_s_configuration(bench: Bench) -> None:
    name = baseline(bench, epochs=5)
    code, out, _ = check(bench, "--baseline", name, "--metric", "epoch_s")
    assert (code, "**1 same.**" in out) == (0, True)
    made = [json.loads(path.read_text()) for path in bench.folder.glob(f"results/*/{name}*/*.json")]
    assert {record["case"]["epochs"] for record in made} == {5}


def test_check_writes_summary_and_junit(bench: Bench) -> None:
    name, summary, junit = baseline(bench), bench.folder / "summary.md", bench.folder / "xml" / "junit.xml"
    summary.write_text("before\n")
    code, out, _ = check(bench, "--baseline", name, "--junit", str(junit), GITHUB_STEP_SUMMARY=str(summary))
    assert code == 0
    assert summary.read_text() == f"before\n{out}"
    suite = ElementTree.parse(junit).getroot().find("testsuite")
    assert int(suite.get("tests")) >= 3
    assert suite.get("failures") == "0"


def test_check_fails_on_what_is_slower(bench: Bench) -> None:
    name = baseline(bench)
    slower_from_now_on(bench)
    code, out, err = check(bench, "--baseline", name)
    assert code == 3
    assert "as fresh runs confirm" in err
    assert "**slower**" in out


def test_resuming_refuses_other_settings_and_other_comparisons(bench: Bench) -> None:
    name = baseline(bench)
    code, _, err = check(bench, "--baseline", name, "--resume", name, "--epochs", "9")
    assert (code, "Expected no other setting. Received --epochs." in said(err)) == (2, True)
    code, _, err = check(bench, "--baseline", "HEAD", "--resume", name)
    assert (code, f"{name} is of another comparison." in said(err)) == (2, True)
    code, _, err = bench.call("--resume", name, "--b", "TIMES=2", command="ab", configured=False)
    assert (code, "Received --b." in said(err)) == (2, True)
    code, _, err = bench.call("--resume", name, command="ab", configured=False)
    assert (code, f"{name} compares nothing." in said(err)) == (2, True)


def test_check_never_passes_with_nothing_to_compare(bench: Bench) -> None:
    name = baseline(bench)
    code, _, err = check(bench, "--baseline", name, "--epochs", "9")
    assert code == 4
    assert "Nothing could be compared." in err
    assert "epochs: 3 / 9" in err


@pytest.mark.parametrize("reference", ["nothing", "tensorflow==9", "2015"])
def test_check_answers_an_unknown_baseline(bench: Bench, reference: str) -> None:
    code, _, err = check(bench, "--baseline", reference)
    assert code == 2
    assert said(err).startswith("Error: No baseline.")


def test_check_says_when_nothing_could_be_measured(bench: Bench) -> None:
    name = baseline(bench)
    code, _, err = check(bench, "--baseline", name, "--backend", "absent")
    assert code == 5
    assert "No case could run." in err


def test_noise_stores_a_floor_that_later_verdicts_use(bench: Bench) -> None:
    code, out, _ = bench.call("--rounds", "10", command="noise")
    assert code == 0
    assert "no smaller difference gets a verdict on this machine" in said(out)
    report = next(bench.folder.glob("reports/*-noise.md")).read_text()
    headings = [line for line in report.splitlines() if line.startswith("| Case ")]
    assert len(headings) == report.count("## ") > 1
    assert {" ".join(line.split()) for line in headings} == {
        "| Case | Interleaved: spread | floor | Separate: spread | floor |"
    }
    assert "## Epoch\n" in report
    stored = json.loads(next(bench.folder.glob("results/*/noise.json")).read_text())
    floors = {(one["metric"], one["interleaved"]): (one["floor"], one["runs"]) for one in stored["floors"]}
    for interleaved in (True, False):
        floor, runs = floors["epoch_s", interleaved]
        assert 0 <= floor < 0.02
        assert runs == 10
    assert sorted(record["run"]["side"] for record in bench.records().values()) == ["a"] * 10 + ["b"] * 10


def test_noise_refuses_too_few_rounds(bench: Bench) -> None:
    code, _, err = bench.call("--rounds", "4", command="noise")
    assert code == 2
    assert "Too few rounds. Expected 10 at least. Received rounds=4." in err


def test_compare_shows_the_sides_of_a_session_and_two_sessions(bench: Bench) -> None:
    bench.call("--b", "TIMES=1.2", *ROUNDS, command="ab")
    name = bench.session.name
    code, out, _ = bench.call(name, command="compare")
    assert (code, "slower" in out) == (0, True)
    code, out, _ = bench.call(f"{name}:a", f"{name}:a", "--markdown", command="compare")
    assert (code, "**3 same" in out or "same" in out) == (0, True)
    code, _, err = bench.call(f"{name}:a", command="compare")
    assert code == 2
    assert "Nothing to compare with." in err


def test_ab_interleaves_two_backends(bench: Bench) -> None:
    options = ("--a", "backend=fake", "--b", "backend=other,TIMES=1.2", *ROUNDS)
    code, out, _ = bench.call(*options, "--metric", "epoch_s", command="ab")
    assert code == 3
    assert "backend: fake in A, other in B" in said(out)
    records = list(bench.records().values())
    assert {(one["run"]["side"], one["case"]["backend"]) for one in records} == {("a", "fake"), ("b", "other")}
    assert len({one["run"]["round"] for one in records}) == len(records) / 2 == 12
    assert records[0]["session"]["backends"] == ["fake", "other"]
    code, out, _ = bench.call(bench.session.name, "--across", "backend", "--metric", "epoch_s", command="compare")
    assert (code, "1 slower" in out) == (0, True)


def test_ab_runs_the_sides_of_each_case_together_whatever_else_the_session_measures(bench: Bench) -> None:
    bench.config("turning", "fake", profiles=["tuned", "stock"], threads=[1], epochs=2, warmup_epochs=0)
    bench.call("--b", "batch_size=32", "--rounds", "1", "--max-rounds", "0", command="ab")
    lines = [json.loads(line) for line in (bench.session / "journal.jsonl").read_text().splitlines()]
    events = [(line["event"], line["run"].split("-")[4]) for line in lines if line["event"] in ("begin", "end")]
    # both sides of one profile, then both of the other
    assert [event for event, _ in events] == ["begin", "begin", "end", "end"] * 2
    assert len({profile for _, profile in events[:4]}) == len({profile for _, profile in events[4:]}) == 1


def test_compare_splits_a_session_by_an_axis(bench: Bench) -> None:
    bench.config("good", "fake,other", rounds=5)
    assert bench.call()[0] == 0
    name = bench.session.name
    code, out, err = bench.call(name, "--across", "backend", "--metric", "epoch_s", command="compare")
    assert (code, err) == (0, "")
    assert "A: " + name + " backend=fake" in out
    assert "backend: fake in A, other in B" in out
    assert "1 same." in out
    code, _, err = bench.call(name, "--across", "profile", command="compare")
    assert (code, said(err)) == (
        2,
        f"Error: {name} has one value of profile. Expected two at least. Received profile=tuned. Measure another one, "
        "or name a second source.",
    )
    code, _, err = bench.call(name, "--across", "backend", "--baseline-value", "absent", command="compare")
    assert (code, said(err)) == (2, "Error: Unknown backend. Expected one of fake, other. Received backend='absent'.")


def test_run_sweeps_threads_and_refuses_a_batch_that_data_cannot_fill(bench: Bench) -> None:
    bench.config("good", "fake")
    code, out, _ = bench.call("--batch-size", "128,9999", "--threads", "1")
    assert code == 0
    assert "good in batches of 9,999 cannot run: no batch of 9,999 samples: good trains on 600; allow more" in said(out)
    statuses = {name: record["status"] for name, record in bench.records().items()}
    assert statuses == {"fake-good-cpu-1t-tuned-b128-r1": "ok", "fake-good-cpu-1t-tuned-b9999-r1": "unsupported"}
    code, _, err = bench.call("--threads", "1,0")
    assert code == 2
    assert said(err).startswith("Error: command line: threads.1 is invalid. Input should be greater than or equal to 1")
