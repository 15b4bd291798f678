"""Numbers and text from outside that no database keeps: refused or cleaned, never a crash."""

from __future__ import annotations

import pytest

from brender_farm.errors import NotFound, RequestRefused
from brender_farm.service.files import chunk_log, frame_file
from brender_farm.service.nodes import act_on_node, list_nodes
from brender_farm.service.shapes.shots import Page
from brender_farm.service.shots import (
    act_on_shot,
    get_chunk,
    get_shot,
    list_shots,
    set_priority,
    shot_chunks,
    shot_events,
    shot_frames,
    shot_tag,
)

NUMBERS = [-1, 0, 5, 2**31, 2**63 - 1, 2**63, 10**30]
ODD_TEXT = [
    pytest.param("nul \0", id="nul"),
    pytest.param("half \ud800", id="half-a-sign"),
    pytest.param("' OR 1=1 --", id="quote"),
    pytest.param("%_\\", id="wildcards"),
    pytest.param("x" * 100_000, id="endless"),
]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "ask",
    [
        get_shot,
        shot_tag,
        shot_frames,
        get_chunk,
        chunk_log,
        lambda number: frame_file(number, 1),
        lambda number: act_on_shot(number, "pause", actor="mira"),
        lambda number: set_priority(number, 1, actor="mira"),
        lambda number: act_on_node(number, "drain", actor="mira"),
    ],
    ids=["shot", "tag", "frames", "chunk", "log", "file", "action", "priority", "node"],
)
def test_what_cannot_be_there_is_not_found(farm, ask, number):
    with pytest.raises(NotFound):
        ask(number)


@pytest.mark.parametrize("number", NUMBERS)
def test_nothing_happened_to_what_cannot_be_there(farm, number):
    assert shot_chunks(number) == ()
    assert shot_events(number) == ()


@pytest.mark.parametrize("frame", [*NUMBERS, 2**40])
def test_a_frame_that_cannot_be_there_has_no_file(farm, frame):
    shot_id = farm.submit().shot.id
    with pytest.raises(NotFound):
        frame_file(shot_id, frame)


@pytest.mark.parametrize("text", ODD_TEXT)
def test_any_text_may_be_searched_for(farm, text):
    farm.submit(name="100%_\\ sure")
    found = list_shots(Page(search=text))
    assert found.total == (1 if text == "%_\\" else 0)
    assert list_shots(Page(state=text)).total == 0
    assert list_shots(Page(sort=text)).total == 1


@pytest.mark.parametrize("number", [-5, 0, 10**12, 10**30])
def test_any_page_may_be_asked_for(farm, number):
    farm.submit()
    assert len(list_shots(Page(number=number)).rows) == (1 if number < 1 else 0)


@pytest.mark.parametrize("offset", [0, 24, 10**12])
def test_any_part_of_the_frames_may_be_asked_for(farm, offset):
    shot_id = farm.submit().shot.id
    page = shot_frames(shot_id, offset=offset)
    assert (len(page.cells), page.total) == (0 if offset else 24, 24)


@pytest.mark.parametrize("name", ["nul \0", "half \ud800", "turn \u202e", "line\nbreak"])
def test_a_name_has_only_signs_that_can_be_shown(farm, name):
    with pytest.raises(RequestRefused) as refusal:
        farm.submit(name=name)
    assert [fault.field for fault in refusal.value.faults] == ["name"]


@pytest.mark.parametrize("text", ODD_TEXT)
@pytest.mark.parametrize("field", ["frames", "scene", "format", "existing", "chunk_size", "output"])
def test_any_other_text_is_a_fault_of_its_field(farm, field, text):
    with pytest.raises(RequestRefused) as refusal:
        farm.submit(**{field: text})
    assert [fault.field for fault in refusal.value.faults] == [field]


@pytest.mark.parametrize("text", ["~no-such-user-here/a.blend", "", " ", "a\0b", "\ud800"])
def test_a_file_that_cannot_be_named_is_refused(farm, text):
    from brender_farm.service.requests import ShotRequest
    from brender_farm.service.submit import submit

    with pytest.raises(RequestRefused) as refusal:
        submit(ShotRequest(blend=text), submitter="mira")
    assert [fault.field for fault in refusal.value.faults] == ["blend"]


@pytest.mark.parametrize("text", ODD_TEXT)
def test_any_reason_may_be_given(farm, text):
    shot_id = farm.submit().shot.id
    kept = text.replace("\0", "?").replace("\ud800", "?")
    act_on_shot(shot_id, "pause", actor="mira", reason=text)
    assert get_shot(shot_id).row.reason == kept
    assert shot_events(shot_id)[0].reason == kept
    farm.join()
    (node,) = list_nodes().rows
    act_on_node(node.id, "drain", actor="mira", reason=text)
    assert list_nodes().rows[0].reason == kept
