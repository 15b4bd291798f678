"""Webhooks: adding, changing and trying them, replacing their secrets."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from brender_farm.config import LOOPBACK_HOSTS, Settings
from brender_farm.db.core import current_settings, reading, writing
from brender_farm.db.models import Event, Webhook, WebhookDelivery
from brender_farm.db.reads import webhooks as reads
from brender_farm.db.writes import webhooks as writes
from brender_farm.domain.hook_addresses import read_hook_url
from brender_farm.domain.webhooks import OLD_SECRET_KEPT, TOPICS, new_secret, shown_url
from brender_farm.errors import Fault, NotFound, RequestRefused
from brender_farm.service.hook_body import Letter, headers_of, letter_of, ping
from brender_farm.service.hook_post import Answer, post
from brender_farm.service.news import farm_url
from brender_farm.service.shapes.webhooks import (
    DeliveryRow,
    FreshWebhook,
    WebhookRequest,
    WebhookRow,
)

_MOST = 50
_LONGEST_NAME = 100
_SECRET_BYTES = 32


def list_webhooks() -> tuple[WebhookRow, ...]:
    """Return all webhooks, by name."""
    with reading() as session:
        return tuple(_row(row) for row in reads.all_webhooks(session))


def get_webhook(webhook_id: int) -> WebhookRow:
    """Return one. Raises NotFound."""
    with reading() as session:
        return _row(_require(session, webhook_id))


def deliveries(webhook_id: int, *, limit: int = writes.KEPT_DELIVERIES) -> tuple[DeliveryRow, ...]:
    """Return the latest tries, newest first. Raises NotFound."""
    with reading() as session:
        _require(session, webhook_id)
        return tuple(
            _delivery(row) for row in reads.deliveries_of(session, webhook_id, limit=limit)
        )


def add_webhook(wanted: WebhookRequest, *, actor: str) -> FreshWebhook:
    """Have an address told what happens from now on. Raises RequestRefused."""
    url, topics = read_hook_url(wanted.url), _topics(wanted.topics)
    _refuse(url, topics)
    name = _name(wanted.name, str(url))
    now = datetime.now(UTC)
    with writing() as session:
        taken = list(reads.names_taken(session))
        _refuse(name, _as_before(taken, str(name), str(url)), _one_more(taken))
        row = Webhook(
            name=name,
            url=url,
            secret=new_secret(secrets.token_hex(_SECRET_BYTES)),
            topics=topics,
            is_on=wanted.is_on,
            made_by=actor,
            created_at=now,
        )
        session.add(row)
        writes.note_webhook(session, row, f"{_said(row)}.", now=now, actor=actor)
        writes.begin_now(session, row)
        session.flush()
        return FreshWebhook(row=_row(row), secret=row.secret)


def change_webhook(webhook_id: int, wanted: WebhookRequest, *, actor: str) -> WebhookRow:
    """Change where a webhook goes, what of, or whether. Raises NotFound and RequestRefused.

    One that is turned on is told of what happens from now on.
    """
    url = read_hook_url(wanted.url) if wanted.url.strip() else ""
    topics = _topics(wanted.topics)
    _refuse(url, topics)
    with writing() as session:
        row = _require(session, webhook_id)
        name = _name(wanted.name or row.name, row.url)
        taken = list(reads.names_taken(session, but=row.id))
        _refuse(name, _as_before(taken, str(name), str(url or row.url)))
        was_on, now = row.is_on, datetime.now(UTC)
        if url:
            row.url, row.next_try_at = str(url), None  # the new one is tried at once
        row.name, row.topics, row.is_on = str(name), topics, wanted.is_on  # type: ignore[assignment] # no Fault
        writes.note_webhook(session, row, f"{_said(row)}.", now=now, actor=actor)
        if row.is_on and not was_on:
            writes.begin_now(session, row)
        return _row(row)


def switch_webhook(webhook_id: int, *, on: bool, actor: str) -> WebhookRow:
    """Turn a webhook on or off. Raises NotFound."""
    row = get_webhook(webhook_id)
    wanted = WebhookRequest(name=row.name, topics=row.topics, is_on=on)
    return change_webhook(webhook_id, wanted, actor=actor)


def remove_webhook(webhook_id: int, *, actor: str) -> WebhookRow:
    """Forget a webhook, with its secret; return what it was. Raises NotFound."""
    with writing() as session:
        row = _require(session, webhook_id)
        was = _row(row)
        words = f"{was.name} is removed: {shown_url(was.url)} is told no more."
        writes.note_webhook(session, row, words, now=datetime.now(UTC), actor=actor)
        session.delete(row)
        return was


def rotate_secret(webhook_id: int, *, actor: str) -> FreshWebhook:
    """Give a webhook a new secret; the one before signs as well for a day. Raises NotFound."""
    now = datetime.now(UTC)
    with writing() as session:
        row = _require(session, webhook_id)
        row.old_secret, row.old_secret_until = row.secret, now + OLD_SECRET_KEPT
        row.secret = new_secret(secrets.token_hex(_SECRET_BYTES))
        words = f"{row.name} has a new secret. The one before is good for a day."
        writes.note_webhook(session, row, words, now=now, actor=actor)
        return FreshWebhook(row=_row(row), secret=row.secret)


def try_again_now(webhook_id: int) -> WebhookRow:
    """Have what waits for its next try sent within a second. Raises NotFound."""
    with writing() as session:
        row = _require(session, webhook_id)
        row.next_try_at = None
        return _row(row)


def try_webhook(webhook_id: int, *, actor: str) -> DeliveryRow:
    """Send a test; return how it went. Raises NotFound."""
    with reading() as session:
        hook = _detached(session, webhook_id)
    return _send(hook, ping(hook.name, farm_url=farm_url(current_settings()), actor=actor))


def send_again(webhook_id: int, delivery_id: int) -> DeliveryRow:
    """Send the event of a delivery once more; return how it went. Raises NotFound.

    It has the number it had, so that a receiver that took it before drops it.
    """
    url = farm_url(current_settings())
    with reading() as session:
        hook = _detached(session, webhook_id)
        before = session.get(WebhookDelivery, delivery_id)
        if before is None or before.webhook_id != webhook_id:
            raise NotFound("This delivery is not kept any more: only the latest are.")
        event = session.get(Event, before.event_id)
        if event is None:
            raise NotFound("A test has nothing to send again. Send another.")
        letter = letter_of(session, reads.occurrence(event), farm_url=url)
    return _send(hook, letter)


def deliver(hook: Webhook, letter: Letter, settings: Settings) -> Answer:
    """Post a letter to a webhook, signed."""
    allow_own = settings.host in LOOPBACK_HOSTS
    return post(hook.url, letter.body, headers_of(letter, hook), allow_own=allow_own)


def _send(hook: Webhook, letter: Letter) -> DeliveryRow:
    answer = deliver(hook, letter, current_settings())
    with writing() as session:
        _require(session, hook.id)
        writes.store_try(
            session,
            hook.id,
            event_id=letter.event_id,
            topic=letter.topic,
            now=datetime.now(UTC),
            seconds=answer.seconds,
            status=answer.status,
            trouble=answer.trouble,
        )
        (row,) = reads.deliveries_of(session, hook.id, limit=1)
        return _delivery(row)


def _detached(session: Session, webhook_id: int) -> Webhook:
    row = _require(session, webhook_id)
    session.expunge(row)
    return row


def _require(session: Session, webhook_id: int) -> Webhook:
    row = session.get(Webhook, webhook_id)
    if row is None:
        raise NotFound(f"There is no webhook {webhook_id}. See: brender webhooks")
    return row


def _row(row: Webhook) -> WebhookRow:
    until = row.old_secret_until
    return WebhookRow(
        id=row.id,
        name=row.name,
        url=row.url,
        topics=tuple(topic for topic in TOPICS if topic in row.topics),
        is_on=row.is_on,
        made_by=row.made_by,
        created_at=row.created_at,
        trouble=row.trouble,
        tries=row.tries,
        next_try_at=row.next_try_at,
        told_at=row.told_at,
        old_secret_until=until if until is not None and until > datetime.now(UTC) else None,
    )


def _delivery(row: WebhookDelivery) -> DeliveryRow:
    return DeliveryRow(
        id=row.id,
        event_id=row.event_id,
        topic=row.topic,
        at=row.at,
        seconds=row.seconds,
        status=row.status,
        trouble=row.trouble,
    )


def _topics(asked: Sequence[str] | str) -> list[str] | Fault:
    words = asked.split(",") if isinstance(asked, str) else asked
    chosen = {word.strip().lower() for word in words if word.strip()}
    unknown = sorted(chosen - set(TOPICS))
    if unknown:
        message = f"{unknown[0][:40]!r} is no topic."
        remedy = f"Choose among {', '.join(TOPICS)}."
        return Fault(field="topics", message=message, remedy=remedy)
    return [topic for topic in TOPICS if topic in chosen]


def _name(asked: str, url: str) -> str | Fault:
    name = " ".join(asked.split()) or urlsplit(url).hostname or "webhook"
    if len(name) <= _LONGEST_NAME and name.isprintable():
        return name
    remedy = f"Use {_LONGEST_NAME} signs at most."
    return Fault(field="name", message="This name cannot be kept.", remedy=remedy)


def _as_before(taken: Sequence[tuple[str, str]], name: str, url: str) -> Fault | None:
    """Whatever is entered twice would be told twice."""
    if any(url == other for _, other in taken):
        message, remedy = "There is a webhook of this address.", "Change that one instead."
        return Fault(field="url", message=message, remedy=remedy)
    if any(name.lower() == other.lower() for other, _ in taken):
        message, remedy = f"There is a webhook {name!r}.", "Give it another name."
        return Fault(field="name", message=message, remedy=remedy)
    return None


def _one_more(taken: Sequence[tuple[str, str]]) -> Fault | None:
    if len(taken) < _MOST:
        return None
    message, remedy = f"There are {_MOST} webhooks already.", "Remove one of them first."
    return Fault(field="url", message=message, remedy=remedy)


def _said(row: Webhook) -> str:
    what = ", ".join(row.topics) or "everything"
    return f"{row.name}: {shown_url(row.url)} is {'told' if row.is_on else 'not told'} of {what}"


def _refuse(*read: object) -> None:
    if faults := [each for each in read if isinstance(each, Fault)]:
        raise RequestRefused(*faults)
