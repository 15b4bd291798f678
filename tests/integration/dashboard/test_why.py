from __future__ import annotations


def test_a_shots_page_says_why_it_waits_with_links_to_who_has_the_slots(farm):
    atlas = farm.add_node("atlas", slots=1)
    busy = farm.add_shot("lantern", state="rendering", priority=80)
    farm.add_chunk(busy, atlas)
    waiting = farm.add_shot("comp")
    text = farm.text(f"/shots/{waiting}")
    assert "Why it waits:" in text
    assert f'The one node online is rendering <a href="/shots/{busy}">shot {busy}</a>' in text
    assert "To go first, give it a priority above 80." in text


def test_other_reasons_are_folded_away(farm):
    farm.add_node("atlas", online=False)
    farm.add_node("rhea", facts={"blender_versions": ["3.4.1"]})
    text = farm.text(f"/shots/{farm.add_shot()}")
    assert 'The only node that fits is away: <a href="/nodes/atlas">atlas</a> is offline' in text
    assert "1 more reason" in text
    assert "Its file was saved by Blender 4.5: the newest on the one node online is 3.4.1." in text


def test_a_shot_that_nothing_holds_back_says_nothing(farm):
    farm.add_node("atlas")
    assert "Why it waits" not in farm.text(f"/shots/{farm.add_shot()}")


def test_a_pause_is_told_once(farm):
    text = farm.text(f"/shots/{farm.add_shot(state='paused', reason='Lunch.')}")
    assert "Why it waits" not in text
    assert "Why it waits" in farm.text(f"/shots/{farm.add_shot('other', state='paused')}")


def test_an_idle_node_says_why(farm):
    farm.add_node("atlas")
    farm.add_node("rhea", facts={"blender_versions": ["3.4.1"]})
    shot = farm.add_shot(tags=["gpu"])
    farm.add_node("gaia", facts={"blender_versions": ["4.5.15"], "tags": ["gpu"], "pool": "film"})
    text = farm.text("/nodes")
    assert text.count(f'1 shot needs the tag gpu: <a href="/shots/{shot}">shot {shot}</a>.') == 2
    assert "1 shot needs a node of no pool" in text


def test_what_leaves_every_node_without_work_is_told_once(farm):
    for name in ("atlas", "rhea", "gaia"):
        farm.add_node(name)
    assert farm.text("/nodes").count("Every shot is finished.") == 1


def test_the_api_gives_the_reasons_of_a_shot(farm):
    shot = farm.add_shot()
    found = farm.get(f"/api/v1/shots/{shot}/why").json
    assert (found["shot_id"], found["state"], found["verdict"]) == (
        shot,
        "queued",
        "10 frames wait.",
    )
    assert found["reasons"] == [
        {
            "kind": "no_node",
            "text": "The farm has no node yet.",
            "remedy": "Start one with: brender worker",
            "nodes": [],
            "free_in_s": None,
            "is_partial": False,
        }
    ]
    assert farm.get(f"/api/v1/shots/{shot}").json["reasons"] == found["reasons"]
    assert farm.get("/api/v1/shots/99/why").status_code == 404


def test_the_api_gives_the_reasons_of_a_node(farm):
    node = farm.add_node("atlas")
    found = farm.get(f"/api/v1/nodes/{node}/why").json
    assert (found["name"], found["slots"], found["idle_slots"]) == ("atlas", 2, 2)
    assert found["reasons"][0]["kind"] == "no_work"
    assert farm.get("/api/v1/nodes/99/why").status_code == 404
