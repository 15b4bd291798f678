"""Lists that grow, part by part: nothing twice and nothing missed, whatever comes and goes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from brender_farm.db.models import Event, Frame, Shot


def walk(farm, url: str, name: str, key: str = "id", between=None) -> list:
    """Follow the cursors of a list to its end."""
    found, cursor, sign = [], "", "&" if "?" in url else "?"
    for _ in range(100):
        part = farm.get(f"/api/v1/{url}" + (f"{sign}cursor={cursor}" if cursor else "")).json
        found += [row[key] for row in part[name]]
        cursor = part["next_cursor"]
        if cursor is None:
            return found
        if between is not None:
            between()
    raise AssertionError(f"{url} never ends.")


@pytest.mark.parametrize("sort", ["-id", "id", "name", "-name", "priority", "-state", "submitter"])
def test_shots_are_walked_through_in_any_order(farm, sort):
    ids = [
        farm.add_shot(f"{name}_{number}", priority=number % 2 * 10)
        for number, name in enumerate(["Fog", "ärger", "fog", "Zug", "zug", "Ärger", "abc"])
    ]
    url = f"shots?sort={sort}&size=2"
    at_once = [shot["id"] for shot in farm.get(f"/api/v1/shots?sort={sort}").json["shots"]]
    assert walk(farm, url, "shots") == at_once
    assert sorted(at_once) == ids


def test_shots_that_come_and_go_meanwhile_move_nothing(farm):
    ids = [farm.add_shot(f"shot_{number}") for number in range(9)]
    doomed = iter(ids)

    def change() -> None:
        farm.add_shot("new")
        with farm.writing() as session:
            session.delete(session.get(Shot, next(doomed)))

    found = walk(farm, "shots?size=3", "shots", between=change)
    assert found == [each for each in reversed(ids) if each not in ids[:2]]


@pytest.mark.parametrize("state", ["", "done", "pending", "failed", "rendering"])
def test_frames_are_walked_through(farm, state):
    shot_id = farm.add_shot(done=7, count=20, pending="7-12,16-20", pending_count=9)
    farm.add_chunk(shot_id, farm.add_node(), frames="13-15", spans="12-15")
    with farm.writing() as session:
        session.add(Frame(shot_id=shot_id, frame=16, state="failed", at=datetime.now(UTC)))
    at_once = farm.get(f"/api/v1/shots/{shot_id}/frames?state={state}").json["frames"]
    url = f"shots/{shot_id}/frames?limit=2&state={state}"
    assert walk(farm, url, "frames", "frame") == [frame["frame"] for frame in at_once]


def test_pending_frames_that_finish_meanwhile_are_not_missed(farm):
    shot_id = farm.add_shot(count=12)

    def finish() -> None:
        with farm.writing() as session:
            shot = session.get(Shot, shot_id)
            shot.pending, shot.pending_count = "4-12", 8

    url = f"shots/{shot_id}/frames?limit=4&state=pending"
    assert walk(farm, url, "frames", "frame", between=finish) == list(range(1, 13))


def test_nodes_are_filtered_and_walked_through(farm):
    names = [f"node-{number:02}" for number in range(7)]
    for name in reversed(names):
        farm.add_node(name, online=name != "node-03")
    added = iter(["node-00a", "a", "b", "c"])
    found = walk(farm, "nodes?limit=3", "nodes", "name", between=lambda: farm.add_node(next(added)))
    assert found == names
    page = farm.get("/api/v1/nodes?search=node-0&limit=2").json
    assert ([row["name"] for row in page["nodes"]], page["total"]) == (["node-00", "node-00a"], 8)
    assert farm.get("/api/v1/nodes?state=offline").json["total"] == 1
    assert len(farm.get("/api/v1/nodes").json["nodes"]) == 9


def test_nodes_come_a_hundred_at_a_time(farm):
    for number in range(120):
        farm.add_node(f"node-{number}")
    answer = farm.get("/api/v1/nodes")
    assert len(answer.json["nodes"]) == 100
    assert len(walk(farm, "nodes", "nodes")) == 120


def test_chunks_events_and_failures_are_walked_through(farm):
    shot_id, node_id = farm.add_shot(failed_count=3, pending="", pending_count=0), farm.add_node()
    ids = [farm.add_chunk(shot_id, node_id) for _ in range(5)]
    now = datetime.now(UTC)
    with farm.writing() as session:
        for frame in (4, 2, 9):
            session.add(Frame(shot_id=shot_id, frame=frame, state="failed", at=now, tries=3))
        for number in range(4):
            session.add(
                Event(
                    at=now, actor="mira", subject="node", subject_id=node_id, from_state="",
                    to_state="", reason=str(number),
                )
            )  # fmt: skip
    assert walk(farm, f"shots/{shot_id}/chunks?limit=2", "chunks") == ids[::-1]
    events = walk(farm, "events?limit=2", "events")
    assert events == sorted(events, reverse=True)
    assert len(events) == 5
    assert len(walk(farm, f"shots/{shot_id}/events?limit=1", "events")) == 1
    assert walk(farm, f"nodes/{node_id}/events?limit=3", "events", "reason") == list("3210")
    assert walk(farm, "failures?limit=2", "failures", "frame") == [2, 4, 9]


@pytest.mark.parametrize("url", ["shots", "nodes", "events", "failures", "logs", "shots/1/frames"])
def test_a_cursor_of_something_else_is_refused(farm, url):
    for number in range(3):
        farm.add_shot(f"shot_{number}")
    other = farm.get("/api/v1/shots?size=1&sort=name").json["next_cursor"]
    for cursor in (other, "x", "WzFd"):
        answer = farm.get(f"/api/v1/{url}?cursor={cursor}")
        assert (answer.status_code, answer.json["faults"][0]["field"]) == (422, "cursor")
