from __future__ import annotations

import time
from dataclasses import replace

import pytest

from brender_farm.broker.link import connect
from brender_farm.broker.log_stream import Entry, LogStreams


@pytest.fixture
def say(farm, broker_url):
    """Give the farm a broker; return a way for its processes to say something."""
    settings = replace(farm.settings, broker_url=broker_url)
    farm.app.extensions["brender_settings"] = settings
    with connect(broker_url) as client:
        streams = LogStreams(client)

        def said(source: str, message: str, *, level: str = "INFO", **fields) -> None:
            now_s = time.monotonic()
            entry = Entry(said_s=now_s, level=level, logger="x.y", message=message, fields=fields)
            streams.add(source, [entry], now_s)

        yield said


def write_log(farm, text: str) -> int:
    shot_id = farm.add_shot("lantern")
    chunk_id = farm.add_chunk(shot_id, farm.add_node("atlas"))
    logs = farm.root / "renders" / "lantern" / ".brender" / "logs"
    logs.mkdir(parents=True)
    (logs / f"{chunk_id}.log").write_text(text)
    return chunk_id


def test_the_page_begins_with_what_all_processes_say_of_trouble(farm, say):
    say("node.atlas", "Fine.")
    say("node.atlas", "A frame failed.", level="WARNING", shot_id=3, chunk_id=12, node="atlas")
    say("scheduler", "A pass failed.", level="ERROR")
    text = farm.text("/logs")
    assert "A frame failed." in text
    assert "A pass failed." in text
    assert "Fine." not in text
    assert 'href="/shots/3"' in text
    assert 'href="/chunks/12/log"' in text
    assert 'href="/nodes#at-atlas"' in text
    assert 'href="/logs?source=node.atlas"' in text


def test_one_process_is_shown_with_all_that_it_says(farm, say):
    say("node.atlas", "The node starts.")
    say("node.bellows", "Another one.")
    text = farm.text("/logs?source=node.atlas")
    assert "Node atlas" in text
    assert "The node starts." in text
    assert "Another one." not in text
    assert '<option value="node.bellows">' in text


def test_lines_are_searched_and_filtered_by_level(farm, say):
    say("scheduler", "Chunks wait for the broker.", level="WARNING", error="Timeout")
    say("scheduler", "A shot was audited.", shot_id=7)
    found = farm.text("/logs?source=scheduler&search=TIMEOUT")
    assert "Chunks wait" in found
    assert "was audited" not in found
    assert "was audited" not in farm.text("/logs?source=scheduler&level=WARNING")
    assert "was audited" in farm.text("/logs?source=scheduler&search=shot_id%3D7")
    assert "No line matches" in farm.text("/logs?source=scheduler&level=ERROR")


def test_a_poll_is_answered_only_when_something_was_said(farm, say):
    say("scheduler", "One.")
    tag = farm.tag("/logs?source=scheduler")
    with farm.counted_queries() as queries:
        assert farm.get(f"/logs/live?source=scheduler&tag={tag}").status_code == 304
    assert queries == []
    say("scheduler", "Two.")
    assert "Two." in farm.get(f"/logs/live?source=scheduler&tag={tag}").text


def test_following_is_stopped_by_a_link(farm, say):
    say("scheduler", "One.")
    assert "/logs/live" not in farm.text("/logs?source=scheduler&follow=no")


def test_what_matches_is_downloaded_as_text(farm, say):
    say("node.atlas", "It failed.\nTraceback", level="ERROR", n=1)
    say("node.atlas", "Fine.")
    response = farm.get("/logs/download?source=node.atlas&level=ERROR")
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="brender-node-atlas.log"'
    )
    assert response.text.endswith("ERROR   x.y: It failed. n=1\n  Traceback\n")


def test_a_chunks_log_is_searched_as_well(farm):
    chunk_id = write_log(farm, "12:00:00.000 Fra:1 Mem\n12:00:01.000 Error: no camera\n")
    text = farm.text(f"/logs?source=chunk.{chunk_id}")
    assert "Fra:1 Mem" in text
    assert f'href="/chunks/{chunk_id}/log"' in text
    failed = farm.text(f"/logs?source=chunk.{chunk_id}&level=ERROR")
    assert "Error: no camera" in failed
    assert "Fra:1" not in failed
    assert farm.get("/logs?source=chunk.999").status_code == 404


def test_the_newest_chunks_are_offered(farm):
    chunk_id = write_log(farm, "")
    assert f'<option value="chunk.{chunk_id}">lantern, frames 1-4, on atlas' in farm.text("/logs")


def test_without_a_broker_the_page_says_where_else_to_look(farm):
    text = farm.text("/logs?source=scheduler")
    assert "The broker does not answer" in text
    assert "standard error" in text


def test_what_processes_say_is_only_words(farm, say):
    say("node.<b>", "<script>alert(1)</script>", level="ERROR", shot_id="<i>", chunk_id=-1)
    for url in ("/logs", "/logs?source=node.<b>"):
        text = farm.text(url)
        assert "<script>alert" not in text
        assert "<b>" not in text.replace("<b>0", "").split("<main", 1)[1]
        assert "<i>" not in text


def test_the_api_gives_lines_and_sources(farm, say):
    say("scheduler", "A pass failed.", level="ERROR", n=1)
    found = farm.get("/api/v1/logs?source=scheduler&level=ERROR").json
    assert (found["total"], found["lines"][0]["message"]) == (1, "A pass failed.")
    assert found["lines"][0]["fields"] == {"n": 1}
    names = [source["name"] for source in farm.get("/api/v1/logs/sources").json["sources"]]
    assert names == ["scheduler"]
    assert farm.get("/api/v1/logs?level=LOUD").status_code == 422
    assert farm.get("/api/v1/logs?source=chunk.99").status_code == 404
