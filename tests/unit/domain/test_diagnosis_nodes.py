"""From what nodes answered to what is wrong with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from brender_farm.domain.diagnosis import State
from brender_farm.domain.diagnosis_nodes import (
    FrameFacts,
    NodeAnswer,
    NodeFacts,
    Reply,
    RootAsked,
    RootFacts,
    diagnose_nodes,
)

ROOT = RootFacts(
    farm="/srv", path="/srv", found="a" * 32, free_bytes=5 * 10**11, total_bytes=10**12
)
FRAME = FrameFacts(blender="4.5.15", path="/opt/blender", seconds=1.4, render_s=0.1)
ANSWER = NodeAnswer(own_roots=("/srv",), roots=(ROOT,), blenders=("4.5.15",), frames=(FRAME,))
NODE = NodeFacts(name="atlas", answer=ANSWER)
ASKED = [RootAsked(farm="/srv", holds="a" * 32)]
SHOW = [RootAsked(farm="/srv", holds="a" * 32, show="Lantern")]


def with_root(**changes) -> NodeFacts:
    return replace(NODE, answer=replace(ANSWER, roots=(replace(ROOT, **changes),)))


def with_answer(**changes) -> NodeFacts:
    return replace(NODE, answer=replace(ANSWER, **changes))


def test_a_node_without_fault_is_well_and_says_what_it_did():
    (found,) = diagnose_nodes([NODE], ASKED)
    assert (found.state, found.subject) == (State.WELL, "atlas")
    assert found.found == (
        "sees 1 folder of the farm and can write; Blender 4.5.15 renders in 1.4 s"
    )


@pytest.mark.parametrize(
    ("node", "state", "words", "remedy"),
    [
        (replace(NODE, answer=None, reply=Reply.SILENCE), State.BROKEN, "not answer", "frozen"),
        (
            replace(NODE, answer=None, reply=Reply.NO_ANSWER, waited_s=145),
            State.BROKEN,
            "did not end it within 145 s",
            "may hang",
        ),
        (
            replace(NODE, answer=None, reply=Reply.STRANGE),
            State.WARNING,
            "does not know the check",
            "Install",
        ),
        (replace(NODE, answer=None, reply=Reply.BUSY), State.UNKNOWN, "others", "in a minute"),
        (replace(NODE, answer=None, reply=Reply.NOT_ASKED), State.UNKNOWN, "away", "broker first"),
        (replace(NODE, count=2), State.BROKEN, "2 processes call themselves", "BRENDER_NODE_NAME"),
        (with_root(is_there=False), State.BROKEN, "/srv is not there", "Mount"),
        (with_root(is_there=False, trouble="It hangs."), State.BROKEN, "It hangs.", "Mount"),
        (with_root(found=""), State.BROKEN, "another folder", "same storage"),
        (with_root(found="b" * 32), State.BROKEN, "another folder", "same storage"),
        (with_root(is_inside=False), State.WARNING, "outside its BRENDER_ROOTS", "Add /srv"),
        (with_root(is_writable=False, trouble="denied"), State.BROKEN, "cannot be written", "rw"),
        (with_root(free_bytes=10**8), State.WARNING, "nearly full", "Make room"),
        (
            with_root(path="/mnt/srv", is_there=False),
            State.BROKEN,
            "/mnt/srv, the farm's /srv, is not there",
            "Mount",
        ),
        (with_answer(blenders=(), blender_trouble="None here."), State.BROKEN, "None here", "bpy"),
        (
            with_answer(frames=(replace(FRAME, trouble="It crashed.", said="a\nb\nSegfault"),)),
            State.BROKEN,
            "(/opt/blender) renders no test frame: It crashed. Its last words: a / b / Segfault",
            "BRENDER_BLENDER",
        ),
        (with_answer(frames=(), not_tried="Short."), State.WARNING, "Short.", "less to do"),
        (with_answer(temp_free_bytes=10**6), State.WARNING, "only 1.0 MB", "BRENDER_DATA_DIR"),
    ],
    ids=[
        *("silent", "no answer", "older", "busy", "not asked", "one name twice"),
        *("root missing", "root hangs"),
        *("no marker", "wrong marker", "outside", "read-only", "full", "mapped", "no Blender"),
        *("no frame", "short of memory", "no room for its own"),
    ],
)  # fmt: skip
def test_each_fault_of_a_node_is_told_with_its_remedy(node, state, words, remedy):
    (found,) = diagnose_nodes([node], ASKED)
    assert (found.part, found.state, found.subject) == ("nodes", state, "atlas")
    assert words in found.found
    assert remedy in found.remedy


def test_a_show_that_a_node_may_not_go_to_is_broken_there():
    (found,) = diagnose_nodes([with_root(is_inside=False)], SHOW)
    assert found.state is State.BROKEN
    assert "show Lantern" in found.found


def test_what_could_not_be_marked_is_not_compared():
    unmarked = [RootAsked(farm="/srv")]
    (found,) = diagnose_nodes([with_root(found="")], unmarked)
    assert found.state is State.WELL
    (found,) = diagnose_nodes([with_root(is_writable=False, trouble="denied")], unmarked)
    assert found.state is State.WARNING


def test_an_offline_node_warns_and_is_broken_when_it_was_asked_for():
    off = replace(NODE, name="bert", is_online=False, reply=Reply.NOT_ASKED, answer=None)
    states = {found.subject: found.state for found in diagnose_nodes([NODE, off], ASKED)}
    assert states == {"bert": State.WARNING, "atlas": State.WELL}
    assert [found.state for found in diagnose_nodes([off], ASKED, only="bert")] == [State.BROKEN]


def test_a_farm_of_which_no_node_is_online_is_broken():
    off = replace(NODE, is_online=False, reply=Reply.NOT_ASKED, answer=None)
    (found,) = diagnose_nodes([off, replace(off, name="bert")], ASKED)
    assert (found.state, found.subject) == (State.BROKEN, "atlas, bert")
    (found,) = diagnose_nodes([], ASKED)
    assert (found.state, "brender worker" in found.remedy) == (State.BROKEN, True)


def test_a_thousand_nodes_are_told_in_a_few_lines():
    well = [replace(NODE, name=f"n{number:04}") for number in range(997)]
    missing = [replace(with_root(is_there=False), name=f"m{number}") for number in range(3)]
    first, last = diagnose_nodes([*well, *missing], ASKED)
    assert (first.subject, first.found) == ("m0, m1, m2", "/srv is not there.")
    assert last.found.startswith("997 nodes are well; the test frame took 1.4 to 1.4 s")
