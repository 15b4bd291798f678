"""From the broker's figures to what is wrong with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from brender_farm.domain.diagnosis import State
from brender_farm.domain.diagnosis_broker import BrokerFacts, diagnose_broker

WELL = BrokerFacts(
    address="redis://:***@127.0.0.1:6379/0", version="7.2.4", trip_s=0.0004, memory_bytes=5_000_000
)
REMOTE = replace(WELL, address="rediss://farm:6379/0", is_local=False, is_encrypted=True)


def test_a_broker_without_fault_is_well_and_says_what_it_is():
    (found,) = diagnose_broker(WELL)
    assert found.state is State.WELL
    assert found.found == (
        "Redis 7.2.4 at redis://:***@127.0.0.1:6379/0: 0.4 ms, 5.0 MB, each write on disk"
    )


@pytest.mark.parametrize(
    ("facts", "state", "words", "remedy"),
    [
        (replace(WELL, is_logged=False), State.WARNING, "keeps nothing on disk", "appendonly yes"),
        (replace(WELL, log_status="err"), State.BROKEN, "could not write its log", "Make room"),
        (replace(WELL, save_status="err"), State.WARNING, "could not save", "Make room"),
        (replace(WELL, policy="allkeys-lru"), State.WARNING, "throws messages", "noeviction"),
        (
            replace(WELL, memory_bytes=90, memory_limit_bytes=100),
            State.BROKEN,
            "has used",
            "maxmemory",
        ),
        (replace(WELL, version="6.0.16"), State.BROKEN, "6.2 or newer", "newer Redis"),
        (replace(WELL, trip_s=0.2), State.WARNING, "takes 200 ms", "nearer"),
        (replace(WELL, is_open=True), State.BROKEN, "no password", "requirepass"),
        (replace(REMOTE, has_password=False), State.BROKEN, "no password", "requirepass"),
        (replace(REMOTE, is_encrypted=False), State.WARNING, "not encrypted", "rediss://"),
    ],
    ids=[
        *("not logged", "log fails", "save fails", "evicts", "full", "old", "far"),
        *("open door", "remote without password", "remote without TLS"),
    ],
)
def test_each_fault_is_told_with_its_remedy(facts, state, words, remedy):
    (found,) = diagnose_broker(facts)
    assert (found.part, found.state) == ("broker", state)
    assert words in found.found
    assert remedy in found.remedy


@pytest.mark.parametrize(
    "facts",
    [REMOTE, replace(WELL, has_password=False), replace(WELL, kind="Valkey", version="6.0")],
    ids=["remote with TLS", "loopback without password", "Valkey has numbers of its own"],
)
def test_what_is_no_fault_is_not_told(facts):
    assert [found.state for found in diagnose_broker(facts)] == [State.WELL]


@pytest.mark.parametrize(
    ("trouble", "options", "found", "remedy"),
    [
        ("Connection refused.", {}, "does not answer", "BRENDER_BROKER_URL"),
        ("Connection refused.", {"is_embedded": True}, "refused", "brender up"),
        ("No.", {"is_embedded": True, "has_run": False}, "never run", "brender up"),
        ("NOAUTH Authentication required.", {}, "refuses us", "password"),
        ("WRONGPASS invalid username-password pair.", {}, "refuses us", "password"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed.", {}, "not trusted", "ssl_ca_certs"),
    ],
    ids=["away", "embedded ended", "never started", "no password", "wrong password", "TLS"],
)
def test_a_broker_that_does_not_answer_says_what_to_start_or_to_correct(
    trouble, options, found, remedy
):
    (told,) = diagnose_broker(
        BrokerFacts(address="redis://farm:6379/0", trouble=trouble, **options)
    )
    assert told.state is State.BROKEN
    assert found in told.found
    assert remedy in told.remedy
