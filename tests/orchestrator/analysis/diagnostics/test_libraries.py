"""Diagnostics of the kernels that compute the products."""

from __future__ import annotations

import tomllib

import pytest

from harness.orchestrator.analysis.diagnostics.libraries import TUNED
from harness.orchestrator.analysis.diagnostics.rules import diagnostics
from harness.orchestrator.core.paths import ROOT
from tests.orchestrator.sample_records import broken, sample, with_blas


def stock(record: dict) -> dict:
    return {**record, "case": {**record["case"], "profile": "stock"}}


def sentences(records: list[dict]) -> list[str]:
    return [diagnostic.sentence for diagnostic in diagnostics(records)]


MKL = {"library": "Intel MKL", "version": "2018.0.3", "kernels": "def"}


def test_diagnostic_says_what_runs_what_was_expected_and_what_to_do() -> None:
    records = [stock(with_blas(sample("cntk", name), "sse", **MKL)) for name in ("mnist_mlp", "mnist_cnn", "mnist_mlp")]
    assert sentences(records) == [
        "cntk (mnist_mlp, mnist_cnn) computes its products with the SSE instructions of Intel MKL 2018.0.3 (kernels "
        "def). Expected AVX512, which the processor offers: the times are longer than they need be. Use profile tuned, "
        "which sets MKL_DEBUG_CPU_TYPE on AMD processors, or set it in configs/environments/cntk.toml."
    ]


def test_diagnostic_does_not_advise_profile_tuned_to_itself() -> None:
    (sentence,) = sentences([with_blas(sample("theano", "mnist_mlp"), "avx2")])
    assert sentence.endswith("Set OPENBLAS_CORETYPE in configs/environments/theano.toml.")


def test_diagnostic_does_not_advise_profile_tuned_where_it_sets_nothing() -> None:
    (sentence,) = sentences([stock(with_blas(sample("tensorflow", "mnist_mlp"), "avx2", library="oneDNN"))])
    assert sentence.endswith("Set ONEDNN_MAX_CPU_ISA in configs/environments/tensorflow.toml.")


def test_diagnostic_advises_another_blas_when_this_one_has_no_variable() -> None:
    (sentence,) = sentences([with_blas(sample("theano", "mnist_mlp"), "sse", library="libblas.so.3", version=None)])
    assert "with the SSE instructions of libblas.so.3 (kernels" in sentence
    assert "Link another BLAS" in sentence


def test_diagnostic_names_no_kernels_where_none_are_told() -> None:
    (sentence,) = sentences([with_blas(sample("theano", "mnist_mlp"), "avx2", kernels=None)])
    assert "with the AVX2 instructions of OpenBLAS 0.3.17. Expected AVX512, which" in sentence


@pytest.mark.parametrize(
    ("used", "offered"), [("avx512", "avx512"), ("avx2", "avx2"), ("avx512", "avx2"), (None, "avx512"), ("sse", None)]
)
def test_nothing_is_found_when_the_best_runs_or_it_cannot_be_told(used: str | None, offered: str | None) -> None:
    assert sentences([with_blas(sample("cntk", "mnist_mlp"), used, offered)]) == []


def test_nothing_is_found_in_records_that_say_nothing_of_a_blas() -> None:
    old, on_gpu, failed = (sample("cntk", "mnist_mlp") for _ in range(3))
    records = [old, {**on_gpu, "settings": {"blas": None}}, {**failed, "settings": None}]
    assert sentences([*records, broken("cntk", "mnist_mlp", "failed", "crash")]) == []


@pytest.mark.parametrize(
    ("backend", "variable"),
    [("cntk", "MKL_DEBUG_CPU_TYPE"), ("numpy", "OPENBLAS_CORETYPE"), ("theano", "OPENBLAS_CORETYPE")],
)
def test_profile_tuned_sets_what_diagnostics_promise(backend: str, variable: str) -> None:
    specification = tomllib.loads((ROOT / f"configs/environments/{backend}.toml").read_text())
    assert backend in TUNED
    rules = specification["profile"]["tuned"]["rule"]
    assert [rule for rule in rules if variable in rule["variables"] and rule["when"]["vendor"] == "AuthenticAMD"]
