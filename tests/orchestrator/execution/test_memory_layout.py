"""Layouts are drawn for a place in a session, and a worker whose layout is drawn finds nothing else to differ in."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from harness.orchestrator.execution.memory_layout import (
    ENVIRONMENT_BYTES,
    FOLDER,
    PATH_CHARACTERS,
    Layout,
    draw,
    folder_of,
    padded,
)

READ = "import sys; sys.stdout.write(str(len(open('/proc/self/environ', 'rb').read())))"


def test_place_in_a_session_has_the_same_layout_every_time() -> None:
    assert draw(1, 2, "cntk", "mnist_mlp") == draw(1, 2, "cntk", "mnist_mlp")
    places = [(seed, number, case) for seed in (1, 2) for number in range(40) for case in ("a", "b")]
    assert len({draw(*place) for place in places}) == len(places)


def test_layouts_reach_over_the_whole_of_their_ranges() -> None:
    drawn = [draw(number) for number in range(2000)]
    for limits, found in (
        (PATH_CHARACTERS, {one.path_characters for one in drawn}),
        (ENVIRONMENT_BYTES, {one.environment_bytes for one in drawn}),
    ):
        assert limits[0] <= min(found) < limits[0] + 16
        assert limits[1] - 16 < max(found) <= limits[1]
    assert {one.environment_bytes % 16 for one in drawn} == set(range(16))


@pytest.mark.parametrize(
    "variables", [{}, {"A": "1"}, {f"N{number}": "x" * number for number in range(31)}, {"UMLAUT": "ü" * 1000}]
)
def test_variables_are_padded_to_one_number_and_size(variables: dict[str, str]) -> None:
    layout = Layout(100, 5001)
    whole = padded(variables, layout)
    assert {name: whole[name] for name in variables} == variables
    assert len(whole) == 32
    found = subprocess.run([sys.executable, "-I", "-c", READ], env=whole, capture_output=True, text=True, check=True)
    assert int(found.stdout) == 5001


def test_more_variables_than_a_layout_holds_make_it_larger_by_whole_steps() -> None:
    layout = Layout(100, 5001)
    many = padded({f"N{number}": "" for number in range(32)}, layout)
    assert len(many) == 64
    large = padded({"LARGE": "x" * 9000}, layout)
    assert (len(large), size(large)) == (32, 5001 + 4096 + 4096)


def size(variables: dict[str, str]) -> int:
    return sum(len(os.fsencode(f"{name}={value}")) + 1 for name, value in variables.items())


def test_folder_has_a_path_of_the_drawn_length_and_is_gone_afterwards() -> None:
    for length in random.Random(0).sample(range(*PATH_CHARACTERS), 5):
        with folder_of(Layout(length, 5000)) as folder, folder_of(Layout(length, 5000)) as other:
            assert len(str(folder)) == len(str(other)) == length
            assert folder != other
            assert folder.is_dir()
            assert FOLDER.sub("<checkout>", f"File '{folder}/harness/worker/run.py'") == (
                "File '<checkout>/harness/worker/run.py'"
            )
        assert not folder.parent.exists()


def test_folders_are_alike_even_where_temporary_files_have_a_longer_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 200)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with folder_of(Layout(100, 5000)) as folder, folder_of(Layout(100, 5000)) as other:
        assert len(str(folder)) == len(str(other))
        assert folder.is_relative_to(deep)
