"""What a shot comes after: its page and the API."""

import pytest


@pytest.fixture
def three(farm):
    """Return three queued shots."""
    return [farm.add_shot(name) for name in ("sim", "matte", "comp")]


def put(farm, url, **values):
    return farm.client.put(url, json=values)


def test_a_shot_is_put_after_others(farm, three):
    sim, matte, comp = three
    response = put(farm, f"/api/v1/shots/{comp}/after", after=[sim], after_frames=[matte])
    assert response.status_code == 200
    assert response.json["state"] == "waiting"
    assert response.json["actions"] == ["start", "pause", "cancel"]
    shot = farm.get(f"/api/v1/shots/{comp}").json
    assert [(each["id"], each["name"], each["by_frame"]) for each in shot["after"]] == [
        (sim, "sim", False),
        (matte, "matte", True),
    ]
    assert put(farm, f"/api/v1/shots/{comp}/after").json["state"] == "queued"


def test_a_circle_is_a_conflict_and_is_spelled_out(farm, three):
    sim, _, comp = three
    put(farm, f"/api/v1/shots/{comp}/after", after=[sim])
    response = put(farm, f"/api/v1/shots/{sim}/after", after=[comp])
    assert response.status_code == 409
    assert f"Shot {sim} -> {comp} -> {sim}:" in response.json["detail"]


def test_an_unknown_shot_is_a_fault_of_its_field(farm, three):
    response = put(farm, f"/api/v1/shots/{three[0]}/after", after_frames=[99])
    assert response.status_code == 422
    assert response.json["faults"][0]["field"] == "after_frames"


def test_its_page_names_and_links_them(farm, three):
    sim, matte, comp = three
    put(farm, f"/api/v1/shots/{comp}/after", after=[sim], after_frames=[matte])
    text = farm.text(f"/shots/{comp}")
    assert "Comes after" in text
    assert f'<a href="/shots/{sim}">' in text
    assert "frame by frame" in text
    assert "Start anyway" in text


def test_a_shot_that_others_wait_for_is_kept(farm, three):
    sim, _, comp = three
    put(farm, f"/api/v1/shots/{comp}/after", after=[sim])
    response = farm.client.delete(f"/api/v1/shots/{sim}")
    assert response.status_code == 409
    assert response.json["detail"].startswith(f"Shot {comp} waits for it")
