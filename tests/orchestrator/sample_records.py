"""Records as a session writes them, made up but whole."""

from __future__ import annotations

from harness.orchestrator.results.figures import figures
from harness.orchestrator.results.record import SCHEMA

MACHINE = {
    "name": "amd-epyc-2c-0a1b2c",
    "cpu": "AMD EPYC 9000",
    "architecture": "x86_64",
    "physical_cores": 4,
    "logical_cpus": 8,
    "available_cpus": 2,
    "available_cores": 2,
    "memory_bytes": 24 * 2**30,
    "os": "Debian GNU/Linux 12",
    "kernel": "6.1.0",
    "python": "3.11.7",
    "harness": {"version": "0.1.0", "commit": "0123456789abcdef", "dirty": False},
    "load_average": [0.1, 0.2, 0.3],
}
SESSION = {
    "id": "20261120-120000",
    "config": "quick",
    "backends": ["tensorflow", "theano", "cntk"],
    "workloads": ["mnist_mlp", "mnist_cnn"],
    "devices": ["cpu"],
    "rounds": 1,
    "seed": 1337,
    "planned": 6,
}
VERSIONS = {"tensorflow": "2.21.0", "theano": "1.0.5", "cntk": "2.7"}


def sample(backend: str, workload: str, compile_s: float = 1.0, epoch_s: float = 2.0, number: int = 1) -> dict:
    """The record of a run that went well."""
    name = f"{backend}-{workload}-cpu-2t-tuned-r{number}"
    return {
        "schema": SCHEMA,
        "status": "ok",
        "reason": None,
        "phase": "done",
        "run": {
            "name": name, "round": number, "side": None, "begin_utc": "2026-11-20T12:00:00Z",
            "end_utc": "2026-11-20T12:01:00Z",
        },
        "session": SESSION,
        "case": {
            "backend": backend, "workload": workload, "edition": "2015-12", "device": "cpu", "threads": 2,
            "profile": "tuned", "floatx": "float32", "version": VERSIONS.get(backend), "data": "synthetic",
            "samples": {"train": 30080, "test": 5000}, "batch_size": 128, "parameters": 669706, "epochs": 3,
            "warmup_epochs": 1, "seed": 1337,
        },
        "metrics": {
            "build_s": compile_s / 2, "compile_s": compile_s, "first_epoch_s": epoch_s, "epoch_s": epoch_s * 0.9,
            "epoch_2015_s": epoch_s, "samples_per_s": 30080 / epoch_s, "max_rss_bytes": 10**9, "loss": 0.3,
            "accuracy": 0.9, "val_loss": 0.2, "val_accuracy": 0.9375, "wall_s": 60.0, "cpu_time_s": 100.0,
            "peak_rss_bytes": 2 * 10**9, "sampling_s": 0.1,
            "parity_deviation": 2.5e-7, "harness_step_s": None, "engine_call_s": None,
            **figures([], None, None, None),
        },
        "phases": [{"phase": "import", "index": None, "begin_s": 1.0, "end_s": 2.0}],
        "parity": {
            "places": 1, "offset": 0, "steps": [], "deviations": {"loss": 8e-8, "gradient_norms": 2.5e-7},
            "tolerance": {"loss": 1e-5, "gradient_norms": 2e-4},
        },
        "epochs": [{"index": 0, "warmup": False, "train_s": epoch_s * 0.9, "loss": 0.3, "val_loss": 0.2}],
        "steadiness": None,
        "inference": None,
        "settings": {},
        "versions": {backend: VERSIONS.get(backend)},
        "data": {
            "name": "synthetic", "description": "images drawn by a teacher", "sha256": "0" * 64, "train": 30080,
            "test": 5000, "full_train": 60000, "full_test": 10000, "notes": [],
        },
        "environment": {"digest": "d1", "variables": {}, "cpus": [0, 1]},
        "machine": MACHINE,
        "telemetry": None,
        "conditions": None,
        "warnings": [],
        "stderr_tail": [],
        "error": None,
        "exit_code": 0,
    }  # fmt: skip


def broken(backend: str, workload: str, status: str, reason: str) -> dict:
    """The record of a run that did not go well."""
    record = sample(backend, workload)
    metrics = dict.fromkeys(record["metrics"])
    return {**record, "status": status, "reason": reason, "metrics": metrics, "epochs": [], "parity": None}


def with_blas(record: dict, used: str | None, offered: str | None = "avx512", **changes: object) -> dict:
    """A record whose products were computed with the instructions `used`."""
    blas = {"library": "OpenBLAS", "version": "0.3.17", "threads": 2, "kernels": "Haswell"}
    return {**record, "settings": {"blas": {**blas, "instruction_set": used, "offered": offered, **changes}}}


def session() -> list[dict]:
    """A session in which something of everything happened."""
    theano = with_blas(sample("theano", "mnist_mlp", 14.04, 2.071), "avx2")
    return [
        sample("theano", "mnist_cnn", 21.8, 374.2),
        broken("cntk", "mnist_cnn", "timeout", "stopped in phase epoch: wall limit of 900 s exceeded"),
        {**theano, "case": {**theano["case"], "compile_cache": "cold"}},
        sample("tensorflow", "mnist_mlp", 0.612, 1.0649),
        broken("cntk", "mnist_mlp", "failed", "ended in phase compile by SIGSEGV"),
        sample("tensorflow", "mnist_cnn", 0.8, 9.996),
    ]
