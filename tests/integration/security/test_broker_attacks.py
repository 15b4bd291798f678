"""Somebody in the middle: forged, replayed and malformed messages at a farm of real processes.

Nothing of it may change what the farm has recorded, end a process, or fill its log.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from redis import Redis

from brender_farm import wire
from brender_farm.broker.board import LIVE
from brender_farm.broker.link import connect
from brender_farm.broker.node_seal import NodeSeal
from brender_farm.celery_app import client_app
from brender_farm.domain.states import ShotState
from brender_farm.service.events import list_events
from brender_farm.service.node_keys import NodeAccess, revoke_node_key
from brender_farm.service.shapes.events import EventFilter
from tests.farm import Farm, running_farm
from tests.integration.security.keyed_farm import (
    flood,
    is_drained,
    listening,
    start_keyed_node,
)
from tests.unit.broker.test_door import BAD, BAD_COMMANDS, DANGEROUS, task
from tests.waiting import wait_for

QUEUES = ("farm", "node.atlas", "node.boreas")


class Attacked:
    """A farm with two nodes that have keys, and a client that may do everything at its broker."""

    def __init__(self, farm: Farm) -> None:
        self.farm = farm
        self.keys: dict[str, NodeAccess] = {
            name: start_keyed_node(farm, name) for name in ("atlas", "boreas")
        }
        self.client: Redis = connect(farm.broker_url)

    def seal(self, name: str, boot: str = "x") -> NodeSeal:
        return NodeSeal(name, self.keys[name].node_key, boot)

    def report(self, body: object) -> None:
        """Put a report into the farm's queue, and wait until it was dealt with."""
        flood(self.client, "farm", task(body))
        wait_for(lambda: is_drained(self.client, *QUEUES), "the report was taken")
        self.still_renders()

    def still_renders(self) -> int:
        """Render a shot, and see that every process is the one it was."""
        shot = self.farm.submit(self.farm.blend(), frames="1-2", chunk_size=1)
        assert self.farm.wait_until_over(shot).row.state is ShotState.COMPLETED
        assert all(each.poll() is None for each in self.farm.processes.values())
        return shot

    def logs(self) -> str:
        return "".join(self.farm.log(name) for name in ("atlas", "boreas", "scheduler"))


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    with running_farm(tmp_path_factory.mktemp("attacked")) as farm:
        yield Attacked(farm)


def test_nodes_with_keys_render_and_everything_they_say_is_sealed(attacked):
    with listening(attacked.farm.broker_url) as ear:
        attacked.still_renders()
        wait_for(lambda: ear.of("farm"), "reports were heard")
    orders = [message for name in ("atlas", "boreas") for message in ear.of(f"node.{name}")]
    assert orders
    for message in (*orders, *ear.of("farm")):
        argument = json.loads(base64.b64decode(json.loads(message)["body"]))[0][0]
        assert argument.keys() == {"mac", "node", "boot", "text"}
    assert attacked.client.hkeys("brender:heartbeats") == []


def test_a_forged_order_renders_nothing(attacked, tmp_path):
    victim = attacked.farm.blend()
    scene = wire.SceneOrder(
        blend=str(victim),
        size_bytes=victim.stat().st_size,
        mtime_ns=victim.stat().st_mtime_ns,
        ctime_ns=victim.stat().st_ctime_ns,
        digest=None,
        scene="Scene; rm -rf ~",
        format="PNG",
        auto_run=True,
    )
    out = attacked.farm.folder / "loot"
    out.mkdir()
    order = wire.ChunkOrder(
        chunk_id=10**9,
        shot_id=1,
        shot_name="$(id)",
        frames="1",
        scene=scene,
        output_dir=str(out),
        padding=4,
    )
    attacked.client.sadd(LIVE, 10**9)
    forged = task(wire.write(order), name="render_chunk")
    wrong = NodeSeal("atlas", "0" * 64, "x")._seal.close("order", "x", wire.encode(order).decode())
    flood(attacked.client, "node.atlas", forged, task(wire.write(wrong), name="render_chunk"))
    wait_for(lambda: is_drained(attacked.client, *QUEUES), "the orders were taken")
    wait_for(lambda: "not sealed" in attacked.farm.log("atlas"), "it says so")
    wait_for(lambda: "not that of node atlas" in attacked.farm.log("atlas"), "and of the other")
    assert list(out.iterdir()) == []
    attacked.still_renders()


def test_an_order_for_another_node_and_one_that_is_over_render_nothing(attacked):
    with listening(attacked.farm.broker_url) as ear:
        shot = attacked.still_renders()
    heard = [(name, m) for name in ("atlas", "boreas") for m in ear.of(f"node.{name}")]
    folder = Path(attacked.farm.shot(shot).output_dir)
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*.png")}
    chunks = [_chunk_of(message) for _, message in heard]
    attacked.client.sadd(LIVE, *chunks)  # whoever may do everything makes them live again, too
    for name, message in heard:
        flood(attacked.client, f"node.{name}", message)
        flood(attacked.client, "node.boreas" if name == "atlas" else "node.atlas", message)
    wait_for(lambda: is_drained(attacked.client, *QUEUES), "the orders were taken")
    attacked.still_renders()
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*.png")} == before
    assert "not that of node" in attacked.logs()
    assert "came twice" in attacked.logs()


def test_a_node_reports_of_its_own_chunks_alone(attacked):
    farm = attacked.farm
    shot = farm.submit(farm.blend(seconds=30), frames="1-2", chunk_size=1)
    wait_for(lambda: farm.shot(shot).row.rendering_count == 2, "both nodes render")
    with farm.core.app_context():
        chunks = {work.node: work for work in _work(farm, shot)}
    theirs = chunks["boreas"].chunk_id
    stolen = attacked.seal("atlas")
    items = [_done(theirs, chunks["boreas"].frame), wire.ChunkEnded(chunk_id=theirs)]
    forged = [
        stolen.report(wire.Report(node="atlas", items=items)),
        stolen.report(wire.Report(node="boreas", items=items)),
        wire.write(wire.Report(node="boreas", items=items)),
        {**stolen.report(wire.Report(node="boreas", items=items)), "node": "boreas"},
    ]
    with connect(attacked.keys["atlas"].broker_url) as user:
        flood(user, "farm", *(task(body) for body in forged))
    wait_for(lambda: is_drained(attacked.client, *QUEUES), "the reports were taken")
    wait_for(lambda: "another node's chunk" in farm.log("scheduler"), "it says so")
    row = farm.shot(shot).row
    assert (row.done_count, row.failed_count, row.rendering_count) == (0, 0, 2)
    farm.act(shot, "cancel")
    wait_for(lambda: farm.shot(shot).row.state is ShotState.CANCELLED, "it is cancelled")
    attacked.still_renders()


def test_reports_that_come_twice_late_and_in_any_order_are_recorded_once(attacked):
    farm = attacked.farm
    with listening(farm.broker_url) as ear:
        shot = attacked.still_renders()
        wait_for(lambda: len(ear.of("farm")) >= 2, "the reports were heard")
    before = farm.shot(shot).row
    heard = ear.of("farm")
    flood(attacked.client, "farm", *reversed(heard), *heard, *heard)
    wait_for(lambda: is_drained(attacked.client, *QUEUES), "the reports were taken")
    attacked.still_renders()
    after = farm.shot(shot).row
    assert (after.state, after.done_count, after.failed_count, after.seconds_per_frame) == (
        before.state,
        before.done_count,
        before.failed_count,
        before.seconds_per_frame,
    )


def test_heartbeats_in_anothers_name_are_not_believed(attacked):
    farm = attacked.farm
    sealed = attacked.client.get("brender:beat:boreas")
    text = json.loads(json.loads(sealed)["text"]) | {"accepting": False, "leaving": True}
    leaving = msgspec.convert(text, wire.Heartbeat)
    with connect(attacked.keys["atlas"].broker_url) as user:
        assert not _does(lambda: user.set("brender:beat:boreas", b"x"))
        assert not _does(lambda: user.hset("brender:heartbeats", "boreas", b"x"))
    attacked.client.hset("brender:heartbeats", "boreas", wire.encode(leaving))
    by_atlas = attacked.seal("atlas", leaving.boot).beat(leaving)
    for _ in range(20):
        attacked.client.set("brender:beat:boreas", by_atlas)
    wait_for(lambda: "Heartbeat: " in farm.log("scheduler"), "it says so")
    attacked.still_renders()
    assert farm.node("boreas").online
    attacked.client.hdel("brender:heartbeats", "boreas")


def test_old_messages_mean_nothing_to_a_node_that_was_started_again(attacked):
    farm = attacked.farm
    with listening(farm.broker_url) as ear:
        shot = attacked.still_renders()
        beat = attacked.client.get("brender:beat:atlas")
    orders = ear.of("node.atlas")
    farm.kill("atlas")
    farm.restart("atlas")
    old_boot = json.loads(beat)["boot"]
    wait_for(lambda: _boot(attacked.client) != old_boot, "it lives again")
    wait_for(lambda: farm.node("atlas").online, "the farm believes it")
    folder = Path(farm.shot(shot).output_dir)
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*.png")}
    attacked.client.sadd(LIVE, *map(_chunk_of, orders))
    flood(attacked.client, "node.atlas", *orders)
    attacked.client.set("brender:beat:atlas", beat)
    if orders:
        wait_for(lambda: "another start" in farm.log("atlas"), "it says so")
    attacked.still_renders()
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*.png")} == before
    assert farm.node("atlas").online


def test_malformed_messages_end_nothing_and_fill_no_log(attacked):
    before = _log_bytes(attacked.farm)
    for queue in ("farm", "node.atlas"):
        for _ in range(20):
            flood(attacked.client, queue, *BAD.values())
    wait_for(lambda: is_drained(attacked.client, *QUEUES), "they were taken")
    attacked.still_renders()
    assert _log_bytes(attacked.farm) - before < 60_000
    for name in ("scheduler", "atlas"):
        assert _resident_bytes(attacked.farm.pid(name)) < 400e6


def test_a_queue_that_is_none_ends_nothing(attacked):
    attacked.client.set("node.atlas\x06\x163", "no list")
    wait_for(lambda: "WRONGTYPE" in attacked.farm.log("atlas"), "it says so")
    attacked.client.delete("node.atlas\x06\x163")
    attacked.still_renders()


def test_dangerous_commands_are_obeyed_by_nobody(attacked):
    control = client_app(attacked.farm.broker_url).control
    for method in DANGEROUS:
        control.broadcast(method, arguments={})
        control.broadcast(method, arguments={}, destination=["node@atlas", "scheduler@farm"])
    for message in BAD_COMMANDS.values():
        attacked.client.publish("/0.celery.pidbox", message)
    attacked.client.publish("/0.celery.pidbox", b"\x80\x04pickle")
    stop = wire.ChunksOrder(chunk_ids=[1])
    control.broadcast(
        "stop_chunks", arguments={"body": wire.write(stop)}, destination=["node@atlas"]
    )
    wait_for(lambda: "command stop_chunks" in attacked.farm.log("atlas"), "atlas says so")
    said = "broadcast celery.pidbox"
    wait_for(lambda: said in attacked.farm.log("scheduler"), "the scheduler says so")
    attacked.still_renders()


def test_flower_sees_what_it_needs_and_no_settings(attacked):
    inspect = client_app(attacked.farm.broker_url).control.inspect(timeout=10, limit=3)
    names = {"node@atlas", "node@boreas", "scheduler@farm"}
    assert inspect.ping().keys() == names
    assert inspect.stats().keys() == names
    assert inspect.active_queues()["node@atlas"][0]["name"] == "node.atlas"
    assert inspect.registered()["node@atlas"] == ["render_chunk"]
    assert inspect.active(safe=True).keys() == inspect.reserved().keys() == names
    assert inspect.scheduled().keys() == inspect.revoked().keys() == names
    assert inspect.conf() == {name: {} for name in names}


def test_secrets_are_in_no_log_and_no_list_of_processes(attacked):
    farm = attacked.farm
    secrets = [farm.broker_url.split(":")[2].split("@")[0]]
    for access in attacked.keys.values():
        secrets += [access.node_key, access.broker_url.split(":")[2].split("@")[0]]
    texts = [path.read_text(errors="replace") for path in farm.folder.glob("*.log")]
    texts += [
        Path(f"/proc/{process.pid}/cmdline").read_text() for process in farm.processes.values()
    ]
    for secret in secrets:
        assert not any(secret in text for text in texts)


def test_a_broker_that_lost_its_users_knows_the_nodes_again(attacked):
    farm = attacked.farm
    farm.kill("broker")
    farm.restart("broker")
    wait_for(lambda: _does(attacked.client.ping), "the broker is back")
    attacked.still_renders()
    assert {"node-atlas", "node-boreas"} <= {*map(_name, attacked.client.acl_users())}


def test_a_revoked_key_ends_at_once_with_who_did_it(attacked):
    farm = attacked.farm
    with farm.core.app_context():
        revoke_node_key("boreas", actor="mira")
    wait_for(lambda: "was revoked" in farm.log("boreas"), "the node says so")
    wait_for(lambda: not farm.node("boreas").online, "it is offline")
    attacked.report(attacked.seal("boreas").report(_any_report("boreas")))
    assert "was revoked" in farm.log("scheduler")
    attacked.still_renders()
    with farm.core.app_context():
        events = list_events(EventFilter(actor="mira")).lines
    assert [line.event.reason for line in events] == ["The key of node boreas was revoked."]


def _name(user: bytes | str) -> str:
    return user.decode() if isinstance(user, bytes) else user


def _any_report(node: str) -> wire.Report:
    return wire.Report(node=node, items=[wire.ChunkEnded(chunk_id=1)])


def _done(chunk_id: int, frame: int | None) -> wire.FrameDone:
    return wire.FrameDone(
        chunk_id=chunk_id,
        frame=frame or 1,
        seconds=1,
        byte_count=1,
        digest="0" * 32,
        width=1,
        height=1,
        peak_bytes=0,
    )


def _work(farm: Farm, shot: int):
    from brender_farm.service.nodes import list_nodes

    for row in list_nodes().rows:
        for work in row.work:
            if work.shot_id == shot:
                yield _Work(row.name, work)


class _Work:
    def __init__(self, node: str, work) -> None:
        self.node, self.chunk_id, self.frame = node, work.chunk_id, work.frame


def _chunk_of(message: bytes) -> int:
    argument = json.loads(base64.b64decode(json.loads(message)["body"]))[0][0]
    return json.loads(argument["text"])["chunk_id"]


def _boot(client: Redis) -> str:
    return json.loads(client.get("brender:beat:atlas"))["boot"]


def _does(action) -> bool:
    try:
        action()
    except Exception:
        return False
    return True


def _log_bytes(farm: Farm) -> int:
    return sum(path.stat().st_size for path in farm.folder.glob("*.log"))


def _resident_bytes(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
