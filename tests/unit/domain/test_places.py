from __future__ import annotations

from pathlib import Path

import pytest

from brender_farm.domain.formats import FORMATS
from brender_farm.domain.places import draft_folder, frame_name, log_path


@pytest.mark.parametrize(
    ("frame", "fmt", "name"),
    [
        (1, "PNG", "0001.png"),
        (0, "EXR", "0000.exr"),
        (9999, "JPEG", "9999.jpg"),
        (12345, "TIFF", "12345.tif"),
    ],
)
def test_a_frames_file_is_named_by_its_number(frame, fmt, name):
    assert frame_name(frame, 4, FORMATS[fmt]) == name


def test_names_sort_like_their_frames_as_far_as_the_padding_goes():
    names = [frame_name(frame, 4, FORMATS["PNG"]) for frame in range(0, 10_000, 37)]
    assert names == sorted(names)


def test_each_chunk_works_in_a_place_of_its_own_inside_the_output():
    output = Path("/shows/a")
    places = {draft_folder(output, 1), draft_folder(output, 2), log_path(output, 1)}
    assert len(places) == 3
    assert all(place.is_relative_to(output / ".brender") for place in places)
