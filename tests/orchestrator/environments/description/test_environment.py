"""The environment variables of a worker: per profile, workload, thread count and processor."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.environments.description import environment as module
from harness.orchestrator.environments.description.environment import Environment, applies
from harness.orchestrator.environments.description.specification import Condition, Specification, load
from harness.orchestrator.monitoring.processor import Processor, parse

ZEN5 = Processor("AuthenticAMD", frozenset({"avx2", "avx512f"}))
ZEN2 = Processor("AuthenticAMD", frozenset({"avx2"}))
XEON = Processor("GenuineIntel", frozenset({"avx2", "avx512f"}))


def an_environment(specification: Specification, **info: object) -> Environment:
    path = Path("/cache/demo")
    return Environment(specification.backend, "cpu", path, path / "bin/python", "d" * 64, {}, specification, info)


@pytest.fixture
def specification() -> Specification:
    rules = [
        {"when": {"workload": ["imdb_lstm"]}, "variables": {"OPENBLAS_NUM_THREADS": "1"}},
        {"when": {"max_threads": 1}, "variables": {"ALONE": "yes"}},
    ]
    return Specification.model_validate(
        {
            "backend": "demo",
            "folder": "/nowhere",
            "python": ["==3.8.*"],
            "cpu": {"lock": "demo.lock"},
            "gpu": {"unavailable": "none"},
            "probe": {"module": "demo", "distribution": {"cpu": "demo", "gpu": "demo"}},
            "variables": {"RC": "{path}/rc"},
            "compile_cache": "cache/demo",
            "profile": {"stock": {}, "tuned": {"variables": {"POOL": "{threads}"}, "rule": rules}},
        }
    )


def test_stock_profile_sets_threads_and_common_variables_only(specification: Specification) -> None:
    assert an_environment(specification).variables("stock", 3, workload="imdb_lstm") == {
        "OMP_NUM_THREADS": "3",
        "MKL_NUM_THREADS": "3",
        "OPENBLAS_NUM_THREADS": "3",
        "BLIS_NUM_THREADS": "3",
        "RC": "/cache/demo/rc",
    }


def test_rule_overrides_for_its_workload_alone(specification: Specification) -> None:
    environment = an_environment(specification)
    assert environment.variables("tuned", 2, workload="imdb_lstm")["OPENBLAS_NUM_THREADS"] == "1"
    assert environment.variables("tuned", 2, workload="mnist_cnn")["OPENBLAS_NUM_THREADS"] == "2"
    assert environment.variables("tuned", 2)["POOL"] == "2"


def test_rule_for_few_threads_ends_where_it_says(specification: Specification) -> None:
    environment = an_environment(specification)
    assert environment.variables("tuned", 1)["ALONE"] == "yes"
    assert "ALONE" not in environment.variables("tuned", 2)


def test_unknown_profile_is_answered_with_the_known_ones(specification: Specification) -> None:
    with pytest.raises(ConfigError, match=r"Expected one of stock, tuned\. Received profile='fast'"):
        an_environment(specification).variables("fast", 1)


def test_library_folders_become_the_search_path(specification: Specification) -> None:
    variables = an_environment(specification, library_folders=["/a", "/b"]).variables("stock", 1)
    assert variables["LD_LIBRARY_PATH"] == "/a:/b"


def test_what_a_native_library_found_fills_its_placeholder(specification: Specification) -> None:
    environment = an_environment(specification, native=[{"substitutes": {"blas": "-lsomething"}}])
    assert environment.written("{blas} {path} {threads}", 2) == "-lsomething /cache/demo 2"
    assert an_environment(specification).written("[{blas}]", 2) == "[]"


def test_compile_cache_is_cleared_and_only_it(specification: Specification, tmp_path: Path) -> None:
    environment = Environment("demo", "cpu", tmp_path, tmp_path, "d", {}, specification)
    (tmp_path / "cache/demo").mkdir(parents=True)
    (tmp_path / "cache/other").mkdir()
    environment.clear_compile_cache()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["other"]
    environment.clear_compile_cache()


@pytest.mark.parametrize(
    ("condition", "cpu", "holds"),
    [
        ({}, XEON, True),
        ({"vendor": "AuthenticAMD"}, ZEN2, True),
        ({"vendor": "AuthenticAMD"}, XEON, False),
        ({"cpu_flags": ["avx512f"]}, ZEN2, False),
        ({"vendor": "AuthenticAMD", "cpu_flags": ["avx512f"]}, ZEN5, True),
        ({"vendor": "AuthenticAMD"}, Processor(None, frozenset()), False),
        ({"workload": ["mnist_mlp", "mnist_cnn"]}, XEON, True),
        ({"workload": ["imdb_lstm"]}, XEON, False),
        ({"max_threads": 2}, XEON, True),
        ({"max_threads": 1}, XEON, False),
    ],
)
def test_condition_holds_when_all_its_parts_do(condition: dict, cpu: Processor, holds: bool) -> None:
    assert applies(Condition.model_validate(condition), cpu, "mnist_mlp", 2) is holds


@pytest.mark.parametrize(("cpu", "path"), [(ZEN5, "7"), (ZEN2, "5"), (XEON, None)])
def test_cntk_tells_mkl_its_path_on_amd_alone(
    monkeypatch: pytest.MonkeyPatch, cpu: Processor, path: str | None
) -> None:
    monkeypatch.setattr(module, "processor", lambda: cpu)
    environment = an_environment(load("cntk"))
    assert environment.variables("tuned", 2).get("MKL_DEBUG_CPU_TYPE") == path
    assert "MKL_DEBUG_CPU_TYPE" not in environment.variables("stock", 2)


@pytest.mark.parametrize("profile", ["stock", "tuned"])
def test_cntk_never_lets_openmp_sleep(profile: str) -> None:
    """imdb_lstm takes thirty times as long when it does."""
    variables = an_environment(load("cntk")).variables(profile, 2, workload="imdb_lstm")
    assert not {"OMP_WAIT_POLICY", "KMP_BLOCKTIME"} & set(variables)


def test_processor_is_read_from_the_first_of_several() -> None:
    text = "processor\t: 0\nvendor_id\t: AuthenticAMD\nflags\t\t: fpu avx2\n\nprocessor\t: 1\nvendor_id\t: Other\n"
    assert parse(text) == Processor("AuthenticAMD", frozenset({"fpu", "avx2"}))
    assert parse("") == Processor(None, frozenset())
