"""What webhooks are sent: topics of events, signatures, and when a try comes after a failed one."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

TOPICS: dict[str, str] = {
    "shot.submitted": "A shot is submitted",
    "shot.started": "Its first frames are on nodes, or it goes on after a pause",
    "shot.waiting": "It waits for other shots or its start time",
    "shot.queued": "It is put back in the queue: resumed, tried again, reset",
    "shot.paused": "It is paused, by somebody or by the farm",
    "shot.completed": "Every frame is done",
    "shot.failed": "Nothing is left to do and some frames gave up",
    "shot.cancelled": "It is stopped for good",
    "shot.deleted": "The farm forgets it",
    "shot.changed": "Its settings, frames or notes are changed",
    "node.online": "A node is heard of",
    "node.offline": "A node fell silent, or was stopped",
    "node.enabled": "A node takes work again",
    "node.draining": "A node gets nothing new",
    "node.disabled": "A node is taken out of work by somebody",
    "node.sick": "A node is taken out by the farm, because it fails",
    "node.forgotten": "A node is forgotten",
    "node.changed": "A node's hours, tags or speed are set",
    "show.changed": "A show is made, changed or deleted",
    "preset.changed": "A preset is made, changed or deleted",
    "limit.changed": "A limit is set or removed",
    "share.changed": "A submitter's share is set",
    "setting.changed": "A setting of the farm is changed",
    "farm.restored": "A backup was put in the database's place",
}
"""Every topic there is, with what it tells of."""
PING = "ping"
"""The topic of a test."""
SUBJECTS = tuple(dict.fromkeys(topic.partition(".")[0] for topic in TOPICS))
OLD_SECRET_KEPT = timedelta(days=1)
"""So long bodies are signed with the secret before as well, after it was replaced."""
GIVE_UP_AFTER = timedelta(days=1)
LEAST_TRIES = 3
_FIRST_PAUSE_S, _LONGEST_PAUSE_S, _GROWTH = 5.0, 3600.0, 4.0
_FARM = "farm"
_SHOT_WORDS = {"rendering": "started"}
_MARK = "whs_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """An event as it was stored."""

    event_id: int
    at: datetime
    actor: str
    subject: str
    subject_id: int
    from_state: str
    to_state: str
    reason: str = ""

    @property
    def topic(self) -> str:
        """What a webhook knows it as; empty: webhooks are not told of it."""
        topic = f"{self.subject}.{self._word}"
        return topic if topic in TOPICS else ""

    @property
    def _word(self) -> str:
        if self.subject == "node" and self.to_state == "disabled" and self.actor == _FARM:
            return "sick"
        if self.subject == "shot" and not self.from_state and self.to_state != "deleted":
            return "submitted"
        if self.subject not in ("shot", "node", _FARM) or self.from_state == self.to_state:
            return "changed"
        return _SHOT_WORDS.get(self.to_state, self.to_state)


def wants(topics: Iterable[str], topic: str) -> bool:
    """Tell whether a webhook of these topics is told of one; of none: of all."""
    chosen = frozenset(topics)
    return bool(topic) and (not chosen or topic in chosen)


def sign(body: bytes, secrets: Iterable[str], *, at: int) -> str:
    """Return the value of the header Brender-Signature: `t=<at>,v1=<hex>`, one v1 for each secret.

    Each v1 is the HMAC-SHA-256 of `<at>.<body>`; `at` is in seconds since 1970.
    """
    signed = b"%d.%s" % (at, body)
    marks = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={at}", *(f"v1={mark}" for mark in marks)])


def new_secret(random_hex: str) -> str:
    """Return a secret that is recognised as one wherever it turns up."""
    return f"{_MARK}{random_hex}"


def next_try_s(tries: int) -> float:
    """Return how long to wait after so many tries in vain, in seconds: 5, 20, 80, … an hour."""
    return min(_FIRST_PAUSE_S * _GROWTH ** min(tries - 1, 10), _LONGEST_PAUSE_S)


def is_given_up(tries: int, happened_at: datetime, now: datetime) -> bool:
    """Tell whether an event is not sent any more after so many tries in vain."""
    return tries >= LEAST_TRIES and now - happened_at >= GIVE_UP_AFTER


def shown_url(url: str) -> str:
    """Return an address as events and logs may show it: without its path and query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
