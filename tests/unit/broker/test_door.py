"""What may come in from the broker, and what may not."""

from __future__ import annotations

import base64
import json

import pytest

from brender_farm import wire
from brender_farm.broker.door import MAX_MESSAGE_BYTES, admit, admit_broadcast
from brender_farm.errors import MessageRefused

REPORT = wire.write(wire.Report(node="atlas", items=[wire.ChunkEnded(chunk_id=7)]))
NOTHING = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
DEEP = "[" * 200_000 + "]" * 200_000
PIDBOX = "celery.pidbox"


def letter(text, headers, **changes):
    body = text if isinstance(text, bytes) else json.dumps(text).encode()
    message = {
        "body": base64.b64encode(body).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": headers,
        "properties": {
            "body_encoding": "base64",
            "delivery_tag": "tag",
            "delivery_info": {"exchange": "farm", "routing_key": "farm"},
            "priority": 0,
        },
    }
    return json.dumps(message | changes).encode()


def task(argument=REPORT, *, name="farm.report", kwargs=None, embed=NOTHING, headers=None, **more):
    head = {"task": name, "id": "x", "argsrepr": "r", "origin": "o", "lang": "py"} | (headers or {})
    return letter([[argument], kwargs or {}, embed], head, **more)


def command(method, arguments=None, **more):
    said = {
        "method": method,
        "arguments": arguments,
        "destination": None,
        "pattern": None,
        "matcher": None,
    }
    return letter(said | more, {"clock": 1, "expires": 0})


def test_a_report_comes_in():
    admitted = admit("farm", task())
    assert json.loads(base64.b64decode(admitted["body"]))[0] == [REPORT]
    assert admitted["headers"]["task"] == "farm.report"


def test_nothing_comes_in_but_the_few_fields_that_count():
    forged = {
        "eta": "2999-01-01T00:00:00",
        "expires": "never",
        "retries": 10**9,
        "timelimit": [1e-9, 1e-9],
        "compression": "application/x-gzip",
        "group": "g",
        "stamped_headers": ["x"],
        "replaced_task_nesting": 10**9,
        "shadow": "x" * 1000,
    }
    headers = admit("farm", task(headers=forged))["headers"]
    assert (headers["eta"], headers["expires"], headers["retries"]) == (None, None, 0)
    assert (headers["timelimit"], headers["group"]) == ([None, None], None)
    assert not headers.keys() & {"compression", "stamped_headers", "shadow"}


def test_a_forged_delivery_tag_does_not_meet_anothers():
    first, second = (admit("farm", task())["properties"]["delivery_tag"] for _ in range(2))
    assert len({first, second, "tag"}) == 3


def test_what_flower_shows_is_cut():
    assert (
        len(admit("farm", task(headers={"argsrepr": "x" * 90_000}))["headers"]["argsrepr"]) == 1000
    )


BAD = {
    "nothing": b"",
    "no JSON": b"\x80\x04\x95 not json",
    "not UTF-8": b'{"body": "\xff\xfe"}',
    "null": b"null",
    "a list": b"[]",
    "too deep": DEEP.encode(),
    "a pickle": task(**{"content-type": "application/x-python-serialize"}),
    "YAML": task(**{"content-type": "application/x-yaml"}),
    "binary": task(**{"content-encoding": "binary"}),
    "no properties": task(properties={}),
    "null headers": letter([[REPORT], {}, NOTHING], None),
    "headers of other types": task(headers={"task": 7}),
    "a task with an endless name": task(name="x" * 100_000),
    "a task of Celery": task(name="celery.chord_unlock"),
    "an order for the farm": task(name="render_chunk"),
    "a body that is no Base64": task(body="%%%"),
    "an endless message": b'{"body": "' + b"A" * (MAX_MESSAGE_BYTES + 1) + b'"}',
    "callbacks": task(embed=NOTHING | {"callbacks": [{"task": "render_chunk"}]}),
    "a chain": task(embed=NOTHING | {"chain": [{"task": "farm.report"}]}),
    "keywords": task(kwargs={"body": REPORT}),
    "two arguments": letter([[REPORT, REPORT], {}, NOTHING], {"task": "farm.report", "id": "x"}),
    "no arguments": letter([[], {}, NOTHING], {"task": "farm.report", "id": "x"}),
    "an argument too deep": letter(
        b"[[" + DEEP.encode() + b"],{}," + json.dumps(NOTHING).encode() + b"]",
        {"task": "farm.report", "id": "x"},
    ),
    "a number without end": letter(
        b'[[{"v":1,"node":"a","items":[{"type":"ended","chunk_id":' + b"9" * 5000 + b"}]}],{},{}]",
        {"task": "farm.report", "id": "x"},
    ),
    "more items than a report has": task(REPORT | {"items": REPORT["items"] * 1001}),
    "a report of other fields": task(REPORT | {"command": "rm -rf /"}),
    "a seal that is none": task({"mac": "x", "node": "atlas", "boot": "", "text": "{}"}),
}


@pytest.mark.parametrize("message", BAD.values(), ids=BAD)
def test_it_is_refused_in_a_queue(message):
    with pytest.raises(MessageRefused):
        admit("farm", message)
    with pytest.raises(MessageRefused):
        admit("node.atlas", message)


@pytest.mark.parametrize(
    "method", ["ping", "stats", "active_queues", "registered", "enable_events"]
)
def test_flower_may_look(method):
    admit_broadcast(PIDBOX, command(method))


def test_a_node_may_be_told_to_stop_chunks():
    told = {"body": {"chunk_ids": [7]}}
    admit_broadcast(PIDBOX, command("stop_chunks", told, destination=["node@atlas"]))


DANGEROUS = (
    *("shutdown", "pool_grow", "pool_shrink", "pool_restart", "autoscale", "rate_limit"),
    *("time_limit", "add_consumer", "cancel_consumer", "revoke", "terminate", "memdump"),
    *("revoke_by_stamped_headers", "memsample", "objgraph", "report", "dump_conf", "hello"),
    *("election", "disable_events", "query_task", "clock", "__class__", ""),
)
BAD_COMMANDS = {
    **{f"the command {method!r}": command(method) for method in DANGEROUS},
    "arguments that are not the command's": command("ping", {"x": 1}),
    "an argument without end": command("registered", {"taskinfoitems": ["x" * 1000]}),
    "a stop for everybody": command("stop_chunks", {"body": {"chunk_ids": [7]}}),
    "a stop for the scheduler": command(
        "stop_chunks", {"body": {"chunk_ids": [7]}}, destination=["scheduler@farm"]
    ),
    "a stop of something else": command(
        "stop_chunks", {"body": {"chunk_ids": ["; rm -rf /"]}}, destination=["node@atlas"]
    ),
    "an answer to a queue of somebody": command(
        "ping", ticket="t", reply_to={"exchange": "", "routing_key": "node.atlas"}
    ),
    "a pattern": command("ping", pattern=".*", matcher="pcre"),
    "no command": letter(["shutdown"], {}),
    "a clock without end": letter({"method": "ping"}, {"clock": 2**60}),
    "a clock that is none": letter({"method": "ping"}, {"clock": "x"}),
    "too deep": letter(DEEP.encode(), {}),
    "a pickle": letter(
        {"method": "ping"}, {}, **{"content-type": "application/x-python-serialize"}
    ),
}


@pytest.mark.parametrize("message", BAD_COMMANDS.values(), ids=BAD_COMMANDS)
def test_it_is_refused_by_remote_control(message):
    with pytest.raises(MessageRefused):
        admit_broadcast(PIDBOX, message)


def test_events_come_in_unless_they_are_too_deep():
    admit_broadcast("celeryev", letter([{"type": "worker-heartbeat"}], {"clock": 3}))
    with pytest.raises(MessageRefused):
        admit_broadcast("celeryev", letter(DEEP.encode(), {}))
