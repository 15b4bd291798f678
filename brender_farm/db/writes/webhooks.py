"""Changing webhooks and what they were told. All of these run inside `writing()`."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from brender_farm.db.models import Webhook, WebhookDelivery
from brender_farm.db.reads.events import newest_event
from brender_farm.db.writes.events import add_event

KEPT_DELIVERIES = 50
"""So many of a webhook's tries are kept."""


def note_webhook(session: Session, row: Webhook, words: str, *, now: datetime, actor: str) -> None:
    """Store the event; `words` must hold neither its secret nor its path, which may be one."""
    session.flush()
    add_event(
        session,
        at=now,
        actor=actor,
        subject="webhook",
        subject_id=row.id,
        from_state="",
        to_state="",
        reason=words,
    )


def begin_now(session: Session, row: Webhook) -> None:
    """Let a webhook be told of what happens from now on, with nothing left to try again."""
    session.flush()
    row.after_event = newest_event(session)
    row.tries, row.next_try_at, row.trouble = 0, None, ""


def store_try(
    session: Session,
    webhook_id: int,
    *,
    event_id: int,
    topic: str,
    now: datetime,
    seconds: float,
    status: int | None,
    trouble: str,
) -> None:
    """Keep how one try went, and forget the oldest."""
    session.add(
        WebhookDelivery(
            webhook_id=webhook_id,
            event_id=event_id,
            topic=topic,
            at=now,
            seconds=seconds,
            status=status,
            trouble=trouble,
        )
    )
    session.flush()
    of_it = WebhookDelivery.webhook_id == webhook_id
    newest = select(WebhookDelivery.id).where(of_it).order_by(WebhookDelivery.id.desc())
    oldest_kept = session.scalar(newest.offset(KEPT_DELIVERIES - 1).limit(1))
    if oldest_kept is not None:
        session.execute(delete(WebhookDelivery).where(of_it, WebhookDelivery.id < oldest_kept))


def store_taken(session: Session, webhook_id: int, event_id: int, *, now: datetime) -> None:
    """Keep that an event was taken: the next one is next."""
    _go_on(session, webhook_id, event_id, trouble="", told_at=now)


def store_given_up(session: Session, webhook_id: int, event_id: int, *, trouble: str) -> None:
    """Keep that an event is not tried any more: the next one is next, at once."""
    _go_on(session, webhook_id, event_id, trouble=trouble)


def store_refused(
    session: Session, webhook_id: int, *, tries: int, wait_s: float, trouble: str, now: datetime
) -> None:
    """Keep that an event was not taken, and when it is tried again."""
    next_try_at = now + timedelta(seconds=wait_s)
    values = {"tries": tries, "next_try_at": next_try_at, "trouble": trouble}
    session.execute(update(Webhook).where(Webhook.id == webhook_id).values(**values))


def store_passed(session: Session, webhook_id: int, event_id: int) -> None:
    """Keep the last event that it is done with, because nothing up to there is of its topics."""
    done = update(Webhook).where(Webhook.id == webhook_id)
    session.execute(done.values(after_event=event_id))


def turn_off(session: Session, row: Webhook, *, trouble: str, now: datetime) -> None:
    """Send it nothing more: its server wants to hear no more."""
    row.is_on, row.trouble, row.tries, row.next_try_at = False, trouble, 0, None
    note_webhook(session, row, f"{row.name} is turned off. {trouble}", now=now, actor="farm")


def _go_on(session: Session, webhook_id: int, event_id: int, **values: object) -> None:
    """Be done with an event, unless people had the webhook begin anew meanwhile."""
    done = update(Webhook).where(Webhook.id == webhook_id, Webhook.after_event < event_id)
    session.execute(done.values(after_event=event_id, tries=0, next_try_at=None, **values))
