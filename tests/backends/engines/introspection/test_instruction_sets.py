"""Which instructions a BLAS uses, from what libraries and processors say."""

from __future__ import annotations

import pytest

from harness.backends.engines.introspection import blas, jit_kernels
from harness.orchestrator.analysis.diagnostics.libraries import INSTRUCTION_SETS
from harness.worker import protocol

AVX512 = ["avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"]


@pytest.mark.parametrize(
    ("flags", "widest"),
    [
        (["sse2", "avx", "avx2", "fma", *AVX512], "avx512"),
        (["sse2", "avx", "avx2", "fma", "avx512f", "avx512cd", "avx512er", "avx512pf"], "avx2"),
        (["sse2", "avx", "avx2", "fma"], "avx2"),
        (["sse2", "avx", "fma"], "avx"),
        (["sse2"], "sse"),
        (["asimd", "sve"], None),
        ([], None),
    ],
)
def test_offered_is_the_widest_set_whose_flags_are_all_there(flags, widest):
    assert blas.offered(flags) == widest


@pytest.mark.parametrize(
    ("kernels", "used"),
    [("SkylakeX", "avx512"), ("Haswell", "avx2"), ("Zen", "avx2"), ("Sandybridge", "avx"), ("Barcelona", "sse")],
)
def test_openblas_kernels_are_known_by_their_name(kernels, used, monkeypatch):
    monkeypatch.setattr(blas, "processor_flags", lambda: ["sse2"])
    assert blas.openblas_instruction_set(kernels) == used


def test_openblas_kernels_are_unknown_on_a_processor_that_is_no_x86(monkeypatch):
    monkeypatch.setattr(blas, "processor_flags", lambda: ["asimd"])
    assert blas.openblas_instruction_set("NEOVERSEN1") is None


def test_blas_that_is_not_known_has_its_file_name_and_nothing_made_up(monkeypatch):
    monkeypatch.setattr(blas, "processor_flags", lambda: ["sse2"])
    found = blas.describe("libm.so.6")
    assert set(found) == set(protocol.BLAS)
    assert {name: value for name, value in found.items() if value is not None} == {
        "library": "libm.so.6",
        "offered": "sse",
    }


def test_missing_blas_leaves_all_unknown_but_the_processor():
    found = blas.describe(None)
    assert [name for name, value in found.items() if value is not None] in ([], ["offered"])


def test_instruction_sets_are_the_same_on_both_sides():
    assert blas.INSTRUCTION_SETS == INSTRUCTION_SETS


# As an assembler writes them: vfmadd231ps of zmm0, zmm1, zmm2 and of zmm31, zmm8, zmm16; of ymm; vmulps; mulps.
ZMM = bytes.fromhex("62f27548b8c262223d48b8f8")
YMM = bytes.fromhex("c4e275b8c2")
AVX = bytes.fromhex("c5f459c2")
SSE = bytes.fromhex("0f59c1")


@pytest.mark.parametrize(
    ("memory", "used"),
    [
        ([ZMM * 60], "avx512"),
        ([SSE * 500, YMM * 200, ZMM * 3], "avx2"),
        ([AVX * 200], "avx"),
        ([SSE * 60, b"\0" * 4096, SSE * 60], "sse"),
        ([SSE * 60], None),
        ([], None),
    ],
)
def test_generated_code_shows_the_widest_instructions_that_it_multiplies_with(memory, used):
    assert jit_kernels.instruction_set(memory) == used


def test_memory_without_generated_code_has_no_instruction_set():
    assert jit_kernels.instruction_set() is None
