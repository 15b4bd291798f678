"""Arguments as the JSON API takes them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from brender_farm.client.remote.asking import changes_json, request_json, shot_numbers
from brender_farm.errors import RequestRefused
from brender_farm.service.requests import ShotRequest


def test_only_what_is_asked_for_is_sent():
    assert request_json(ShotRequest(blend="/p/a.blend")) == {"blend": "/p/a.blend"}


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("priority", 80, 80),
        ("priority", "80", 80),
        ("samples", "", None),
        ("samples", "many", "many"),
        ("frame_limit_s", "1.5", 1.5),
        ("frame_limit_s", "60", 60),
        ("chunk_size", "5", "5"),
        ("notes", "7", "7"),
        ("denoise", False, False),
        ("color_depth", 16, "16"),
        ("view_layers", "Fog, Main", ["Fog", "Main"]),
        ("view_layers", ("Fog",), ["Fog"]),
        ("view_layers", "", None),
        ("after", "9, #12", [9, 12]),
        ("after", "", []),
        ("after", [9], [9]),
        ("after", None, None),
        ("not_before", "20:00", "20:00"),
        ("not_before", datetime(2026, 12, 1, tzinfo=UTC), "2026-12-01T00:00:00+00:00"),
        ("something_new", "x", "x"),
    ],
)
def test_each_argument_has_its_form_in_json(name, value, sent):
    assert changes_json({name: value}) == {name: sent}


def test_what_is_no_number_of_a_shot_is_refused_before_it_is_sent():
    with pytest.raises(RequestRefused, match=r"after: 'first' are not numbers of shots"):
        shot_numbers("first", "after")
