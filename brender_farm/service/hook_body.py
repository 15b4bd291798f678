"""What a webhook's request holds: an event, what is known now of its subject, and its signature."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from brender_farm.db.models import Webhook
from brender_farm.db.reads import webhooks as reads
from brender_farm.domain.webhooks import PING, Occurrence, sign
from brender_farm.version import VERSION

_MOST_SIGNS = 2000
"""Of a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A body for a webhook, not signed yet."""

    event_id: int
    topic: str
    at: datetime
    body: bytes


def letter_of(session: Session, seen: Occurrence, *, farm_url: str) -> Letter:
    """Put an event into a body. A shot or node is told of as it is now, not as it was then."""
    told: dict[str, Any] = {
        "id": seen.event_id,
        "topic": seen.topic,
        "at": seen.at.isoformat(),
        "farm": farm_url,
        "event": {
            "from": seen.from_state,
            "to": seen.to_state,
            "reason": seen.reason[:_MOST_SIGNS],
            "actor": seen.actor,
        },
        "links": {"page": farm_url},
    }
    if seen.subject == "shot":
        told |= _shot(session, seen.subject_id, farm_url)
    elif seen.subject == "node":
        told |= _node(session, seen.subject_id, farm_url)
    return Letter(event_id=seen.event_id, topic=seen.topic, at=seen.at, body=_encoded(told))


def ping(hook_name: str, *, farm_url: str, actor: str) -> Letter:
    """Return what a test sends."""
    now = datetime.now(UTC)
    told = {
        "id": 0,
        "topic": PING,
        "at": now.isoformat(),
        "farm": farm_url,
        "event": {
            "from": "",
            "to": "",
            "reason": f"A test of the webhook {hook_name!r}.",
            "actor": actor,
        },
        "links": {"page": f"{farm_url}/webhooks"},
    }
    return Letter(event_id=0, topic=PING, at=now, body=_encoded(told))


def headers_of(letter: Letter, hook: Webhook) -> Mapping[str, str]:
    """Return the headers that a body is sent with now; during a rotation two secrets sign it."""
    now_s = int(time.time())
    secrets = [hook.secret]
    if hook.old_secret and hook.old_secret_until and hook.old_secret_until > datetime.now(UTC):
        secrets.append(hook.old_secret)
    return {
        "Content-Type": "application/json",
        "User-Agent": f"Brender/{VERSION}",
        "Brender-Event": letter.topic,
        "Brender-Delivery": str(letter.event_id) if letter.event_id else f"{PING}-{now_s}",
        "Brender-Signature": sign(letter.body, secrets, at=now_s),
        "Connection": "close",
    }


def _shot(session: Session, shot_id: int, farm_url: str) -> dict[str, Any]:
    found = reads.shot_with_show(session, shot_id)
    if found is None:  # it was deleted; the reason names it
        return {"shot": {"id": shot_id}, "links": {"page": f"{farm_url}/shots"}}
    shot, show = found
    summary = {
        "id": shot.id,
        "name": shot.name,
        "state": str(shot.state),
        "show": show,
        "submitter": shot.submitter,
        "priority": shot.priority,
        "frames": shot.frames,
        "frame_count": shot.frame_count,
        "done_count": shot.done_count,
        "failed_count": shot.failed_count,
        "output_dir": shot.output_dir,
        "file_prefix": shot.file_prefix,
        "format": shot.format,
    }
    page = f"{farm_url}/shots/{shot.id}"
    return {"shot": summary, "links": {"page": page, "api": f"{farm_url}/api/v1/shots/{shot.id}"}}


def _node(session: Session, node_id: int, farm_url: str) -> dict[str, Any]:
    node = reads.node_by_id(session, node_id)
    if node is None or node.is_gone:
        name = {"name": node.name} if node is not None else {}
        return {"node": {"id": node_id, **name}, "links": {"page": f"{farm_url}/nodes"}}
    summary = {
        "id": node.id,
        "name": node.name,
        "intent": str(node.intent),
        "online": node.online,
        "slots": node.slots,
        "trouble": node.trouble,
    }
    return {"node": summary, "links": {"page": f"{farm_url}/nodes/{node.name}"}}


def _encoded(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
