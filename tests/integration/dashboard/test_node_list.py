"""The list of nodes: cards or a table, filters in the address, many at once."""

from __future__ import annotations

import re

from brender_farm.db.models import Node


def names(text: str) -> list[str]:
    """Return the nodes that a page shows, in its order."""
    return re.findall(r'<a [^>]*href="/nodes/([A-Za-z0-9-]+)"[^>]*>\1</a>', text)


def add_many(farm, count):
    return [farm.add_node(f"n{number:03}") for number in range(count)]


def test_few_nodes_are_cards_and_many_a_table(farm):
    add_many(farm, 24)
    assert 'class="nodes"' in farm.text("/nodes")
    assert "node-table" in farm.text("/nodes?view=table")
    farm.add_node("one-more")
    assert "node-table" in farm.text("/nodes")
    assert 'class="nodes"' in farm.text("/nodes?view=cards")


def test_many_nodes_come_in_pages(farm):
    add_many(farm, 60)
    first, second = farm.text("/nodes"), farm.text("/nodes?page=2")
    assert (len(names(first)), len(names(second))) == (50, 10)
    assert "1–50" in first
    assert 'href="/nodes?page=2"' in first
    assert len(names(farm.text("/nodes?view=cards&page=3"))) == 12


def test_filters_are_in_the_address_and_live_parts_keep_them(farm):
    farm.add_node("atlas", facts={"os": "Linux 6", "tags": ["gpu"], "pool": "film"})
    farm.add_node("bora", facts={"os": "Windows 11", "tags": ["big"]})
    assert names(farm.text("/nodes?tagged=gpu")) == ["atlas"]
    assert names(farm.text("/nodes?pool=film")) == ["atlas"]
    assert names(farm.text("/nodes?pool=-")) == ["bora"]
    assert names(farm.text("/nodes?os=Windows")) == ["bora"]
    assert names(farm.text("/nodes?search=BOR")) == ["bora"]
    assert names(farm.text("/nodes?state=rendering")) == []
    assert names(farm.text("/nodes?state=nonsense&sort=nonsense&page=x&size=7")) == [
        "atlas",
        "bora",
    ]
    text = farm.text("/nodes?tagged=gpu&sort=-cpu&view=table")
    assert re.search(
        r'hx-get="/nodes/live\?tag=\d+&amp;view=table&amp;tagged=gpu&amp;sort=-cpu"', text
    )


def test_what_nobody_matches_says_so_with_a_way_back(farm):
    farm.add_node("atlas")
    text = farm.text("/nodes?search=<b>")
    assert "No node matches" in text
    assert "&lt;b&gt;" in text
    assert "Show all nodes" in text


def test_a_table_shows_what_a_node_renders_with_a_picture(farm):
    node_id = farm.add_node("atlas")
    shot_id = farm.add_shot("lantern", state="rendering")
    farm.add_chunk(shot_id, node_id)
    text = farm.text("/nodes?view=table")
    assert f"/shots/{shot_id}/poster.jpg" in text
    assert "lantern" in text


def test_many_nodes_are_drained_from_a_form_without_scripts(farm):
    first, second, third = add_many(farm, 3)
    assert f'name="node" value="{first}"' in farm.text("/nodes?view=table")
    answer = farm.post("/nodes/bulk?view=table", action="drain", node=[f"{first}", f"{third}"])
    assert answer.headers["Location"] == "/nodes?view=table"
    assert "Drain: 2 nodes." in farm.text("/nodes")
    with farm.writing() as session:
        intents = [str(session.get(Node, each).intent) for each in (first, second, third)]
    assert intents == ["draining", "enabled", "draining"]


def test_what_cannot_be_done_to_some_is_told(farm):
    first, second = add_many(farm, 2)
    farm.post("/nodes/bulk", action="drain", node=f"{first}")
    farm.text("/nodes")
    farm.post("/nodes/bulk", action="drain", node=[f"{first}", f"{second}"])
    text = farm.text("/nodes")
    assert "Drain: 1 node." in text
    assert "n000: It is draining" in text


def test_nothing_ticked_and_no_such_action_do_nothing(farm):
    farm.add_node("atlas")
    farm.post("/nodes/bulk", action="drain")
    assert "No node is selected" in farm.text("/nodes")
    assert farm.post("/nodes/bulk", action="explode", node="1").status_code == 400
    assert farm.post("/nodes/bulk", action="drain", node="x").status_code == 302
