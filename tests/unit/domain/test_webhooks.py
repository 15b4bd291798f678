from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from brender_farm.domain.webhooks import (
    TOPICS,
    Occurrence,
    is_given_up,
    new_secret,
    next_try_s,
    shown_url,
    sign,
    wants,
)

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def seen(subject: str, before: str, after: str, actor: str = "mira") -> Occurrence:
    return Occurrence(
        event_id=7,
        at=NOW,
        actor=actor,
        subject=subject,
        subject_id=1,
        from_state=before,
        to_state=after,
    )


@pytest.mark.parametrize(
    ("subject", "before", "after", "topic"),
    [
        ("shot", "", "queued", "shot.submitted"),
        ("shot", "queued", "rendering", "shot.started"),
        ("shot", "rendering", "completed", "shot.completed"),
        ("shot", "rendering", "failed", "shot.failed"),
        ("shot", "failed", "queued", "shot.queued"),
        ("shot", "queued", "waiting", "shot.waiting"),
        ("shot", "queued", "queued", "shot.changed"),
        ("shot", "queued", "deleted", "shot.deleted"),
        ("node", "offline", "online", "node.online"),
        ("node", "enabled", "disabled", "node.disabled"),
        ("node", "enabled", "enabled", "node.changed"),
        ("limit", "2", "3", "limit.changed"),
        ("farm", "", "restored", "farm.restored"),
        ("chunk", "rendering", "lost", ""),
        ("user", "", "", ""),
    ],
)
def test_an_event_has_a_topic_or_webhooks_are_not_told(subject, before, after, topic):
    assert seen(subject, before, after).topic == topic


def test_a_node_that_the_farm_takes_out_is_sick():
    assert seen("node", "enabled", "disabled", actor="farm").topic == "node.sick"


def test_without_topics_a_webhook_is_told_of_all_there_are():
    assert all(wants((), topic) for topic in TOPICS)
    assert not wants((), "")
    assert wants(["shot.failed"], "shot.failed")
    assert not wants(["shot.failed"], "shot.completed")


def test_a_signature_is_that_of_time_and_body_once_for_each_secret():
    signature = sign(b'{"id":1}', ["new", "old"], at=1234)
    marks = [
        hmac.new(secret, b'1234.{"id":1}', hashlib.sha256).hexdigest()
        for secret in (b"new", b"old")
    ]
    assert signature == f"t=1234,v1={marks[0]},v1={marks[1]}"


def test_pauses_grow_from_seconds_to_an_hour():
    assert [next_try_s(tries) for tries in (1, 2, 3, 6, 7, 1000)] == [5, 20, 80, 3600, 3600, 3600]


def test_an_event_is_given_up_after_a_day_and_three_tries():
    day = timedelta(days=1)
    assert is_given_up(3, NOW - day, NOW)
    assert not is_given_up(2, NOW - day, NOW)
    assert not is_given_up(40, NOW - timedelta(hours=23), NOW)


def test_what_is_shown_of_an_address_is_neither_path_nor_query():
    assert (
        shown_url("https://hooks.studio.com:8443/T0/key?token=x") == "https://hooks.studio.com:8443"
    )
    assert new_secret("ab").startswith("whs_")
