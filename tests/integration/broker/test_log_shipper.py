from __future__ import annotations

import logging
import sys
import time

import pytest

from brender_farm import masking
from brender_farm.broker import log_shipper
from brender_farm.broker.link import connect
from brender_farm.broker.log_shipper import MOST_WAITING, LogShipper
from brender_farm.broker.log_stream import WARNINGS, LogStreams
from brender_farm.logs import ship_logs
from tests.waiting import wait_for


@pytest.fixture
def streams(broker_url):
    with connect(broker_url) as client:
        yield LogStreams(client)


@pytest.fixture
def log():
    made = logging.getLogger("tests.shipped")
    made.propagate, made.level = False, logging.DEBUG
    yield made
    for handler in list(made.handlers):
        made.removeHandler(handler)
        handler.close()


@pytest.fixture
def shipped(log, broker_url):
    log.addHandler(LogShipper("node.atlas", lambda: connect(broker_url), every_s=0.01))
    return log


def messages(streams, source="node.atlas"):
    return [line.message for line in streams.last(source, 2000)]


def test_what_a_process_says_arrives_with_its_fields(shipped, streams):
    shipped.info("A chunk came twice.", extra={"chunk_id": 7, "node": "atlas"})
    shipped.debug("Not this.")
    [line] = wait_for(lambda: streams.last("node.atlas", 9), "a line arrives")
    assert line.message == "A chunk came twice."
    assert line.fields == {"chunk_id": 7, "node": "atlas"}
    assert line.logger == "tests.shipped"


def test_an_exception_comes_with_its_traceback(shipped, streams):
    try:
        raise ValueError("broken")
    except ValueError:
        shipped.exception("It failed.")
    [line] = wait_for(lambda: streams.last(WARNINGS, 9), "the error arrives")
    assert line.message.startswith("It failed.\nTraceback")
    assert "ValueError: broken" in line.message


def test_half_characters_are_replaced(broker_url, streams):
    shipper = LogShipper("node.atlas", lambda: connect(broker_url), every_s=0.01)
    about = {"levelno": logging.INFO, "levelname": "INFO", "msg": "a\udce4.png", "path": "\udce4"}
    shipper.handle(logging.makeLogRecord(about))
    [line] = wait_for(lambda: streams.last("node.atlas", 9), "the line arrives")
    assert (line.message, line.fields) == ("a?.png", {"path": "?"})
    shipper.close()


def test_passwords_stay_here(shipped, streams, monkeypatch):
    monkeypatch.setattr(masking, "_hidden", {"hunter22"})
    shipped.info(
        "To redis://:pass@farm", extra={"error": "AUTH hunter22", "other": ["redis://u:p@h"]}
    )
    [line] = wait_for(lambda: streams.last("node.atlas", 9), "a line arrives")
    assert line.message == "To redis://:***@farm"
    assert line.fields == {"error": "AUTH ***", "other": "['redis://u:***@h']"}


def test_a_long_line_loses_its_middle(shipped, streams):
    shipped.info("a" * 10_000 + "end")
    [text] = wait_for(lambda: messages(streams), "a line arrives")
    assert len(text) < 4100
    assert text.endswith("end")


def test_nobody_waits_for_a_broker_that_is_away_and_what_was_dropped_is_counted(
    log, broker_url, streams, monkeypatch
):
    monkeypatch.setattr(log_shipper, "_RETRY_S", 0.05)
    urls = ["redis://127.0.0.1:1/0"]
    shipper = LogShipper("node.atlas", lambda: connect(urls[0], timeout_s=1), every_s=0.01)
    log.addHandler(shipper)
    began_s = time.perf_counter()
    for number in range(MOST_WAITING + 50):
        log.info("Line.", extra={"n": number})
    assert time.perf_counter() - began_s < 5.0
    urls[0] = broker_url  # it is there again, elsewhere

    wait_for(
        lambda: [
            line
            for line in streams.last("node.atlas", 1)
            if line.fields.get("n") == MOST_WAITING + 49
        ],
        "the last line arrives",
    )
    found = wait_for(
        lambda: [line for line in streams.last(WARNINGS, 9) if "dropped" in line.message],
        "it is said that lines were dropped",
    )
    assert found[0].fields["count"] == 50


def test_a_line_that_cannot_be_written_harms_nobody(shipped, streams):
    class Odd:
        def __str__(self) -> str:
            raise RuntimeError("no words")

    shipped.info("Odd.", extra={"odd": Odd()})
    shipped.info("Next.")
    wait_for(lambda: "Next." in messages(streams), "the next line arrives")
    assert "Lines were dropped: the broker did not take them in time." in messages(streams)


def test_the_last_words_of_a_process_are_sent_when_it_ends(log, broker_url, streams):
    shipper = LogShipper("scheduler", lambda: connect(broker_url), every_s=60)
    log.addHandler(shipper)
    log.info("Good-bye.")
    shipper.close()
    assert messages(streams, "scheduler") == ["Good-bye."]


def test_a_processs_whole_log_is_shipped(broker_url, streams):
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.INFO)
    shipper = ship_logs("dashboard", lambda: broker_url)
    try:
        logging.getLogger("brender_farm.x").info("Here I am.")
    finally:
        root.removeHandler(shipper)
        root.setLevel(before)
        shipper.close()
    assert "Here I am." in messages(streams, "dashboard")


@pytest.mark.skipif(sys.platform != "linux", reason="counts this process's own time")
def test_a_line_costs_its_caller_little(shipped):
    began_s = time.process_time()
    for number in range(2000):
        shipped.info("Line.", extra={"n": number})
    assert (time.process_time() - began_s) / 2000 < 0.001
