from __future__ import annotations


def test_a_shot_says_that_it_races_and_which_chunks_do(farm):
    shot_id = farm.add_shot("lantern", race=True)
    original = farm.add_chunk(shot_id, farm.add_node("atlas"), frames="5-8")
    farm.add_chunk(shot_id, farm.add_node("titan"), frames="8-5", twin_of=original)
    text = farm.text(f"/shots/{shot_id}")
    assert "Races its last frames" in text
    assert f'races <a href="#chunk-{original}">chunk {original}</a>' in text
    chunks = farm.get(f"/api/v1/shots/{shot_id}/chunks").json["chunks"]
    assert [chunk["twin_of"] for chunk in chunks] == [original, None]


def test_a_shot_that_does_not_race_does_not_speak_of_it(farm):
    shot_id = farm.add_shot("lantern")
    farm.add_chunk(shot_id, farm.add_node("atlas"), frames="5-8")
    assert "races" not in farm.text(f"/shots/{shot_id}").lower()
