from __future__ import annotations

import time

import pytest
from redis import RedisError

from brender_farm import wire
from brender_farm.broker.board import CLAIMS, HEARTBEATS, LIVE, RACES, Board, Permit
from brender_farm.broker.link import connect


@pytest.fixture
def client(broker_url):
    with connect(broker_url) as client:
        yield client


@pytest.fixture
def board(client) -> Board:
    return Board(client)


def beat(node: str = "n1", number: int = 1, claims: tuple[int, ...] = ()) -> wire.Heartbeat:
    return wire.Heartbeat(
        node=node,
        boot="b",
        beat=number,
        slots=1,
        accepting=True,
        claims=[wire.ChunkClaim(chunk_id=chunk_id) for chunk_id in claims],
        facts=wire.MachineFacts(
            hostname="h", os="Linux", cpu_count=1, memory_bytes=1, blender_versions=[]
        ),
        sample=wire.MachineSample(),
    )


def test_a_heartbeat_is_posted_and_answered_with_the_live_claims(board):
    board.replace_live([1, 2])
    assert board.beat(beat(claims=(2, 3))).live == frozenset({2})
    assert board.heartbeats() == [beat(claims=(2, 3))]


def test_a_heartbeat_is_answered_with_the_brokers_time(board):
    assert abs(board.beat(beat()).clock_s - time.time()) < 5


def test_a_node_without_claims_learns_that_the_set_is_known(board):
    board.replace_live([])
    assert board.beat(beat()).live == frozenset()


def test_an_emptied_broker_means_wait_and_not_publish(board):
    board.add_live([1])
    assert board.beat(beat(claims=(1,))).live is None
    assert board.is_live(1) is None
    assert board.live() is None


@pytest.mark.parametrize(("chunk_id", "is_live"), [(1, True), (2, False)])
def test_a_chunk_is_live_while_it_is_in_the_set(board, chunk_id, is_live):
    board.replace_live([1])
    assert board.is_live(chunk_id) is is_live


def test_the_live_set_follows_the_database(board):
    board.replace_live([1, 2, 3])
    board.add_live([4])
    board.remove_live([1, 99])
    assert board.live() == frozenset({2, 3, 4})
    board.replace_live({7: 1})
    assert board.live() == frozenset({7})
    board.replace_live(())
    assert board.live() == frozenset()


def test_adding_and_removing_nothing_changes_nothing(board, client):
    board.add_live(())
    board.remove_live(())
    assert client.exists(LIVE) == 0


def test_a_live_chunk_may_publish_its_frames(board, client):
    board.replace_live([1])
    assert board.claim(1, 7) is Permit.GRANTED
    assert board.claim(2, 7) is Permit.REFUSED
    assert client.keys(f"{CLAIMS}*") == [], "without a race nothing is kept"


def test_of_two_in_a_race_the_first_to_ask_may_publish_a_frame(board):
    board.replace_live([1, 2], {1: 1, 2: 1})
    assert board.claim(2, 7) is Permit.GRANTED_IN_RACE
    assert board.claim(1, 7) is Permit.REFUSED
    assert board.claim(2, 7) is Permit.GRANTED_IN_RACE, "its answer may have been lost"
    assert board.claim(1, 8) is Permit.GRANTED_IN_RACE


def test_races_do_not_mix(board):
    board.replace_live([1, 2, 3], {1: 1, 2: 1, 3: 3})
    assert board.claim(1, 7) is Permit.GRANTED_IN_RACE
    assert board.claim(3, 7) is Permit.GRANTED_IN_RACE


def test_what_a_chunk_claimed_stays_its_own_when_it_is_over(board):
    board.replace_live([1], {1: 1})
    assert board.claim(1, 7) is Permit.GRANTED_IN_RACE
    board.add_races({2: 1})
    board.add_live([2])
    board.remove_live([1])
    board.remove_races([1], [])
    assert board.claim(2, 7) is Permit.REFUSED
    assert board.claim(1, 8) is Permit.REFUSED


def test_a_race_that_is_over_leaves_nothing(board, client):
    board.replace_live([1, 2, 3], {1: 1, 2: 1, 3: 3})
    for chunk_id in (1, 2, 3):
        board.claim(chunk_id, 7)
    board.remove_live([1, 2])
    board.remove_races([1, 2], {1})
    assert board.races() == {3: 3}
    assert client.keys(f"{CLAIMS}*") == [f"{CLAIMS}3".encode()]


def test_an_emptied_broker_grants_nothing(board, client):
    board.replace_live([1], {1: 1})
    client.flushall()
    board.add_races({1: 1})
    board.add_live([1])
    assert board.claim(1, 7) is None
    board.replace_live([1])
    assert client.exists(RACES) == 0
    assert board.claim(1, 7) is Permit.GRANTED


def test_only_the_last_heartbeat_of_a_node_is_kept(board):
    board.beat(beat("n1", 1))
    board.beat(beat("n2", 5))
    board.beat(beat("n1", 2))
    assert {found.node: found.beat for found in board.heartbeats()} == {"n1": 2, "n2": 5}
    board.forget_node("n1")
    assert [found.node for found in board.heartbeats()] == ["n2"]


@pytest.mark.parametrize("text", [b"", b"{}", b"\x80\xff", b'{"\x80":1}', b'{"v":9}'])
def test_a_heartbeat_that_cannot_be_read_hides_no_other(board, client, text):
    board.beat(beat("n1"))
    client.hset(HEARTBEATS, "broken", text)
    assert [found.node for found in board.heartbeats()] == ["n1"]


def test_without_a_broker_every_question_is_an_error(settings):
    from brender_farm.broker.address import free_port

    with connect(f"redis://127.0.0.1:{free_port()}/0") as client:
        board = Board(client)
        asks = (board.heartbeats, board.live, lambda: board.beat(beat()), lambda: board.claim(1, 1))
        for ask in asks:
            with pytest.raises(RedisError):
                ask()
