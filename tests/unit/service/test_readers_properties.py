"""Single values of a submission: understood, or a fault of their field, whatever they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brender_farm.errors import Fault
from brender_farm.service import checks, limits, needs, render_values
from tests.unit.texts import TEXTS

VALUES = TEXTS | st.none() | st.floats() | st.integers() | st.booleans()
READERS = [
    needs.read_shot_tags,
    needs.read_pool,
    needs.read_blender,
    needs.read_device,
    render_values.read_engine,
    render_values.read_exr_codec,
    render_values.read_format,
]
"""Of text, or nothing."""
NUMBERS = [
    checks.read_chunk_size,
    limits.read_frame_limit,
    limits.read_memory_limit,
    needs.read_min_memory,
    needs.read_max_nodes,
    render_values.read_percentage,
    render_values.read_samples,
    render_values.read_quality,
    render_values.read_compression,
    render_values.read_denoise,
    render_values.read_color_depth,
]


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
def test_any_text_is_understood_or_a_fault(read):
    @given(TEXTS | st.none())
    def attempt(value):
        found = read(value)
        assert not isinstance(found, Fault) or (found.field and found.message)

    attempt()


@pytest.mark.parametrize("read", NUMBERS, ids=lambda read: read.__name__)
def test_any_number_or_text_is_understood_or_a_fault(read):
    @given(VALUES)
    def attempt(value):
        found = read(value)
        assert not isinstance(found, Fault) or (found.field and found.message)

    attempt()


@given(VALUES, VALUES)
def test_any_size_is_understood_or_a_fault(width, height):
    render_values.read_pixels("width", width)
    render_values.read_pixels("height", height)


@given(TEXTS)
def test_any_name_becomes_a_shots_and_a_folder_or_a_fault(text):
    name = checks.read_name(text, Path("/shows/film.blend"))
    if not isinstance(name, Fault):
        folder = checks.folder_name(name)
        assert "/" not in folder
        assert folder.strip("._")
        assert folder not in (".", "..")


@given(TEXTS)
def test_any_policy_is_known_or_a_fault(text):
    checks.read_existing(text)
    checks.priority_fault(text)  # type: ignore[arg-type]
