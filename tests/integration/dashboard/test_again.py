"""Frames asked for once more, and banned nodes given another chance: pages and API."""

import pytest

from brender_farm.db.models import Frame, Shot


@pytest.fixture
def completed(farm):
    """Return a shot with all of its ten frames done."""
    return farm.add_shot("lantern", done=10, state="completed")


@pytest.fixture
def banned(farm):
    """Return a shot that one node gets no more of."""
    node_id = farm.add_node("titan")
    return farm.add_shot(bans={str(node_id): "It failed 3 frames in a row: no memory."})


def shot_of(farm, shot_id):
    return farm.get(f"/api/v1/shots/{shot_id}").json


def test_the_menu_offers_what_may_be_asked_for(farm, completed):
    text = farm.text(f"/shots/{completed}")
    assert f'href="/shots/{completed}/rerender"' in text
    assert f'action="/shots/{completed}/audit"' in text
    assert f'href="/shots/{completed}/delete"' in text
    cancelled = farm.add_shot("gone", state="cancelled")
    assert f"/shots/{cancelled}/rerender" not in farm.text(f"/shots/{cancelled}")


def test_the_form_begins_with_all_frames(farm, completed):
    text = farm.text(f"/shots/{completed}/rerender")
    assert "Render frames of “lantern” again" in text
    assert 'name="frames" value="1-10"' in text
    assert 'value="3-4"' in farm.text(f"/shots/{completed}/rerender?frames=3-4")


def test_some_frames_are_rendered_again_for_a_reason(farm, completed):
    response = farm.post(f"/shots/{completed}/rerender", frames="3-4", reason="New lamp")
    assert (response.status_code, response.location) == (302, f"/shots/{completed}")
    text = farm.text(response.location)
    assert "2 frames of “lantern” will be rendered again." in text
    assert "New lamp" in text
    shot = shot_of(farm, completed)
    assert (shot["state"], shot["done_count"], shot["pending_count"]) == ("queued", 8, 2)


def test_frames_that_cannot_be_asked_for_are_explained_beside_the_field(farm, completed):
    for frames, words in (("3,99", "Not of this shot: 99."), ("x", "not a frame range")):
        response = farm.post(f"/shots/{completed}/rerender", frames=frames, reason="New lamp")
        assert response.status_code == 422
        assert words in response.text
        assert f'value="{frames}"' in response.text
        assert 'value="New lamp"' in response.text
    assert shot_of(farm, completed)["done_count"] == 10


def test_asking_for_what_is_pending_already_says_so(farm):
    shot_id = farm.add_shot(done=2)
    farm.post(f"/shots/{shot_id}/rerender", frames="5-6")
    assert "Nothing to render again" in farm.text(f"/shots/{shot_id}")


def test_nothing_of_a_cancelled_shot_can_be_asked_for(farm):
    shot_id = farm.add_shot(done=2, state="cancelled")
    assert farm.get(f"/shots/{shot_id}/rerender").status_code == 409
    assert farm.post(f"/shots/{shot_id}/rerender", frames="1").status_code == 409
    assert "Render again" not in farm.text(f"/shots/{shot_id}/frames/1")


def test_one_frame_is_rendered_again_from_its_page(farm, completed):
    url = f"/shots/{completed}/frames/7"
    assert f'action="{url}/rerender"' in farm.text(url)
    assert farm.post(f"{url}/rerender").location == url
    text = farm.text(url)
    assert "1 frame of “lantern” will be rendered again." in text
    assert "Asked for again." in text
    assert f'action="{url}/rerender"' not in text


def test_a_page_that_shows_a_frame_hears_that_it_was_asked_for_again(farm, completed):
    url = f"/shots/{completed}/frames/7"
    tag = farm.tag(url)
    farm.post(f"{url}/rerender")
    assert farm.get(f"{url}/live?tag={tag}").status_code == 200


def test_bans_are_shown_with_why_and_cleared(farm, banned):
    text = farm.text(f"/shots/{banned}")
    assert "1 node gets no more of this shot." in text
    assert "titan" in text
    assert "It failed 3 frames in a row: no memory." in text
    farm.post(f"/shots/{banned}/bans/clear")
    text = farm.text(f"/shots/{banned}")
    assert "Every node may render “lantern” again." in text
    assert "no more of this shot" not in text


def test_a_form_from_another_site_asks_for_nothing(farm, completed, banned):
    for url in (f"{completed}/rerender", f"{completed}/frames/1/rerender", f"{banned}/bans/clear"):
        response = farm.client.post(f"/shots/{url}", data={"frames": "1"})
        assert response.status_code == 400
    assert shot_of(farm, completed)["done_count"] == 10
    assert shot_of(farm, banned)["bans"]


def test_the_api_renders_frames_again(farm, completed):
    some = farm.client.post(
        f"/api/v1/shots/{completed}/rerender", json={"frames": "1-5", "reason": "New lamp"}
    )
    assert (some.status_code, some.json["count"], some.json["shot"]["state"]) == (200, 5, "queued")
    rest = farm.client.post(f"/api/v1/shots/{completed}/rerender", json={})
    assert (rest.json["count"], rest.json["shot"]["pending_count"]) == (5, 10)


@pytest.mark.parametrize("frames", ["99", "x", "5-"])
def test_the_api_names_frames_it_cannot_render_again(farm, completed, frames):
    response = farm.client.post(f"/api/v1/shots/{completed}/rerender", json={"frames": frames})
    assert (response.status_code, response.mimetype) == (422, "application/problem+json")
    assert [fault["field"] for fault in response.json["faults"]] == ["frames"]


def test_the_api_refuses_to_render_what_is_cancelled(farm):
    shot_id = farm.add_shot(done=2, state="cancelled")
    response = farm.client.post(f"/api/v1/shots/{shot_id}/rerender", json={})
    assert (response.status_code, response.json["allowed"]) == (409, ["retry"])
    assert farm.client.post("/api/v1/shots/99/rerender", json={}).status_code == 404


def test_the_api_tells_of_bans_and_clears_them(farm, banned):
    assert shot_of(farm, banned)["bans"] == [
        {"node": "titan", "why": "It failed 3 frames in a row: no memory."}
    ]
    response = farm.client.post(f"/api/v1/shots/{banned}/bans/clear", json={})
    assert (response.status_code, response.json["state"]) == (200, "queued")
    assert shot_of(farm, banned)["bans"] == []
    assert farm.client.post("/api/v1/shots/99/bans/clear", json={}).status_code == 404


def test_what_blender_said_last_is_shown_when_a_shot_has_failed(farm):
    shot_id = failed_shot(farm)
    text = farm.text(f"/shots/{shot_id}")
    assert "What Blender said last" in text
    assert "Error: &lt;no memory&gt;" in text
    assert shot_of(farm, shot_id)["log_tail"] == "Fra:3\nError: <no memory>"


def test_a_frame_shows_its_reason_and_what_blender_said_when_it_failed(farm):
    shot_id = failed_shot(farm)
    text = farm.text(f"/shots/{shot_id}/frames/3")
    assert "Its node vanished 3 times while rendering it." in text
    assert "Error: &lt;no memory&gt;" in text
    frames = farm.get(f"/api/v1/shots/{shot_id}/frames?state=failed").json["frames"]
    assert [frame["log_tail"] for frame in frames] == ["Fra:3\nError: <no memory>"]


def test_a_long_reason_shows_its_beginning_and_opens_in_place(farm):
    reason = "Blender ended. " + "Not freed memory blocks: 12. " * 40 + "Save it in 4.5."
    shot_id = farm.add_shot(state="paused", reason=reason)
    text = farm.text(f"/shots/{shot_id}")
    assert "Show all" in text
    assert reason in text


def failed_shot(farm):
    shot_id = farm.add_shot(done=2, count=3, state="failed", failed_count=1, pending="")
    with farm.writing() as session:
        session.add(
            Frame(
                shot_id=shot_id,
                frame=3,
                state="failed",
                reason="Its node vanished 3 times while rendering it.",
                log_tail="Fra:3\nError: <no memory>",
                at=session.get(Shot, shot_id).created_at,
            )
        )
        session.get(Shot, shot_id).pending_count = 0
    return shot_id
