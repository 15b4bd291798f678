"""Who is believed what: the farm's side and a node's, against each other."""

from __future__ import annotations

import json

import pytest

from brender_farm import wire
from brender_farm.broker.keyring import Keyring
from brender_farm.broker.node_seal import NodeSeal
from brender_farm.broker.seals import new_secret, signing_key
from brender_farm.errors import MessageRefused

KEY, OTHER_KEY = signing_key(new_secret()), signing_key(new_secret())
REPORT = wire.Report(node="atlas", items=[wire.ChunkEnded(chunk_id=7)])
STOP = wire.ChunksOrder(chunk_ids=[7, 8])


def order(chunk_id=7):
    scene = wire.SceneOrder(
        blend="/p/a.blend",
        size_bytes=1,
        mtime_ns=1,
        ctime_ns=1,
        digest=None,
        scene="Scene",
        format="PNG",
    )
    return wire.ChunkOrder(
        chunk_id=chunk_id,
        shot_id=1,
        shot_name="s",
        frames="1",
        scene=scene,
        output_dir="/p/out",
        padding=4,
    )


def beat(node="atlas", boot="one", number=1):
    return wire.Heartbeat(
        node=node,
        boot=boot,
        beat=number,
        slots=1,
        accepting=True,
        facts=wire.MachineFacts(
            hostname="h", os="Linux", cpu_count=1, memory_bytes=1, blender_versions=[]
        ),
        sample=wire.MachineSample(),
    )


def keyring(**options):
    ring = Keyring()
    ring.load({"atlas": KEY, "boreas": OTHER_KEY}, boots={"atlas": "one"}, **options)
    return ring


def on_the_wire(message):
    return json.loads(json.dumps(message))


def test_orders_and_reports_go_sealed_where_there_is_a_key():
    node = NodeSeal("atlas", KEY, "one")
    assert node.order(on_the_wire(keyring().order("atlas", order()))) == order()
    assert keyring().report(on_the_wire(node.report(REPORT))) == REPORT
    assert keyring().beat("atlas", node.beat(beat()), is_own_key=True) == beat()
    told = keyring().command("atlas", "stop_chunks", STOP)
    assert node.command("stop_chunks", wire.ChunksOrder, told) == STOP


def test_without_keys_everything_goes_as_it_is():
    node, ring = NodeSeal("atlas", None, "one"), Keyring()
    assert ring.order("atlas", order()) == wire.write(order())
    assert node.order(ring.order("atlas", order())) == order()
    assert ring.report(node.report(REPORT)) == REPORT
    assert ring.beat("atlas", node.beat(beat()), is_own_key=False) == beat()
    told = ring.command("atlas", "stop_chunks", STOP)
    assert node.command("stop_chunks", wire.ChunksOrder, told) == STOP


def test_who_has_a_key_cannot_do_without():
    ring, node = keyring(), NodeSeal("atlas", KEY, "one")
    with pytest.raises(MessageRefused, match="BRENDER_NODE_KEY"):
        ring.report(wire.write(REPORT))
    assert ring.beat("atlas", wire.encode(beat()), is_own_key=False) is None
    with pytest.raises(MessageRefused, match="not sealed"):
        node.order(wire.write(order()))
    with pytest.raises(MessageRefused, match="not sealed"):
        node.command("stop_chunks", wire.ChunksOrder, {"body": wire.write(STOP)})


def test_an_order_for_another_node_or_another_start_is_refused():
    sealed = keyring().order("atlas", order())
    with pytest.raises(MessageRefused, match="seal"):
        NodeSeal("boreas", OTHER_KEY, "one").order(sealed)
    with pytest.raises(MessageRefused, match="another start"):
        NodeSeal("atlas", KEY, "two").order(sealed)


def test_a_command_is_not_taken_for_another():
    told = keyring().command("atlas", "finish_chunks", STOP)
    with pytest.raises(MessageRefused, match="seal"):
        NodeSeal("atlas", KEY, "one").command("stop_chunks", wire.ChunksOrder, told)


def test_a_node_reports_in_its_own_name_only():
    theirs = wire.Report(node="boreas", items=[wire.ChunkEnded(chunk_id=7)])
    with pytest.raises(MessageRefused, match="another's name"):
        keyring().report(NodeSeal("atlas", KEY, "one").report(theirs))
    sealed = NodeSeal("atlas", KEY, "one").beat(beat(node="boreas"))
    assert keyring().beat("atlas", sealed, is_own_key=True) is None


def test_a_heartbeat_of_a_start_that_another_followed_is_old():
    ring = keyring()
    first, second = (NodeSeal("atlas", KEY, boot).beat(beat(boot=boot)) for boot in ("one", "two"))
    assert ring.beat("atlas", first, is_own_key=True) is not None
    assert ring.beat("atlas", second, is_own_key=True) is not None
    assert ring.beat("atlas", first, is_own_key=True) is None
    assert NodeSeal("atlas", KEY, "two").order(ring.order("atlas", order())) == order()


def test_a_revoked_key_opens_nothing_and_leaves_no_way_back():
    ring = Keyring()
    ring.load({}, revoked=frozenset({"atlas"}))
    with pytest.raises(MessageRefused, match="revoked"):
        ring.report(NodeSeal("atlas", KEY, "one").report(REPORT))
    with pytest.raises(MessageRefused, match="revoked"):
        ring.report(wire.write(REPORT))


def test_a_node_without_a_key_is_believed_until_keys_are_required():
    theirs = wire.Report(node="cara", items=[wire.ChunkEnded(chunk_id=7)])
    assert keyring().report(wire.write(theirs)) == theirs
    with pytest.raises(MessageRefused, match="brender node-token cara"):
        keyring(required=True).report(wire.write(theirs))


def test_a_node_without_its_key_says_what_is_missing():
    with pytest.raises(MessageRefused, match="BRENDER_NODE_KEY"):
        NodeSeal("atlas", None, "one").order(keyring().order("atlas", order()))


def test_a_heartbeat_that_stays_where_it_is_is_refused_once(caplog):
    ring = keyring()
    for _ in range(3):
        assert ring.beat("atlas", wire.encode(beat()), is_own_key=False) is None
    from brender_farm.broker.refusals import refusals

    found = [one for one in refusals.lately() if one.who == "node atlas"]
    assert sum("not sealed" in one.why for one in found) == 1


def test_a_new_key_replaces_the_old_one():
    ring = keyring()
    ring.load({"atlas": OTHER_KEY})
    with pytest.raises(MessageRefused):
        ring.report(NodeSeal("atlas", KEY, "one").report(REPORT))
    assert ring.report(NodeSeal("atlas", OTHER_KEY, "one").report(REPORT)) == REPORT
    assert ring.names == ("atlas",)


@pytest.mark.parametrize("text", [b"", b"{}", b"[" * 100_000, b"\xff", b"x" * 3_000_000])
def test_what_is_no_heartbeat_is_none(text):
    assert keyring().beat("atlas", text, is_own_key=True) is None
    assert Keyring().beat("atlas", text, is_own_key=False) is None
