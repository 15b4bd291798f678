"""The user of a node at the broker: what it may, and what somebody who stole it may not."""

from __future__ import annotations

import pytest
from redis import ConnectionError as ConnectionLost
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, ResponseError

from brender_farm.broker.acl import put_user, remove_user, user_name, users_of_nodes
from brender_farm.broker.board import Board
from brender_farm.broker.link import connect
from brender_farm.broker.log_stream import Entry, LogStreams

PASSWORD = "p" * 64


@pytest.fixture
def farm(broker_url):
    with connect(broker_url) as client:
        yield client
        for name in users_of_nodes(client):
            remove_user(client, name)


@pytest.fixture
def atlas(farm, broker_url):
    put_user(farm, "atlas", PASSWORD, database=0)
    Board(farm).teach()
    with login(broker_url) as client:
        yield client


def login(broker_url: str, password: str = PASSWORD) -> Redis:
    return connect(broker_url.replace("redis://", f"redis://{user_name('atlas')}:{password}@"))


def test_a_node_may_do_what_a_node_does(farm, atlas):
    farm.lpush("node.atlas", "order")
    assert atlas.brpop(["node.atlas", "node.atlas\x06\x163"], timeout=1) is not None
    atlas.lpush("farm", "report")
    atlas.set("brender:beat:atlas", "beat")
    farm.sadd("brender:live", "-", "7")
    assert Board(atlas).is_live(7) is True
    assert Board(atlas).claim(7, 1) == 2
    assert Board(atlas).live_among(frozenset({7, 8})) == {7}
    assert Board(atlas).reports_waiting() == 1
    atlas.publish("/0.celeryev/worker.heartbeat", "{}")
    atlas.lpush("a-b.reply.celery.pidbox", "answer")
    entry = Entry(said_s=0, level="WARNING", logger="x", message="m", fields={})
    LogStreams(atlas).add("node.atlas", [entry], 0)
    ears = atlas.pubsub()
    ears.psubscribe("/0.celery.pidbox")
    assert ears.get_message(timeout=1) is not None


def test_a_frame_is_claimed_in_a_race(farm, atlas):
    farm.sadd("brender:live", "-", "7", "8")
    Board(farm).add_races({7: 7, 8: 7})
    assert Board(atlas).claim(7, 1) == 3
    assert Board(farm).claim(8, 1) == 1


FORBIDDEN = {
    "take another's orders": ["BRPOP", "node.boreas", 1],
    "take reports": ["RPOP", "farm"],
    "read reports": ["LRANGE", "farm", 0, -1],
    "change reports": ["LSET", "farm", 0, "x"],
    "drop reports": ["DEL", "farm"],
    "cut reports": ["LTRIM", "farm", 1, 0],
    "give another orders": ["LPUSH", "node.boreas", "x"],
    "give itself orders": ["LPUSH", "node.atlas", "x"],
    "put reports elsewhere": ["RENAME", "farm", "node.atlas"],
    "move reports": ["LMOVE", "farm", "node.atlas", "LEFT", "LEFT"],
    "take reports by a list": ["BLMPOP", 1, 1, "farm", "LEFT"],
    "beat in another's name": ["SET", "brender:beat:boreas", "x"],
    "beat where all do": ["HSET", "brender:heartbeats", "boreas", "x"],
    "read others' heartbeats": ["HGETALL", "brender:heartbeats"],
    "make a chunk live": ["SADD", "brender:live", "7"],
    "make the live set go": ["DEL", "brender:live"],
    "end chunks": ["SADD", "brender:ending", "7"],
    "have Blenders restarted": ["HSET", "brender:restarts", "boreas", "x"],
    "change races": ["HSET", "brender:races", "7", "7"],
    "forget claims": ["DEL", "brender:claims:7"],
    "give back another's claim": ["HDEL", "brender:claims:7", "1"],
    "read another's log": ["XRANGE", "brender:log:node.boreas", "-", "+"],
    "write another's log": ["XADD", "brender:log:node.boreas", "*", "l", "x"],
    "write the scheduler's log": ["XADD", "brender:log:scheduler", "*", "l", "x"],
    "say what the scheduler says": ["SET", "brender:scheduler", "x"],
    "read what is unacknowledged": ["HGETALL", "brender.unacked"],
    "change what is unacknowledged": ["HSET", "brender.unacked", "a", "b"],
    "bind queues": ["SADD", "_kombu.binding.farm", "x"],
    "read answers": ["RPOP", "a-b.reply.celery.pidbox"],
    "command others": ["PUBLISH", "/0.celery.pidbox", "x"],
    "nudge the scheduler": ["PUBLISH", "brender:nudge", ""],
    "listen to everything": ["PSUBSCRIBE", "*"],
    "listen to events": ["PSUBSCRIBE", "/0.celeryev/*"],
    "empty the broker": ["FLUSHALL"],
    "empty the database": ["FLUSHDB"],
    "read the settings": ["CONFIG", "GET", "*"],
    "change the settings": ["CONFIG", "SET", "dir", "/"],
    "end the broker": ["SHUTDOWN", "NOSAVE"],
    "list keys": ["KEYS", "*"],
    "scan": ["SCAN", "0"],
    "run a script": ["EVAL", "return 1", 0],
    "run a script that reads": ["EVAL_RO", "return 1", 0],
    "teach a script": ["SCRIPT", "LOAD", "return 1"],
    "kill a script": ["SCRIPT", "KILL"],
    "load functions": ["FUNCTION", "LOAD", "#!lua name=x\nredis.register_function('x', print)"],
    "list users": ["ACL", "LIST"],
    "make itself more": ["ACL", "SETUSER", "node-atlas", "+@all", "~*"],
    "make a user": ["ACL", "SETUSER", "mallory", "on", "nopass", "+@all", "~*"],
    "list connections": ["CLIENT", "LIST"],
    "end connections": ["CLIENT", "KILL", "TYPE", "normal"],
    "stop all": ["CLIENT", "PAUSE", "10000"],
    "watch all": ["MONITOR"],
    "debug": ["DEBUG", "SLEEP", "1"],
    "copy itself elsewhere": ["REPLICAOF", "127.0.0.1", "1"],
    "load a module": ["MODULE", "LOAD", "/tmp/x.so"],
    "send keys elsewhere": ["MIGRATE", "127.0.0.1", "1", "farm", "0", "100"],
    "restore keys": ["RESTORE", "farm", "0", "x"],
    "save": ["SAVE"],
    "rewrite": ["BGREWRITEAOF"],
    "swap databases": ["SWAPDB", "0", "1"],
    "read the broker's state": ["INFO"],
    "read slow commands": ["SLOWLOG", "GET"],
    "grow a key": ["SETRANGE", "brender:beat:atlas", 10**8, "x"],
    "grow another's key": ["APPEND", "brender:scheduler", "x"],
    "sort into": ["SORT", "node.atlas", "STORE", "farm"],
}


@pytest.mark.parametrize("words", FORBIDDEN.values(), ids=FORBIDDEN)
def test_whoever_stole_it_may_not(farm, atlas, words):
    farm.lpush("farm", "report")
    with pytest.raises(ResponseError, match=r"(?i)no permission|not allowed"):
        atlas.execute_command(*words)
    assert farm.lrange("farm", 0, -1) == [b"report"]


def test_scripts_that_the_farm_taught_do_no_more_than_the_node_may(farm, atlas):
    taught = farm.script_load("return redis.call('DEL', 'farm')")
    farm.lpush("farm", "report")
    with pytest.raises(Exception, match=r"(?i)acl|permission|access"):
        atlas.evalsha(taught, 0)
    assert farm.llen("farm") == 1


def test_a_wrong_password_opens_nothing(atlas, broker_url):
    with pytest.raises(AuthenticationError):
        login(broker_url, "wrong").ping()


def test_the_broker_keeps_no_password(farm, atlas):
    assert PASSWORD not in str(farm.acl_list())


def test_removed_its_connections_end_at_once(farm, atlas, broker_url):
    assert atlas.ping()
    remove_user(farm, "atlas")
    with pytest.raises((ConnectionLost, AuthenticationError)):
        atlas.ping()
    with pytest.raises(AuthenticationError):
        login(broker_url).ping()


def test_what_an_old_broker_takes_keeps_what_is_others_apart(farm, broker_url):
    from brender_farm.broker.acl import node_rules

    rules = node_rules("atlas", PASSWORD, selectors=False)
    assert not any(rule.startswith(("(", "%")) for rule in rules)
    farm.execute_command("ACL SETUSER", user_name("atlas"), *rules)
    with login(broker_url) as old:
        old.lpush("farm", "report")
        for words in (["BRPOP", "node.boreas", 1], ["FLUSHALL"], ["EVAL", "return 1", 0]):
            with pytest.raises(NoPermissionError):
                old.execute_command(*words)
