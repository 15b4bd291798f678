"""Waiting for a change: an answer as soon as there is one, else 304."""

from __future__ import annotations

import threading
import time

import pytest

from brender_farm.db.models import Event, Farm, Shot
from dashboard.change_watch import ChangeWatch
from tests.waiting import wait_for


class Asked:
    """A request that waits on a thread of its own."""

    def __init__(self, farm, url: str, tag: str, *, wait: int = 30) -> None:
        self.answer, self.took_s = None, 0.0
        self._farm, self._url, self._tag, self._wait = farm, url, tag, wait
        self._thread = threading.Thread(target=self._go)
        self._thread.start()

    def _go(self) -> None:
        begun_s = time.monotonic()
        sign = "&" if "?" in self._url else "?"
        self.answer = self._farm.app.test_client().get(
            f"/api/v1/{self._url}{sign}wait={self._wait}", headers={"If-None-Match": self._tag}
        )
        self.took_s = time.monotonic() - begun_s

    def join(self):
        self._thread.join(40)
        assert self.answer is not None
        return self.answer


def watch_of(farm) -> ChangeWatch:
    return farm.app.extensions["brender_changes"]


def change_shot(farm, shot_id: int) -> None:
    with farm.writing() as session:
        session.get(Shot, shot_id).rev += 1
        session.get(Farm, 1).shots_rev += 1


@pytest.mark.parametrize("url", ["shots", "shots/1", "queue", "overview", "shots?state=queued"])
def test_whoever_waits_is_answered_when_a_shot_changes(farm, url):
    shot_id = farm.add_shot()
    tag = farm.get(f"/api/v1/{url}").headers["ETag"]
    asked = Asked(farm, url, tag)
    wait_for(lambda: watch_of(farm).waiting == 1, "it waits")
    change_shot(farm, shot_id)
    answer = asked.join()
    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag
    assert asked.took_s < 10
    assert watch_of(farm).waiting == 0


def test_nodes_and_events_are_waited_for(farm):
    node_id = farm.add_node()
    tags = {url: farm.get(f"/api/v1/{url}").headers["ETag"] for url in ("nodes", "events")}
    asked = [Asked(farm, url, tag) for url, tag in tags.items()]
    wait_for(lambda: watch_of(farm).waiting == 2, "both wait")
    farm.client.post(f"/api/v1/nodes/{node_id}/actions/drain", json={"reason": "Fan"})
    assert [each.join().status_code for each in asked] == [200, 200]
    assert asked[1].answer.json["events"][0]["reason"] == "Fan"


def test_what_does_not_change_is_answered_with_304_after_the_wait(farm):
    farm.add_shot()
    tag = farm.get("/api/v1/shots/1").json["tag"]
    begun_s = time.monotonic()
    answer = farm.get(f"/api/v1/shots/1?wait=1&tag={tag}")
    assert (answer.status_code, answer.data) == (304, b"")
    assert 0.9 < time.monotonic() - begun_s < 5
    assert "Retry-After" not in answer.headers


def test_who_waits_for_one_shot_is_not_woken_by_another(farm):
    first, second = farm.add_shot("first"), farm.add_shot("second")
    tag = farm.get(f"/api/v1/shots/{first}").headers["ETag"]
    asked = Asked(farm, f"shots/{first}", tag, wait=2)
    wait_for(lambda: watch_of(farm).waiting == 1, "it waits")
    change_shot(farm, second)
    assert asked.join().status_code == 304
    assert asked.took_s > 1.5


def test_a_shot_that_is_deleted_is_told_at_once(farm):
    shot_id = farm.add_shot()
    tag = farm.get(f"/api/v1/shots/{shot_id}").headers["ETag"]
    asked = Asked(farm, f"shots/{shot_id}", tag)
    wait_for(lambda: watch_of(farm).waiting == 1, "it waits")
    farm.client.delete(f"/api/v1/shots/{shot_id}")
    assert asked.join().status_code == 404


def test_an_old_tag_is_answered_without_a_wait(farm):
    farm.add_shot()
    answer = farm.get("/api/v1/shots?wait=60", headers={"If-None-Match": '"0"'})
    assert answer.status_code == 200
    assert farm.get("/api/v1/shots?wait=60").status_code == 200


def test_those_that_are_too_many_are_told_when_to_ask_again(farm):
    farm.add_shot()
    farm.app.extensions["brender_changes"] = ChangeWatch(farm.app, most=2)
    tag = farm.get("/api/v1/shots").headers["ETag"]
    asked = [Asked(farm, "shots", tag) for _ in range(2)]
    wait_for(lambda: watch_of(farm).waiting == 2, "two wait")
    refused = farm.get("/api/v1/shots?wait=30", headers={"If-None-Match": tag})
    assert (refused.status_code, refused.headers["Retry-After"]) == (304, "5")
    change_shot(farm, 1)
    assert [each.join().status_code for each in asked] == [200, 200]


def test_many_that_wait_cost_the_queries_of_one(farm):
    shot_ids = [farm.add_shot(f"shot_{number}") for number in range(10)]
    farm.get("/api/v1/shots/1")
    tags = {each: farm.get(f"/api/v1/shots/{each}").headers["ETag"] for each in shot_ids}
    asked = [Asked(farm, f"shots/{each}", tag, wait=3) for each, tag in tags.items()]
    wait_for(lambda: watch_of(farm).waiting == 10, "all wait")
    with farm.counted_queries() as queries:
        assert {each.join().status_code for each in asked} == {304}
    assert len(queries) < 40  # two for each look, four looks a second


def test_an_event_that_comes_while_the_answer_is_made_is_not_missed(farm):
    """The tag is read first, so the next wait ends at once."""
    farm.add_shot()
    tag = farm.get("/api/v1/events").json["tag"]
    with farm.writing() as session:
        latest = session.query(Event).order_by(Event.id.desc()).first()
        session.add(
            Event(
                at=latest.at, actor="mira", subject="shot", subject_id=1, from_state="",
                to_state="", reason="Note",
            )
        )  # fmt: skip
    assert farm.get(f"/api/v1/events?wait=60&tag={tag}").json["events"][0]["reason"] == "Note"
