from __future__ import annotations

from datetime import UTC, datetime

import pytest

from brender_farm.broker.link import connect
from brender_farm.broker.log_stream import (
    LINE_COUNT,
    SOURCES,
    STREAM,
    WARNINGS,
    Entry,
    LogStreams,
)


@pytest.fixture
def client(broker_url):
    with connect(broker_url) as client:
        yield client


@pytest.fixture
def streams(client) -> LogStreams:
    return LogStreams(client)


def entry(message: str = "Ready.", *, said_s: float = 0.0, level: str = "INFO", **fields) -> Entry:
    return Entry(said_s=said_s, level=level, logger="x", message=message, fields=fields)


def test_lines_are_read_as_they_were_said(streams):
    streams.add("node.atlas", [entry("A chunk came twice.", chunk_id=7), entry("Zwei ✓")], 0.0)
    first, second = streams.last("node.atlas", 10)
    assert (first.message, first.fields, first.level) == (
        "A chunk came twice.", {"chunk_id": 7}, "INFO",
    )  # fmt: skip
    assert second.message == "Zwei ✓"
    assert first.id < second.id
    assert list(streams.sources()) == ["node.atlas"]


def test_a_line_has_the_brokers_time_less_its_age(streams):
    streams.add("scheduler", [entry(said_s=10.0), entry(said_s=69.0)], 70.0)
    old, new = streams.last("scheduler", 2)
    assert 58 < (new.at - old.at).total_seconds() < 60
    assert abs((datetime.now(UTC) - new.at).total_seconds()) < 30


def test_what_came_after_a_line_is_read_from_there(streams):
    streams.add("scheduler", [entry("one")], 0.0)
    newest = streams.newest("scheduler")
    assert streams.after("scheduler", newest, 10) == []
    streams.add("scheduler", [entry("two"), entry("three")], 0.0)
    assert [line.message for line in streams.after("scheduler", newest, 10)] == ["two", "three"]


def test_trouble_of_all_processes_stands_in_one_stream_too(streams):
    streams.add("scheduler", [entry("fine"), entry("bad", level="ERROR")], 0.0)
    streams.add("node.atlas", [entry("careful", level="WARNING")], 0.0)
    lines = streams.last(WARNINGS, 10)
    assert [(line.source, line.message) for line in lines] == [
        ("scheduler", "bad"),
        ("node.atlas", "careful"),
    ]


def test_a_stream_keeps_its_last_lines_and_not_for_ever(streams, client):
    for _ in range(20):
        streams.add("scheduler", [entry("x" * 100, n=n) for n in range(100)], 0.0)
    assert LINE_COUNT <= client.xlen(STREAM + "scheduler") <= LINE_COUNT + 100
    assert 0 < client.ttl(STREAM + "scheduler") <= 3 * 24 * 3600


def test_a_process_that_was_silent_for_days_is_no_source_any_more(streams, client):
    client.zadd(SOURCES, {"node.gone": 1000})
    streams.add("scheduler", [entry()], 0.0)
    assert list(streams.sources()) == ["scheduler"]


def test_what_is_no_line_is_left_out(streams, client):
    client.xadd(STREAM + "scheduler", {"l": "[1"})
    client.xadd(STREAM + "scheduler", {"other": "1"})
    client.xadd(STREAM + "scheduler", {"l": '[0,"s","INFO","x","m",7]'})
    streams.add("scheduler", [entry("good")], 0.0)
    assert [line.message for line in streams.last("scheduler", 10)] == ["good"]


def test_a_stream_that_nobody_wrote_is_empty(streams):
    assert streams.last("nobody", 10) == []
    assert streams.newest("nobody") == "0-0"
    assert streams.sources() == {}
