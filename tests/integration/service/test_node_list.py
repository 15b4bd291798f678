"""A list of nodes: found, filtered and put in order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from brender_farm import wire
from brender_farm.db.core import writing
from brender_farm.db.models import Node, WorkHour
from brender_farm.domain.standing import Standing
from brender_farm.service.node_list import page_of_nodes
from brender_farm.service.nodes import act_on_node
from brender_farm.service.shapes.nodes import NodePage
from tests.integration.service.core_farm import heartbeat


@pytest.fixture
def many(farm):
    """Return a farm of four nodes that differ."""
    for number, (name, pool, tags, system) in enumerate(
        (
            ("atlas", "film", ["gpu"], "Linux 6.1"),
            ("bora", "", ["big"], "Linux 5.4"),
            ("cirrus", "film", ["gpu", "big"], "Windows 11"),
            ("delta", "", [], "Darwin 23"),
        )
    ):
        facts = wire.MachineFacts(
            hostname=f"{name}.studio",
            os=system,
            cpu_count=8,
            memory_bytes=2**34,
            blender_versions=["4.5.15"],
            tags=tags,
            pool=pool,
        )
        sample = wire.MachineSample(cpu_pct=None if name == "delta" else 10.0 * number)
        farm.join(name, facts=facts, sample=sample)
    return farm


def names(**wanted):
    return [row.name for row in page_of_nodes(NodePage(**wanted)).rows]


def test_all_nodes_are_listed_online_ones_first(many):
    many.attend(heartbeat("atlas", beat=2, leaving=True))
    found = page_of_nodes(NodePage())
    assert [row.name for row in found.rows] == ["bora", "cirrus", "delta", "atlas"]
    assert (found.total, found.all_count, found.online_count) == (4, 4, 3)
    assert found.counts == {Standing.IDLE: 3, Standing.OFFLINE: 1}
    assert (found.pools, found.tags) == (("", "film"), ("big", "gpu"))
    assert found.systems == ("Darwin", "Linux", "Windows")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param({"search": "BORA"}, ["bora"], id="name"),
        pytest.param({"search": "studio linux"}, ["atlas", "bora"], id="all words"),
        pytest.param({"pool": "film"}, ["atlas", "cirrus"], id="pool"),
        pytest.param({"pool": ""}, ["bora", "delta"], id="in no pool"),
        pytest.param({"tag": "gpu"}, ["atlas", "cirrus"], id="tag"),
        pytest.param({"system": "Linux"}, ["atlas", "bora"], id="system"),
        pytest.param({"tag": "gpu", "system": "Windows"}, ["cirrus"], id="both"),
        pytest.param({"search": "nowhere"}, [], id="none"),
        pytest.param({"sort": "-name"}, ["delta", "cirrus", "bora", "atlas"], id="by name"),
        pytest.param({"sort": "-cpu"}, ["cirrus", "bora", "atlas", "delta"], id="unknown last"),
        pytest.param({"sort": "cpu"}, ["atlas", "bora", "cirrus", "delta"], id="unknown last too"),
        pytest.param({"sort": "nonsense"}, ["atlas", "bora", "cirrus", "delta"], id="nonsense"),
        pytest.param({"size": 3, "number": 2}, ["delta"], id="second page"),
        pytest.param({"number": 9}, [], id="no such page"),
    ],
)
def test_the_list_is_what_was_asked_for(many, wanted, expected):
    assert names(**wanted) == expected


def test_a_state_filters_and_the_counts_are_of_all_states(many):
    [row] = page_of_nodes(NodePage(search="bora")).rows
    act_on_node(row.id, "drain", actor="mira")
    found = page_of_nodes(NodePage(state=Standing.DRAINING))
    assert [row.name for row in found.rows] == ["bora"]
    assert (found.total, found.counts[Standing.IDLE]) == (1, 3)


def test_what_nodes_did_lately_is_told_and_orders_them(many):
    [bora] = page_of_nodes(NodePage(search="bora")).rows
    [delta] = page_of_nodes(NodePage(search="delta")).rows
    hour = many.now.replace(minute=0)
    with writing() as session:
        for node, count, age in ((bora.id, 30, 1), (bora.id, 30, 0), (delta.id, 90, 40)):
            at = hour - timedelta(hours=age)
            session.add(
                WorkHour(at=at, node_id=node, submitter="mira", show_id=0, done_count=count)
            )
    found = page_of_nodes(NodePage(sort="-frames"), now=many.now + timedelta(minutes=30))
    assert found.rows[0].name == "bora"
    assert found.pace_of(bora.id).frames_per_hour == 60 / 1.5
    assert found.pace_of(delta.id).done_count == 0


def test_any_number_of_nodes_costs_the_same_queries(farm):
    farm.join("first")
    with farm.counted_queries() as few:
        page_of_nodes(NodePage())
    with writing() as session:
        for number in range(100):
            node = Node(name=f"n{number}", online=True, accepting=True, boot="1", slots=1)
            node.facts, node.sample = {}, {}
            node.first_seen_at = node.last_seen_at = farm.now
            session.add(node)
    with farm.counted_queries() as many:
        assert page_of_nodes(NodePage(size=50)).total == 101
    assert len(few) == len(many) <= 7
