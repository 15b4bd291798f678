from __future__ import annotations

from dataclasses import fields, replace

import pytest
from werkzeug.datastructures import MultiDict

from brender_farm.errors import Fault
from brender_farm.service.requests import ShotRequest
from brender_farm.service.shot_settings import LABELS
from dashboard.submit_form import FIELD_WORDS, FIELDS, SubmitForm

REQUEST = ShotRequest(
    blend="/mnt/film.blend",
    frames="1-48",
    name="film",
    priority=70,
    chunk_size=4,
    width=1920,
    height=1080,
    percentage=50,
    denoise=False,
    view_layers=["fog, far", "lamp"],
    memory_limit_gb=1.5,
    after=[9, 12],
    race=True,
    existing="missing",
)


def test_a_request_comes_back_from_its_form_as_it_was():
    form = SubmitForm.from_request(REQUEST)
    assert form.values["after"] == "9, 12"
    assert form.to_request() == replace(REQUEST, memory_limit_gb="1.5", after="9, 12")


def test_what_is_typed_is_read_as_text_and_layers_by_name():
    form = SubmitForm.typed(
        MultiDict([("blend", "/a"), ("priority", " soon "), ("view_layers", "a, b")])
    )
    assert form.to_request().priority == "soon"
    assert form.to_request().view_layers == ["a, b"]


def test_every_field_of_a_request_is_one_of_the_form():
    assert {field.name for field in fields(ShotRequest)} - {"strict"} == set(FIELDS)
    assert LABELS.keys() <= set(FIELDS)
    assert LABELS.keys() <= FIELD_WORDS.keys()


def test_several_files_share_all_but_what_each_has_for_itself():
    form = SubmitForm.typed(
        MultiDict([("blend", "/a"), ("blend", "/b"), ("name", "x"), ("samples", "8")])
    )
    assert form.files == ("/a", "/b")
    request = form.to_request("/b")
    assert (request.blend, request.name, request.samples) == ("/b", None, 8)


def test_only_what_differs_from_what_was_seen_is_a_change():
    seen = dict.fromkeys(LABELS, "") | {"priority": "50", "chunk_size": "auto", "notes": "a\nb"}
    form = SubmitForm.typed(
        MultiDict([("priority", "60"), ("chunk_size", "auto"), ("notes", "a\r\nb\r\n")]),
        edits=True,
    )
    assert form.changes(seen) == {"priority": "60"}


@pytest.mark.parametrize(
    ("name", "part"),
    [("quality", "look"), ("after", "waits"), ("pool", "nodes"), ("race", "frames")],
)
def test_a_folded_part_opens_when_something_in_it_is_filled_in_or_wrong(name, part):
    empty = SubmitForm.typed(MultiDict())
    assert not empty.opens(part)
    assert SubmitForm.typed(MultiDict([(name, "x")])).opens(part)
    assert replace(empty, faults=(Fault(field=name, message="", remedy=""),)).opens(part)
